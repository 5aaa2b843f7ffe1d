"""What a run remembers of its records beyond their outcome: those met already, those that wait, and
the titles by which a person recognises what changed its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ScalarSelect, Select, delete, func, select, update
from sqlalchemy.orm import Session, aliased

from catalog.errors import WrongState
from catalog.runs import RunState, RunView, claim, get
from catalog.tables import Entry, Run, RunRecord, SourceRecord, Version
from catalog.writing import State

__all__ = [
    "Session",  # so that harvesters can name it without knowing SQLAlchemy
    "entries_of",
    "fence",
    "living_keys",
    "met",
    "reopen",
    "restart",
    "settle",
    "titles",
    "turn",
    "waiting",
]
PIECE = 1000


def met(session: Session, source: str, run: int, keys: Sequence[str]) -> set[str]:
    """Which of the keys the run has met already."""
    query = select(SourceRecord.key).where(
        SourceRecord.source == source, SourceRecord.seen == run, SourceRecord.key.in_(set(keys))
    )
    return set(session.scalars(query))


def restart(session: Session, source: str, run: int) -> None:
    """Forget what the run met, since its source had to begin anew; the entries stay."""
    session.execute(delete(RunRecord).where(RunRecord.run == run))
    session.execute(
        update(SourceRecord)
        .where(SourceRecord.source == source, SourceRecord.seen == run)
        .values(seen=0)
        .execution_options(synchronize_session=False)
    )


def settle(session: Session, run: int, actions: Mapping[int, str]) -> None:
    """Give records, by their number, their final outcome."""
    if actions:
        rows = [
            {"run": run, "number": number, "action": action} for number, action in actions.items()
        ]
        session.execute(update(RunRecord), rows)


def turn(session: Session, run: int, before: str, after: str) -> None:
    """Turn every record of one outcome into another one."""
    session.execute(
        update(RunRecord)
        .where(RunRecord.run == run, RunRecord.action == before)
        .values(action=after)
        .execution_options(synchronize_session=False)
    )


def titles(session: Session, run: int, action: str) -> Iterator[tuple[str, str, str]]:
    """Key, entry and latest title of the run's records with that outcome, by key."""
    after = ""
    while True:
        query = (
            select(RunRecord.key, Entry.identifier, Version.title)
            .join(Run, Run.id == RunRecord.run)
            .join(
                SourceRecord,
                (SourceRecord.source == Run.source) & (SourceRecord.key == RunRecord.key),
            )
            .join(Entry, Entry.identifier == SourceRecord.entry)
            .join(Version, Version.entry == Entry.identifier)
            .where(RunRecord.run == run, RunRecord.action == action, RunRecord.key > after)
            .where(Version.number == _latest())
            .order_by(RunRecord.key)
            .limit(PIECE)
        )
        rows = session.execute(query).all()
        yield from ((key, entry, title) for key, entry, title in rows)
        if len(rows) < PIECE:
            return
        after = rows[-1][0]


def entries_of(session: Session, source: str, keys: Sequence[str]) -> dict[str, str]:
    """The living entries that a source's records have become, by key."""
    found: dict[str, str] = {}
    for start in range(0, len(keys), PIECE):
        some = SourceRecord.key.in_(set(keys[start : start + PIECE]))
        rows = session.execute(_living(source).where(some))
        found |= {key: entry for key, entry in rows if entry}
    return found


def living_keys(session: Session, source: str) -> Iterator[str]:
    """The keys of all of a source's living entries, in order."""
    after = ""
    while True:
        query = _living(source).where(SourceRecord.key > after)
        rows = session.execute(query.order_by(SourceRecord.key).limit(PIECE)).all()
        yield from (key for key, _ in rows)
        if len(rows) < PIECE:
            return
        after = rows[-1][0]


def fence(session: Session, run: int, owner: str) -> None:
    """Raise WrongState if another process has taken the run over; hold it otherwise."""
    query = select(Run.owner).where(Run.id == run).with_for_update()
    if session.scalar(query) != owner:
        raise WrongState(f"run {run}", "taken over by another process")


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


def _living(source: str) -> Select[str, str | None]:
    return (
        select(SourceRecord.key, SourceRecord.entry)
        .join(Entry, Entry.identifier == SourceRecord.entry)
        .where(SourceRecord.source == source, Entry.state != State.WITHDRAWN.value)
    )


def _latest() -> ScalarSelect[int]:
    other = aliased(Version)
    return select(func.max(other.number)).where(other.entry == Entry.identifier).scalar_subquery()
