"""The named periods of clocks.yaml, and when each ends: counted in working days, with pauses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from importlib import resources

import yaml

from standards.problems import Text
from standards.workdays import Deadline, after, between

CHINA = timezone(timedelta(hours=8))
"""The one time zone whose days count, without summer time."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A period of so many working days, with the clause that sets it."""

    name: str
    days: int
    label: Text
    clause: str


@cache
def clocks() -> Mapping[str, Clock]:
    """Every clock by its name."""
    data = yaml.safe_load((resources.files("standards") / "clocks.yaml").read_bytes())
    return {
        name: Clock(name, entry["days"], Text(**entry["label"]), entry["clause"])
        for name, entry in data.items()
    }


def clock(name: str) -> Clock:
    """The clock with a name; KeyError if there is none."""
    return clocks()[name]


def due(
    name: str,
    start: date,
    paused: Iterable[tuple[date, date | None]] = (),
    today: date | None = None,
) -> Deadline:
    """The last day of a period that began on a day, which is not counted.

    Time in which others are consulted does not count (Art. 33): a pause pushes the last day by the
    working days after its first day, up to and including its last. Where pauses overlap, each day
    is counted once; what of them lies before the start, or begins after the period is over, does
    not matter. A pause without an end lasts until today.
    """
    days = clock(name).days
    last = after(start, days)
    reached = start  # nothing up to here is to be paused any more
    now = today or local_day(datetime.now(UTC))
    for first, end in sorted((first, end or max(first, now)) for first, end in paused):
        if first > last.day:
            break
        begin = max(first, reached)
        if end > begin:
            days += between(begin, end)
            reached = end
            last = after(start, days)
    return last


def local_day(moment: datetime) -> date:
    """The day of a moment in China (UTC+8); one without a zone is of UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(CHINA).date()
