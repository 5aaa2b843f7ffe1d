"""Which items the served entries have, and to what they say they are related: kept up to date by
following the change log, a batch at a time, behind everybody's back.

What an item means is worked out when it is asked (`catalog.elements.linking`), so a change of the
registry needs nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from catalog import changes, leases
from catalog.behind import Behind
from catalog.changes import What
from catalog.clock import Clock
from catalog.database import Database, put
from catalog.elements.numbers import hashes_of, hashes_said
from catalog.tables import (
    DepartedNumber,
    Entry,
    EntryItem,
    FollowerState,
    RelationKey,
    Tombstone,
    Version,
)
from search.card import Audience
from search.tokens import title_key
from standards.data_elements import family
from standards.descriptor import Descriptor
from standards.relations import relations
from standards.roles import rows
from standards.summary import redact

NAME = "elements"
BATCH = 500
LONGEST_NAME = 500
TOUCHING = (What.SERVED, What.WITHDRAWN, What.MERGED, What.AGENCY)
log = structlog.get_logger("mulu.elements")


@dataclass
class _Kept:
    """Rows to be written for a batch of entries."""

    items: list[dict[str, Any]]
    relations: list[dict[str, Any]]
    departed: list[dict[str, Any]]


def step(database: Database, clock: Clock, owner: str, size: int = BATCH) -> int:
    """Take in one batch of changes, if there are any and nobody else is at it; their number."""
    with database.reading() as session:
        found = changes.since(session, leases.standing(session, NAME).cursor, size)
    if not found or not leases.acquire(database, NAME, owner, clock.now()):
        return 0
    touched = sorted({row.entry for row in found if row.what in TOUCHING})
    with database.reading() as session:
        kept = _read(session, touched)
    with database.writing() as session:
        _write(session, touched, kept)
    leases.advance(database, NAME, owner, found[-1].seq, clock.now())
    return len(found)


FOLLOWER = Behind(NAME, step)


def begin_anew(session: Session) -> None:
    """Let the follower read the whole log again; what it has kept stays until it comes by."""
    session.execute(update(FollowerState).where(FollowerState.name == NAME).values(cursor=0))


def _read(session: Session, touched: Sequence[str]) -> _Kept:
    kept = _Kept([], [], [])
    served = select(Entry.identifier, Entry.agency, Version.kind, Version.values).join(
        Version, (Version.entry == Entry.identifier) & (Version.number == Entry.served)
    )
    for entry, agency, kind, values in session.execute(served.where(Entry.identifier.in_(touched))):
        descriptor = Descriptor(kind, values)
        shown = redact(descriptor, Audience.PUBLIC.value)
        kept.items += _items(entry, agency, descriptor, shown)
        kept.relations += _relations(entry, descriptor, shown)
    gone = select(Tombstone.entry, Version.kind, Version.values).join(
        Version, (Version.entry == Tombstone.entry) & (Version.number == Tombstone.last)
    )
    for entry, kind, values in session.execute(gone.where(Tombstone.entry.in_(touched))):
        hashes = hashes_of(entry, Descriptor(kind, values))
        kept.departed += [{"hash": each, "entry": entry} for each in sorted(hashes)]
    return kept


def _write(session: Session, touched: Sequence[str], kept: _Kept) -> None:
    for table in (EntryItem, RelationKey, DepartedNumber):
        session.execute(delete(table).where(table.entry.in_(touched)))
    put(session, EntryItem, kept.items)
    put(session, RelationKey, kept.relations)
    put(session, DepartedNumber, kept.departed)


def _items(
    entry: str, agency: str, descriptor: Descriptor, shown: Descriptor
) -> Iterator[dict[str, Any]]:
    """Each item once; of two with one name the first counts."""
    public = {title_key(row["name"]) for row in _named(shown)}
    found: dict[str, Mapping[str, Any]] = {}
    for row in _named(descriptor):
        found.setdefault(title_key(row["name"]), row)
    for key, row in found.items():
        yield {
            "entry": entry,
            "key": key,
            "name": row["name"][:LONGEST_NAME],
            "family": family(row.get("type", "")),
            "declared": row.get("declared", "")[:40],
            "agency": agency,
            "open": key in public,
        }


def _named(descriptor: Descriptor) -> Iterable[Mapping[str, Any]]:
    return (row for row in rows(descriptor, "items") if row.get("name"))


def _relations(entry: str, descriptor: Descriptor, shown: Descriptor) -> Iterator[dict[str, Any]]:
    public = set(relations(shown))
    found: dict[tuple[int, str], bool] = {}
    for each in relations(descriptor):
        for hashed in hashes_said(each.said):
            found[hashed, each.type] = found.get((hashed, each.type), False) or each in public
    for (hashed, type_), is_open in found.items():
        yield {"hash": hashed, "entry": entry, "type": type_, "open": is_open}
