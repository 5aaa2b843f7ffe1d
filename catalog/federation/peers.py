"""Directories that are asked along when somebody searches them live; chosen by the operator alone,
never by a request."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import audit, entries
from catalog.database import lock_logs
from catalog.errors import Conflict, Forbidden, NotFound
from catalog.tables import Origin, Peer
from catalog.viewers import Viewer


@dataclass(frozen=True, slots=True)
class PeerView:
    """A peer, and whether it may lie in a private network."""

    name: str
    address: str
    private: bool = False


def every(session: Session) -> tuple[PeerView, ...]:
    """All peers, by name."""
    rows = session.scalars(select(Peer).order_by(Peer.name))
    return tuple(PeerView(row.name, row.address, row.private) for row in rows)


def add(session: Session, actor: Viewer, peer: PeerView, now: datetime) -> None:
    """Ask this directory along from now on. Raises Conflict when the name is taken."""
    _operator(actor)
    lock_logs(session)
    if session.get(Peer, peer.name):
        raise Conflict(f"the peer's name is taken: {peer.name}")
    session.add(Peer(name=peer.name, address=peer.address, private=peer.private, created=now))
    told = {"name": peer.name, "address": peer.address}
    audit.append(session, actor.name, [audit.Event("peer added", None, told)], now)


def remove(session: Session, actor: Viewer, name: str, now: datetime) -> None:
    """Ask it no more. Raises NotFound."""
    _operator(actor)
    lock_logs(session)
    row = session.get(Peer, name)
    if row is None:
        raise NotFound(f"peer {name}")
    session.delete(row)
    audit.append(session, actor.name, [audit.Event("peer removed", None, {"name": name})], now)


def held(session: Session, viewer: Viewer, identifiers: Collection[str]) -> set[str]:
    """Which of the entries of others the viewer finds here too, under the same identifier or as
    the origin of one."""
    if not identifiers:
        return set()
    wanted = set(identifiers)
    query = select(Origin.identifier, Origin.entry).where(Origin.identifier.in_(wanted))
    copies = [(row.identifier, row.entry) for row in session.execute(query)]
    candidates = sorted({*wanted, *(entry for _, entry in copies)})
    seen = {view.identifier for view in entries.some(session, viewer, candidates)}
    return {*(seen & wanted), *(identifier for identifier, entry in copies if entry in seen)}


def _operator(actor: Viewer) -> None:
    if not actor.operator:
        raise Forbidden("only the operator of the machine chooses peers")
