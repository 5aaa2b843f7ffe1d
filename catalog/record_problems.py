"""What is wrong with the records of a source as they stand now, since when, and how much of it."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Table, Text, bindparam, cast, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from catalog.tables import RecordProblems, Run
from catalog.words import storable
from standards.places import bare

LONGEST_KEY = 500
_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Troubled:
    """A record with its problems, as JSON; ``id`` is None before it is kept."""

    id: int | None
    key: str
    place: str
    position: int
    entry: str | None
    kind: str
    rejected: bool
    blocks: int
    obligations: int
    improvements: int
    problems: Sequence[Mapping[str, Any]]

    @property
    def cursor(self) -> tuple[int, int]:
        """Where the next page begins."""
        return self.position, self.id or 0


@dataclass(frozen=True, slots=True)
class Sums:
    """How many records have problems, how many are rejected, and the problems by tier."""

    records: int
    rejected: int
    tiers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of a source's records to show: those of a tier, with a rule (at a path), rejected or
    registered ones. What is empty is not asked for.
    """

    tier: str = ""
    rule: str = ""
    path: str = ""
    rejected: bool | None = None


TIERS: Mapping[str, Any] = {
    "blocks": RecordProblems.blocks,
    "obligations": RecordProblems.obligations,
    "improvements": RecordProblems.improvements,
}
_KEPT = tuple(each.name for each in fields(Troubled))


def fitting(key: str) -> str:
    """A key as it can be kept."""
    return storable(key)[:LONGEST_KEY]


def held(session: Session, source: str, keys: Iterable[str]) -> dict[str, Troubled]:
    """What is known of the records with these keys that had problems the last time."""
    table = RecordProblems
    query = select(*(getattr(table, name) for name in _KEPT)).where(
        table.source == source, table.key.in_({fitting(key) for key in keys})
    )
    return {row.key: Troubled(*row) for row in session.execute(query)}


def keep(session: Session, source: str, run: int, records: Sequence[Troubled]) -> None:
    """Write down what is new or has changed."""
    new = [_row(each) | {"source": source, "seen": run} for each in records if each.id is None]
    old = [_row(each) | {"row": each.id} for each in records if each.id is not None]
    if new:
        session.execute(insert(RecordProblems), new)
    if old:
        columns: dict[Any, Any] = {
            name: bindparam(name) for name in _KEPT if name not in ("id", "key")
        }
        table = typing.cast("Table", RecordProblems.__table__)
        changing = update(table).where(table.c.id == bindparam("row")).values(columns)
        session.connection().execute(changing, old)


def drop(session: Session, ids: Sequence[int]) -> None:
    """Forget records that are in order now."""
    if ids:
        session.execute(delete(RecordProblems).where(RecordProblems.id.in_(ids)))


def see(session: Session, source: str, run: int, keys: Iterable[str]) -> None:
    """Mark records as met by the run, whatever their problems."""
    table = RecordProblems
    session.execute(
        update(table)
        .where(table.source == source, table.key.in_({fitting(key) for key in keys}))
        .values(seen=run)
        .execution_options(synchronize_session=False)
    )


def drop_unseen(
    session: Session, source: str, run: int, keys: Iterable[str] = ()
) -> list[Troubled]:
    """Forget records that a run has not met, of all or of those with these keys; which."""
    table = RecordProblems
    gone = delete(table).where(table.source == source, table.seen < run)
    if some := {fitting(key) for key in keys}:
        gone = gone.where(table.key.in_(some))
    columns = (getattr(table, name) for name in _KEPT)
    return [Troubled(*row) for row in session.execute(gone.returning(*columns))]


def sums(session: Session, source: str) -> Sums:
    """The sums over a source."""
    table = RecordProblems
    totals = [func.coalesce(func.sum(column), 0) for column in TIERS.values()]
    refused = func.count().filter(table.rejected.is_(True))
    query = select(func.count(), refused, *totals).where(table.source == source)
    records, rejected, *tiers = session.execute(query).one()
    return Sums(records, rejected, dict(zip(TIERS, map(int, tiers), strict=True)))


def page(
    session: Session,
    source: str,
    wanted: Wanted,
    after: tuple[int, int] = (-1, 0),
    size: int = 50,
) -> list[Troubled]:
    """The next records in the order of the source."""
    table = RecordProblems
    position, number = after
    later = or_(table.position > position, (table.position == position) & (table.id > number))
    query = select(*(getattr(table, name) for name in _KEPT)).where(table.source == source, later)
    if wanted.tier in TIERS:
        query = query.where(TIERS[wanted.tier] > 0)
    if wanted.rejected is not None:
        query = query.where(table.rejected.is_(wanted.rejected))
    if wanted.rule:
        text = cast(table.problems, Text)
        query = query.where(text.contains(_needle(wanted), autoescape=True))
    query = query.order_by(table.position, table.id).limit(size)
    return [Troubled(*row) for row in session.execute(query)]


def latest(session: Session, source: str) -> int:
    """The latest run of a source that has ended and was no mere plan; 0 if none has."""
    query = select(Run.id, Run.options).where(Run.source == source, Run.finished.is_not(None))
    rows = session.execute(query.order_by(Run.id.desc()).limit(_LOOKED_AT))
    return next((run for run, options in rows if not options.get("plan")), 0)


@lru_cache(maxsize=4096)
def name_of(rule: str, path: str) -> str:
    """What a problem is called, so that it is known again; each of a kept record has its name."""
    return f"{rule} {bare(path)}"


def _needle(wanted: Wanted) -> str:
    """How the name of a problem looks in the text of what is kept."""
    text = orjson.dumps({"name": name_of(wanted.rule, wanted.path)}).decode()[1:-1]
    return text if wanted.path else text[:-1]


def _row(each: Troubled) -> dict[str, Any]:
    kept = {name: getattr(each, name) for name in _KEPT if name != "id"}
    problems = [dict(problem) for problem in each.problems]
    return kept | {"key": fitting(each.key), "place": storable(each.place), "problems": problems}
