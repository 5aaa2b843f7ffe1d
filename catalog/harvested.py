"""What sources sent: which entry each record became, what is held of it, and what a run did."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, and_, bindparam, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from catalog.errors import NotFound
from catalog.tables import Entry, Run, RunRecord, SourceRecord, Version
from catalog.words import storable
from catalog.writing import State

LONGEST_RAW = 20_000


@dataclass(frozen=True, slots=True)
class RecordRow:
    """What became of one record of a source, and where in the source it stands."""

    key: str
    place: str
    action: str
    entry: str | None = None
    problems: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    """As `Problem.as_dict` tells them."""
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What the directory holds of a source's record; ``gone``: its entry was withdrawn."""

    digest: str
    entry: str
    gone: bool
    title: str


def held(session: Session, source: str, keys: Sequence[str]) -> dict[str, Held]:
    """What is held of the source's records with these keys; the new ones are left out."""
    latest = (
        select(func.max(Version.number))
        .where(Version.entry == Entry.identifier)
        .correlate(Entry)
        .scalar_subquery()
    )
    newest = aliased(Version)
    rows = session.execute(
        select(SourceRecord.key, SourceRecord.digest, Entry.identifier, Entry.state, newest.title)
        .join(Entry, Entry.identifier == SourceRecord.entry)
        .join(newest, and_(newest.entry == Entry.identifier, newest.number == latest))
        .where(SourceRecord.source == source, SourceRecord.key.in_(set(keys)))
    )
    return {
        key: Held(digest, entry, state == State.WITHDRAWN, title)
        for key, digest, entry, state, title in rows
    }


def known_digests(session: Session, source: str, keys: Sequence[str]) -> dict[str, str]:
    """What the source sent last, by key; a record that is withdrawn has no digest to compare."""
    rows = session.execute(
        select(SourceRecord.key, SourceRecord.digest, Entry.state)
        .join(Entry, Entry.identifier == SourceRecord.entry)
        .where(SourceRecord.source == source, SourceRecord.key.in_(set(keys)))
    )
    return {key: "" if state == State.WITHDRAWN else digest for key, digest, state in rows}


def last_sent(session: Session, source: str, keys: Iterable[str]) -> dict[str, str]:
    """The digests of how these records were sent the last time, of those whose entries live."""
    query = (
        select(SourceRecord.key, SourceRecord.sent)
        .join(Entry, Entry.identifier == SourceRecord.entry)
        .where(SourceRecord.source == source, SourceRecord.key.in_(set(keys)))
        .where(SourceRecord.sent != "", Entry.state != State.WITHDRAWN.value)
    )
    return {row.key: row.sent for row in session.execute(query)}


def keep_sent(session: Session, source: str, sent: Mapping[str, str]) -> None:
    """Remember how records were sent that are registered now."""
    if not sent:
        return
    table = typing.cast("Table", SourceRecord.__table__)
    named = (table.c.source == source) & (table.c.key == bindparam("of"))
    changing = update(table).where(named).values(sent=bindparam("now"))
    rows = [{"of": key, "now": digest} for key, digest in sent.items()]
    session.connection().execute(changing, rows)


def record(session: Session, run: int, rows: Sequence[RecordRow]) -> None:
    """Keep what became of records, and that the source has them still (unless it deleted them)."""
    if not rows:
        return
    query = select(func.max(RunRecord.number)).where(RunRecord.run == run)
    last = session.scalar(query) or 0
    session.execute(
        insert(RunRecord),
        [
            {
                "run": run,
                "number": number,
                "key": storable(row.key),
                "place": storable(row.place),
                "action": row.action,
                "entry": row.entry,
                "problems": [dict(problem) for problem in row.problems],
                "raw": storable(row.raw)[:LONGEST_RAW] if row.raw is not None else None,
            }
            for number, row in enumerate(rows, last + 1)
        ],
    )
    seen(session, run, [row.key for row in rows if row.action != "delete"])


def seen(session: Session, run: int, keys: Sequence[str]) -> None:
    """Mark records as still there; for those of which nothing else is to be kept."""
    source = session.scalar(select(Run.source).where(Run.id == run))
    if source is None:
        raise NotFound(f"run {run}")
    session.execute(
        update(SourceRecord)
        .where(SourceRecord.source == source, SourceRecord.key.in_(set(keys)))
        .values(seen=run)
        .execution_options(synchronize_session=False)
    )


def living(session: Session, source: str) -> int:
    """How many entries of the source are in the directory now."""
    query = (
        select(func.count())
        .select_from(SourceRecord)
        .join(Entry, Entry.identifier == SourceRecord.entry)
        .where(SourceRecord.source == source, Entry.state != State.WITHDRAWN.value)
    )
    return session.scalar(query) or 0


def records(
    session: Session, run: int, action: str = "", after: int = 0, size: int = 1000
) -> list[tuple[int, RecordRow]]:
    """What became of the records, in their order, each with its number for the next page."""
    query = select(RunRecord).where(RunRecord.run == run, RunRecord.number > after)
    if action:
        query = query.where(RunRecord.action == action)
    rows = session.scalars(query.order_by(RunRecord.number).limit(size))
    return [
        (
            row.number,
            RecordRow(row.key, row.place, row.action, row.entry, tuple(row.problems), row.raw),
        )
        for row in rows
    ]
