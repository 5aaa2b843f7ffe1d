"""When a source falls due by itself: five cron fields, in the time of the house."""

from __future__ import annotations

from datetime import UTC, datetime

from cronsim import CronSim, CronSimError

from standards.clocks import CHINA

FIELDS = 5


def valid(schedule: str) -> bool:
    """Whether it can be read, and ever falls due; the empty one is none."""
    if not schedule:
        return True
    try:
        return following(schedule, datetime(2026, 1, 1, tzinfo=UTC)) is not None
    except ValueError:
        return False


def following(schedule: str, after: datetime) -> datetime | None:
    """The first moment after this one at which it falls due; None without a schedule.

    Raises ValueError for one that cannot be read.
    """
    if not schedule:
        return None
    if len(schedule.split()) != FIELDS:
        raise ValueError(schedule)
    try:
        found = next(CronSim(schedule, after.astimezone(CHINA)), None)
    except CronSimError as error:
        raise ValueError(schedule) from error
    return found.astimezone(UTC) if found else None
