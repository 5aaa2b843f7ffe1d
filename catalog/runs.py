"""Runs: the harvestings of a source, what became of each record, and how a killed one resumes.

A run belongs to the process that beats its heart; one that is dead or silent leaves it to others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from catalog.errors import NotFound, WrongState
from catalog.harvested import (
    Held,
    RecordRow,
    held,
    keep_sent,
    known_digests,
    last_sent,
    living,
    record,
    records,
    seen,
)
from catalog.processes import known_dead, new_owner
from catalog.tables import Run, Source

__all__ = [
    "Held",
    "RecordRow",
    "RunState",
    "RunView",
    "bury_dead",
    "checkpoint",
    "claim",
    "close",
    "enqueue",
    "get",
    "held",
    "keep_sent",
    "known_digests",
    "last_sent",
    "living",
    "new_owner",
    "of_source",
    "open",
    "queued",
    "recent",
    "record",
    "records",
    "seen",
]

SILENCE = timedelta(seconds=60)
"""A process that has not been heard of for so long is taken for dead."""

LARGEST = 2**31 - 1
"""The highest number that the database can hold; an address may well have a higher one."""


class RunState(StrEnum):
    """Where a run is."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting for approval"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as it stands. ``checkpoint`` is what its harvester needs to go on from there."""

    id: int
    source: str
    state: RunState
    requested_by: str
    options: Mapping[str, Any]
    owner: str
    checkpoint: Mapping[str, Any]
    counts: Mapping[str, int]
    complete: bool
    note: str
    created: datetime
    started: datetime | None
    finished: datetime | None
    heartbeat: datetime | None = None
    cancelled_by: str = ""


def enqueue(
    session: Session, source: str, by: str, now: datetime, options: Mapping[str, Any] | None = None
) -> RunView:
    """Ask for a run; the worker will take it. One that waits for the same is given back."""
    _hold(session, source)
    wish = dict(options or {})
    waiting = session.scalars(
        select(Run).where(Run.source == source, Run.state == RunState.QUEUED.value)
    )
    same = next((row for row in waiting if row.options == wish), None)
    return _view(same or _new(session, source, RunState.QUEUED, by, now, wish))


def queued(session: Session) -> list[RunView]:
    """Runs that nobody works on: asked for, or left by a process that died."""
    states = (RunState.QUEUED.value, RunState.INTERRUPTED.value)
    rows = session.scalars(select(Run).where(Run.state.in_(states)).order_by(Run.id))
    return [_view(row) for row in rows]


def bury_dead(session: Session, now: datetime) -> int:
    """Mark runs interrupted whose process died, so that a worker takes them up; how many."""
    rows = session.scalars(select(Run).where(Run.state == RunState.RUNNING.value)).all()
    dead = [row for row in rows if not _alive(row, now)]
    for row in dead:
        row.state = RunState.INTERRUPTED.value
    session.flush()
    return len(dead)


def open(  # noqa: A001  read as `runs.open(session, …)`
    session: Session,
    source: str,
    now: datetime,
    by: str = "",
    options: Mapping[str, Any] | None = None,
    owner: str = "",
) -> RunView:
    """The run to work on: one of this source that was interrupted with the same options, where it
    stopped; else one that is queued; else a new one. Raises WrongState while another works on it.
    """
    _hold(session, source)
    wanted = dict(options or {})
    active = (RunState.QUEUED.value, RunState.RUNNING.value, RunState.INTERRUPTED.value)
    rows = session.scalars(
        select(Run).where(Run.source == source, Run.state.in_(active)).order_by(Run.id)
    ).all()
    for row in rows:
        if row.state == RunState.RUNNING and _alive(row, now):
            raise WrongState(f"run {row.id} of {source}", row.state)
    found = next((row for row in rows if row.options == wanted), None)
    if found is None:
        found = _new(session, source, RunState.RUNNING, by, now, wanted)
    return _taken(session, found, owner or new_owner(), now)


def claim(session: Session, run: int, owner: str, now: datetime) -> RunView | None:
    """Take a waiting or abandoned run; None if another process was quicker."""
    row = _known(session, run)
    _hold(session, row.source)
    session.refresh(row)
    free = row.state in (RunState.QUEUED, RunState.INTERRUPTED)
    if not free and (row.state != RunState.RUNNING or _alive(row, now)):
        return None
    return _taken(session, row, owner, now)


def checkpoint(session: Session, run: int, state: Mapping[str, Any], now: datetime) -> None:
    """Remember where to go on, in the transaction of what was applied up to there."""
    session.execute(update(Run).where(Run.id == run).values(checkpoint=dict(state), heartbeat=now))


def close(
    session: Session,
    run: int,
    state: RunState,
    counts: Mapping[str, int],
    complete: bool,
    now: datetime,
    note: str = "",
) -> RunView:
    """End a run, or let it wait for a person's approval."""
    row = _known(session, run)
    row.state, row.counts, row.complete = state.value, dict(counts), complete
    row.finished, row.note, row.owner = now, note, ""
    session.flush()
    return _view(row)


