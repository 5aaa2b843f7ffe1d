"""Where an entry came from, node by node: the first hop is its home, the last one whom we had it
from. A record that was here before is never taken back, whichever way it comes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog.database import put
from catalog.tables import Origin, OwnName

LONGEST = 16
"""So many nodes may have passed a record on."""


@dataclass(frozen=True, slots=True)
class Hop:
    """A node, by its name or the address at which it is harvested, and what it calls the entry."""

    node: str
    identifier: str


Chain = tuple[Hop, ...]


def of(session: Session, entries: Collection[str]) -> dict[str, Chain]:
    """The chains of those of the entries that came from elsewhere."""
    if not entries:
        return {}
    query = select(Origin).where(Origin.entry.in_(set(entries))).order_by(Origin.position)
    found: dict[str, Chain] = {}
    for row in session.scalars(query):
        found[row.entry] = (*found.get(row.entry, ()), Hop(row.node, row.identifier))
    return found


def keep(session: Session, chains: Mapping[str, Sequence[Hop]]) -> None:
    """Write down where entries came from; what was known before of one that is told anew goes."""
    before = of(session, chains)
    changed = {entry: chain for entry, chain in chains.items() if before.get(entry, ()) != chain}
    known = [entry for entry in changed if entry in before]
    if known:
        session.execute(delete(Origin).where(Origin.entry.in_(known)))
    put(session, Origin, [row for entry, chain in changed.items() for row in _rows(entry, chain)])


def introduce(session: Session, names: Iterable[str], now: datetime) -> None:
    """Remember what this node is called; what it was called before stays known."""
    known = own_names(session)
    for name in dict.fromkeys(names):
        if name and name not in known:
            session.add(OwnName(name=name, since=now))
    session.flush()


def own_names(session: Session) -> frozenset[str]:
    """Every name and address under which this node has been known."""
    return frozenset(session.scalars(select(OwnName.name)))


def _rows(entry: str, chain: Sequence[Hop]) -> Iterable[dict[str, Any]]:
    for position, hop in enumerate(chain):
        yield {
            "entry": entry,
            "position": position,
            "node": hop.node,
            "identifier": hop.identifier,
        }
