"""To what an entry says that it is related, and which entries say so of it, both as far as a viewer
may see: a text is led to an entry that is here, whenever it came, by a number that the viewer is
shown; that an entry has left is told to whoever could see it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog import entries
from catalog.elements.numbers import hashes_of, hashes_said
from catalog.entries import EntryView
from catalog.errors import Gone, Moved, NotFound
from catalog.tables import DepartedNumber, Entry, IdentityKey, RelationKey, Tombstone, Version
from catalog.versions import descriptor_of
from catalog.viewers import Viewer
from catalog.visibility import condition, redacted
from search.card import Stage
from standards.relations import Relation, relations

MOST = 50
"""Relations of one entry that are followed."""
SHOWN = 10
"""Entries that are named, of one kind of relation."""
CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Forward:
    """What an entry says, with the entries that it means; ``gone`` if what it meant has left."""

    relation: Relation
    entries: tuple[EntryView, ...] = ()
    gone: Gone | None = None


@dataclass(frozen=True, slots=True)
class Backward:
    """The entries that stand in one kind of relation to an entry: how many, and some of them."""

    type: str
    count: int
    entries: tuple[EntryView, ...]


def forward(session: Session, viewer: Viewer, view: EntryView) -> list[Forward]:
    """What the entry says of others, as the viewer is shown it."""
    told = relations(view.shown.descriptor)[:MOST]
    meant = {each.said: hashes_said(each.said) for each in told}
    hashes = {hashed for found in meant.values() for hashed in found}
    if not hashes:
        return []
    here = _candidates(session, hashes, meant) - {view.identifier}
    shown = {each.identifier: each for each in entries.some(session, viewer, sorted(here))}
    known = {
        name: hashes_of(name, each.shown.descriptor) for name, each in shown.items() if each.served
    }
    departed = _departed(session, hashes)
    return [
        _forward(session, viewer, each, meant[each.said], shown, known, departed) for each in told
    ]


def backward(session: Session, viewer: Viewer, view: EntryView) -> list[Backward]:
    """Who says something of the entry, by kinds."""
    if view.served is None:
        return []
    hashes = hashes_of(view.identifier, view.served.descriptor)
    query = (
        select(RelationKey.type, RelationKey.entry)
        .join(Entry, Entry.identifier == RelationKey.entry)
        .join(Version, (Version.entry == Entry.identifier) & (Version.number == Entry.served))
        .where(
            RelationKey.hash.in_(hashes),
            RelationKey.entry != view.identifier,
            condition(viewer, Stage.SERVED),
        )
        .distinct()
    )
    if not viewer.signed_in:
        query = query.where(RelationKey.open.is_(True))
    rows = query.subquery()
    counts = session.execute(select(rows.c.type, func.count()).group_by(rows.c.type))
    found = []
    for type_, count in sorted((row[0], row[1]) for row in counts):
        some = select(rows.c.entry).where(rows.c.type == type_).order_by(rows.c.entry)
        named = session.scalars(some.limit(SHOWN)).all()
        found.append(Backward(type_, count, tuple(entries.some(session, viewer, named))))
    return found


def _candidates(session: Session, hashes: Collection[int], said: Collection[str]) -> set[str]:
    """Entries that may be meant: by a number, or by their identifier."""
    by_number = select(IdentityKey.entry).where(IdentityKey.hash.in_(hashes)).limit(CANDIDATES * 5)
    names = [each.strip() for each in said]
    by_name = select(Entry.identifier).where(Entry.identifier.in_(names))
    return {*session.scalars(by_number), *session.scalars(by_name)}


def _departed(session: Session, hashes: Collection[int]) -> list[tuple[int, str]]:
    query = select(DepartedNumber.hash, DepartedNumber.entry)
    found = query.where(DepartedNumber.hash.in_(hashes)).limit(CANDIDATES)
    return [(row[0], row[1]) for row in session.execute(found)]


def _forward(
    session: Session,
    viewer: Viewer,
    relation: Relation,
    hashes: set[int],
    shown: dict[str, EntryView],
    known: dict[str, set[int]],
    departed: Sequence[tuple[int, str]],
) -> Forward:
    found = tuple(shown[name] for name in sorted(known) if known[name] & hashes)
    if found:
        return Forward(relation, found[:SHOWN])
    for name in sorted({entry for hashed, entry in departed if hashed in hashes}):
        answer = _left(session, viewer, name, hashes)
        if isinstance(answer, Moved):
            return Forward(relation, tuple(entries.some(session, viewer, [answer.to])))
        if answer:
            return Forward(relation, gone=answer)
    return Forward(relation)


def _left(session: Session, viewer: Viewer, name: str, hashes: set[int]) -> Gone | Moved | None:
    """What the viewer may know of an entry that has left, told by a number that they were shown."""
    grave = session.get(Tombstone, name)
    last = session.get(Version, (name, grave.last)) if grave and grave.last else None
    if last is None or not hashes_of(name, redacted(viewer, descriptor_of(last))) & hashes:
        return None
    try:
        entries.find(session, viewer, name)
    except (Gone, Moved) as left:
        return left
    except NotFound:
        pass
    return None