def get(session: Session, run: int) -> RunView:
    """The run; raises NotFound."""
    return _view(_known(session, run))


def of_source(
    session: Session, source: str, size: int = 20, before: int | None = None
) -> list[RunView]:
    """The latest runs of a source, newest first; those before a number where one is given."""
    query = select(Run).where(Run.source == source).order_by(Run.id.desc()).limit(size)
    if before is not None:
        query = query.where(Run.id < before)
    return [_view(row) for row in session.scalars(query)]


def recent(session: Session, names: Sequence[str], size: int) -> dict[str, list[RunView]]:
    """The latest runs of each of some sources, newest first."""
    place = func.row_number().over(partition_by=Run.source, order_by=Run.id.desc())
    numbered = select(Run.id, place.label("place")).where(Run.source.in_(names)).subquery()
    query = (
        select(Run)
        .join(numbered, numbered.c.id == Run.id)
        .where(numbered.c.place <= size)
        .order_by(Run.id.desc())
    )
    found: dict[str, list[RunView]] = {name: [] for name in names}
    for row in session.scalars(query):
        found[row.source].append(_view(row))
    return found


def _hold(session: Session, source: str) -> None:
    """Let nobody else open a run of the source before this transaction ends; whoever registers
    its records meanwhile is not in the way (``key_share``).
    """
    query = select(Source.name).where(Source.name == source).with_for_update(key_share=True)
    if session.scalar(query) is None:
        raise NotFound(f"source {source}")


def _new(
    session: Session,
    source: str,
    state: RunState,
    by: str,
    now: datetime,
    options: Mapping[str, Any],
) -> Run:
    row = Run(
        source=source,
        state=state.value,
        requested_by=by,
        options=dict(options),
        checkpoint={},
        counts={},
        created=now,
        cancelled_by="",
    )
    session.add(row)
    session.flush()
    return row


def _taken(session: Session, row: Run, owner: str, now: datetime) -> RunView:
    row.state, row.owner, row.heartbeat = RunState.RUNNING.value, owner, now
    row.started = row.started or now
    session.flush()
    return _view(row)


def _alive(row: Run, now: datetime) -> bool:
    """Whether the process that works on it lives, as far as can be told from here."""
    if row.heartbeat is None or known_dead(row.owner):
        return False
    return now - row.heartbeat < SILENCE


def _known(session: Session, run: int) -> Run:
    row = session.get(Run, run) if run <= LARGEST else None
    if row is None:
        raise NotFound(f"run {run}")
    return row


def _view(row: Run) -> RunView:
    return RunView(
        id=row.id,
        source=row.source,
        state=RunState(row.state),
        requested_by=row.requested_by,
        options=row.options,
        owner=row.owner,
        checkpoint=row.checkpoint,
        counts=row.counts,
        complete=row.complete,
        note=row.note,
        created=row.created,
        started=row.started,
        finished=row.finished,
        heartbeat=row.heartbeat,
        cancelled_by=row.cancelled_by,
    )
