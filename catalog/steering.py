"""Who works on a run, who stopped it, and which of them wait for a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog.errors import NotFound, WrongState
from catalog.runs import RunState, RunView, claim, close, get
from catalog.tables import Run

UNDER_WAY = (RunState.QUEUED, RunState.RUNNING, RunState.INTERRUPTED)
_IDLE = (RunState.QUEUED, RunState.INTERRUPTED)


def fence(session: Session, run: int, owner: str) -> str:
    """Hold the run; raise WrongState if another process has taken it over. Who cancelled it, if
    anybody did.
    """
    query = select(Run.owner, Run.cancelled_by).where(Run.id == run).with_for_update()
    found = session.execute(query).one()
    if found.owner != owner:
        raise WrongState(f"run {run}", "taken over by another process")
    return str(found.cancelled_by)


def beat(session: Session, run: int, owner: str, now: datetime) -> str | None:
    """Say that the owner still works on the run. Who cancelled it, if anybody did; None if it is
    another's by now.
    """
    query = (
        update(Run)
        .where(Run.id == run, Run.owner == owner)
        .values(heartbeat=now)
        .returning(Run.cancelled_by)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(query)


def cancel(session: Session, source: str, by: str, now: datetime) -> RunView:
    """Stop the run of a source that waits for a worker or is under way; whoever works on it ends
    soon. Raises NotFound if there is none.
    """
    states = [state.value for state in UNDER_WAY]
    query = select(Run).where(Run.source == source, Run.state.in_(states)).order_by(Run.id.desc())
    row = session.scalars(query.limit(1).with_for_update()).first()
    if row is None:
        raise NotFound(f"run of {source} under way")
    row.cancelled_by = by
    session.flush()
    if row.state in _IDLE:
        return close(session, row.id, RunState.CANCELLED, row.counts, False, now, by)
    return get(session, row.id)


def idle(session: Session, source: str) -> bool:
    """Whether no run of a source is asked for or under way."""
    states = [state.value for state in UNDER_WAY]
    query = select(Run.id).where(Run.source == source, Run.state.in_(states)).limit(1)
    return session.scalar(query) is None


def waiting(session: Session, source: str) -> list[RunView]:
    """The runs of a source that wait for a person's approval, the latest first."""
    query = (
        select(Run.id)
        .where(Run.source == source, Run.state == RunState.WAITING.value)
        .order_by(Run.id.desc())
    )
    return [get(session, run) for run in session.scalars(query)]


def reopen(session: Session, run: int, owner: str, now: datetime) -> RunView | None:
    """Take up a run that waited for approval; None if somebody else was quicker."""
    session.execute(
        update(Run)
        .where(Run.id == run, Run.state == RunState.WAITING.value)
        .values(state=RunState.INTERRUPTED.value, finished=None)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return claim(session, run, owner, now)
