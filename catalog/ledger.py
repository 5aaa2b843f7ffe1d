"""What a run remembers of its records beyond their outcome: those met already, those that live, and
those that a person restored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session, aliased

from catalog.tables import Entry, Run, RunRecord, SourceRecord
from catalog.writing import State

__all__ = [
    "Session",  # so that harvesters can name it without knowing SQLAlchemy
    "entries_of",
    "living_keys",
    "met",
    "missing",
    "restart",
    "settle",
    "turn",
    "turn_pairs",
    "undone",
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


def missing(session: Session, source: str, run: int) -> Iterator[list[tuple[str, str]]]:
    """The records with living entries that the run has not met, in pages of key and entry; those
    whose deletion the source declared are told of already.
    """
    deleted = select(RunRecord.key).where(RunRecord.run == run, RunRecord.action == "delete")
    declared = set(session.scalars(deleted))
    after = ""
    while True:
        query = (
            _living(source)
            .where(SourceRecord.seen < run, SourceRecord.key > after)
            .order_by(SourceRecord.key)
            .limit(PIECE)
        )
        rows = [(key, str(entry)) for key, entry in session.execute(query)]
        yield [row for row in rows if row[0] not in declared]
        if len(rows) < PIECE:
            return
        after = rows[-1][0]


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


def turn_pairs(session: Session, run: int, before: str, after: str) -> int:
    """Turn those records of one outcome that have a new key into another one; how many."""
    chosen = (RunRecord.run == run) & (RunRecord.action == before)
    query = update(RunRecord).where(chosen, RunRecord.entry.is_not(None), RunRecord.place != "")
    paired = query.where(RunRecord.raw.is_not(None)).values(action=after)
    rows = session.scalars(
        paired.returning(RunRecord.number).execution_options(synchronize_session=False)
    )
    return len(rows.all())


def undone(session: Session, source: str, run: int) -> int:
    """How many of what the run would delete a person has restored after an earlier one."""
    other = aliased(RunRecord)
    query = (
        select(func.count())
        .select_from(RunRecord)
        .join(other, other.entry == RunRecord.entry)
        .join(Run, Run.id == other.run)
        .where(RunRecord.run == run, RunRecord.action == "delete")
        .where(other.action == "restored", Run.source == source)
    )
    return session.scalar(query) or 0


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


def _living(source: str) -> Select[str, str | None]:
    return (
        select(SourceRecord.key, SourceRecord.entry)
        .join(Entry, Entry.identifier == SourceRecord.entry)
        .where(SourceRecord.source == source, Entry.state != State.WITHDRAWN.value)
    )
