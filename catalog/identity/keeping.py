"""Which entries look like one another: worked out behind the change log, a batch at a time, so that
nobody who registers waits for it. What was worked out is written in short transactions.

An entry goes by the version that is served, else by the pending one. Keys under which more than a
few entries stand are told as a crowd, so that no bucket makes pairs by its square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import structlog
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from catalog import changes, leases
from catalog.behind import Behind
from catalog.clock import Clock
from catalog.database import Database, put
from catalog.identity.evidence import Evidence, compare, signature
from catalog.identity.facts import NUMBER, TITLE, Facts, facts, organs
from catalog.tables import Crowd, Entry, IdentityKey, Likeness, Version
from standards.descriptor import Descriptor

NAME = "identity"
BATCH = 500
PIECE = 50
"""Entries whose candidates are compared at a time."""
MOST = 20
"""Entries under one key that are compared in pairs."""
OPEN, DISTINCT = "open", "distinct"
_Value = TypeVar("_Value")
log = structlog.get_logger("mulu.identity")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries with what speaks for their being one."""

    one: str
    other: str
    evidence: tuple[Evidence, ...]
    signature: str


def step(database: Database, clock: Clock, owner: str, size: int = BATCH) -> int:
    """Work out one batch of changes, if there are any and nobody else is at it; their number."""
    with database.reading() as session:
        rows = changes.since(session, leases.standing(session, NAME).cursor, size)
    if not rows or not leases.acquire(database, NAME, owner, clock.now()):
        return 0
    touched = list(dict.fromkeys(row.entry for row in rows))
    with database.reading() as session:
        keys = _keys(of_entries(session, touched))
    with database.writing() as session:
        _keep_keys(session, touched, keys)
    for piece in _pieces(touched, PIECE):
        with database.reading() as session:
            found, crowds = _worked_out(session, piece)
        with database.writing() as session:
            _keep_pairs(session, piece, found, clock.now())
            _keep_crowds(session, crowds)
    leases.advance(database, NAME, owner, rows[-1].seq, clock.now())
    return len(rows)


FOLLOWER = Behind(NAME, step)


def of_entries(session: Session, entries: Collection[str]) -> dict[str, Facts]:
    """What identifies these entries; those that left have nothing."""
    hand = func.coalesce(Entry.served, Entry.pending)
    rows = session.execute(
        select(Entry.identifier, Entry.agency, Version.kind, Version.values)
        .join(Version, (Version.entry == Entry.identifier) & (Version.number == hand))
        .where(Entry.identifier.in_(set(entries)))
    )
    known = organs(session)
    return {row[0]: facts(Descriptor(row[2], row[3]), row[1], known) for row in rows}


def alike(session: Session, keys: Collection[int]) -> tuple[dict[int, list[str]], dict[int, int]]:
    """Who stands under these keys: the entries where they are few, else how many they are."""
    counted: dict[int, int] = {}
    for part in _pieces(keys, BATCH):
        counting = (
            select(IdentityKey.hash, func.count())
            .where(IdentityKey.hash.in_(part))
            .group_by(IdentityKey.hash)
        )
        counted.update((row[0], row[1]) for row in session.execute(counting))
    few = [each for each, count in counted.items() if count <= MOST]
    found: dict[int, list[str]] = defaultdict(list)
    for part in _pieces(few, BATCH):
        query = select(IdentityKey.hash, IdentityKey.entry).where(IdentityKey.hash.in_(part))
        for key, entry in session.execute(query):
            found[key].append(entry)
    return found, {each: count for each, count in counted.items() if count > MOST}


def _pieces(values: Iterable[_Value], size: int) -> Iterator[list[_Value]]:
    waiting = iter(values)
    while piece := list(islice(waiting, size)):
        yield piece


def _keys(found: Mapping[str, Facts]) -> list[dict[str, Any]]:
    return [
        {"hash": key, "entry": entry, "scheme": scheme}
        for entry, each in found.items()
        for key, scheme in each.keys().items()
    ]


def _keep_keys(session: Session, touched: Sequence[str], keys: Sequence[dict[str, Any]]) -> None:
    session.execute(delete(IdentityKey).where(IdentityKey.entry.in_(touched)))
    put(session, IdentityKey, keys)


def _worked_out(
    session: Session, entries: Sequence[str]
) -> tuple[list[Pair], dict[int, tuple[str, int]]]:
    """The pairs of these entries, and the crowds in which they stand."""
    own: dict[str, dict[int, str]] = defaultdict(dict)
    query = select(IdentityKey.entry, IdentityKey.hash, IdentityKey.scheme)
    for entry, key, scheme in session.execute(query.where(IdentityKey.entry.in_(entries))):
        own[entry][key] = scheme
    schemes = {key: scheme for keys in own.values() for key, scheme in keys.items()}
    few, many = alike(session, schemes)
    wanted = {
        (min(entry, other), max(entry, other))
        for entry, keys in own.items()
        for key in keys
        for other in few.get(key, ())
        if other != entry
    }
    known = of_entries(session, {each for pair in wanted for each in pair})
    crowds = {key: (schemes[key], count) for key, count in many.items()}
    shrunk = {key: (schemes[key], len(members)) for key, members in few.items()}
    told = {**crowds, **shrunk}
    return list(_pairs(wanted, known)), {
        key: each for key, each in told.items() if each[0] in (NUMBER, TITLE)
    }


def _pairs(wanted: Iterable[tuple[str, str]], known: Mapping[str, Facts]) -> Iterator[Pair]:
    for one, other in sorted(wanted):
        if one not in known or other not in known:
            continue
        if evidence := compare(known[one], known[other]):
            said = signature(known[one], known[other], evidence)
            yield Pair(one, other, evidence, said)


def _keep_pairs(
    session: Session, entries: Sequence[str], found: Sequence[Pair], now: datetime
) -> None:
    """New pairs are open; what was declared distinct stays so as long as its evidence is the same;
    an open pair for which nothing speaks any more is gone.
    """
    touched = or_(Likeness.one.in_(entries), Likeness.other.in_(entries))
    rows = session.scalars(select(Likeness).where(touched)).all()
    held = {(row.one, row.other): row for row in rows}
    for pair in found:
        row = held.pop((pair.one, pair.other), None)
        said = {
            "kind": pair.evidence[0].kind,
            "evidence": [each.as_list() for each in pair.evidence],
            "signature": pair.signature,
        }
        if row is None:
            put(
                session, Likeness,
                [{"one": pair.one, "other": pair.other, "state": OPEN, "found": now, "reason": "",
                  "by": "", "at": None, **said}],
            )  # fmt: skip
        elif row.signature != pair.signature:
            one, other = pair.one, pair.other
            session.execute(
                update(Likeness)
                .where(Likeness.one == one, Likeness.other == other)
                .values(state=OPEN, found=now, **said)
            )
    for row in held.values():
        if row.state == OPEN:
            session.delete(row)


def _keep_crowds(session: Session, crowds: Mapping[int, tuple[str, int]]) -> None:
    if not crowds:
        return
    session.execute(delete(Crowd).where(Crowd.hash.in_(list(crowds))))
    rows = [
        {"hash": key, "scheme": scheme, "number": count}
        for key, (scheme, count) in crowds.items()
        if count > MOST
    ]
    put(session, Crowd, rows)
