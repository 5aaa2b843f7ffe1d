"""How sources do: their last runs, what they hold, and what is wrong with them, asked at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.runs import RunState, RunView, recent
from catalog.sources import SourceView
from catalog.tables import Entry
from catalog.writing import State

SEEN = 10
"""So many runs of a source are looked at."""
LATE = timedelta(minutes=15)
"""A run that should have begun so long ago is late: no worker is there, or it is too busy."""
ENDED = (RunState.DONE, RunState.FAILED, RunState.WAITING)


class Health(StrEnum):
    """What a source needs, the most urgent first."""

    WAITING = "waiting"
    FAILING = "failing"
    LATE = "late"
    RUNNING = "running"
    REJECTING = "rejecting"
    FINE = "fine"
    PAUSED = "paused"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """A source with its last runs, newest first, and how many entries are from it."""

    source: SourceView
    runs: tuple[RunView, ...]
    entries: int
    health: Health

    @property
    def last(self) -> RunView | None:
        """The latest run that ended; what a plan or a few records came to does not count."""
        return next((run for run in self.runs if _counts(run)), None)

    @property
    def failures(self) -> int:
        """How many of the latest runs in a row could not read everything."""
        ended = [run for run in self.runs if _counts(run)]
        failed = (at for at, run in enumerate(ended) if run.state is not RunState.FAILED)
        return next(failed, len(ended))


def of(session: Session, listed: Sequence[SourceView], now: datetime) -> list[SourceHealth]:
    """The health of sources, those first that need somebody."""
    names = [each.name for each in listed]
    runs = recent(session, names, SEEN)
    held = _entries(session, names)
    found = [
        SourceHealth(
            each,
            tuple(runs[each.name]),
            held[each.name],
            _health(each, runs[each.name], now),
        )
        for each in listed
    ]
    order = list(Health)
    return sorted(found, key=lambda each: (order.index(each.health), each.source.name))


def _health(source: SourceView, runs: Sequence[RunView], now: datetime) -> Health:
    last = next((run for run in runs if _counts(run)), None)
    states = {run.state for run in runs}
    tests = {
        Health.WAITING: RunState.WAITING in states,
        Health.RUNNING: RunState.RUNNING in states,
        Health.FAILING: last is not None and last.state is RunState.FAILED,
        Health.PAUSED: source.paused,
        Health.LATE: source.due is not None and source.due < now - LATE,
        Health.NEVER: last is None,
        Health.REJECTING: last is not None and bool(last.counts.get("rejected")),
    }
    return next((health for health, is_so in tests.items() if is_so), Health.FINE)


def _counts(run: RunView) -> bool:
    """Whether a run tells how the source is: not what was only planned or is under way."""
    return run.state in ENDED and not run.options.get("plan")


def _entries(session: Session, names: Sequence[str]) -> defaultdict[str, int]:
    rows = session.execute(
        select(Entry.source, func.count())
        .where(Entry.source.in_(names), Entry.state != State.WITHDRAWN.value)
        .group_by(Entry.source)
    )
    return defaultdict(int, {str(source): number for source, number in rows})
