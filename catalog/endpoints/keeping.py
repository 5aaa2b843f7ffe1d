"""Which endpoints the served entries lead to: kept up to date by following the change log."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from catalog import changes
from catalog.changes import What
from catalog.database import put
from catalog.tables import EndpointRow, EndpointUse, FollowerState
from search.card import UNKNOWN, Card, Stage

NAME = "endpoints"
"""Of the follower, as it is kept with its cursor."""
PROBED = frozenset({"http", "https"})
"""Addresses of other kinds are shown, never called."""
PIECE = 1000


def key_of(url: str) -> str:
    """What an address is kept under: it may be longer than an index takes."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def is_probed(url: str) -> bool:
    """Whether an address is one that can be looked at."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in PROBED and bool(parts.hostname)


def states(session: Session, urls: Collection[str]) -> dict[str, str]:
    """What is known of addresses; those that nothing is known of are left out."""
    keys = {key_of(url): url for url in urls if url}
    if not keys:
        return {}
    rows = session.execute(
        select(EndpointRow.key, EndpointRow.state)
        .where(EndpointRow.key.in_(keys))
        .where(EndpointRow.state != UNKNOWN)
    )
    return {keys[key]: state for key, state in rows}


def follow(session: Session, now: datetime) -> int:
    """Take in the next changes of the log; how many there were."""
    from catalog.cards import cards  # it asks for states in turn

    follower = session.get(FollowerState, NAME)
    if follower is None:
        follower = FollowerState(name=NAME, cursor=0, owner="")
        session.add(follower)
    rows = changes.since(session, follower.cursor, PIECE)
    if not rows:
        return 0
    touched = {row.entry for row in rows if row.what not in (What.ENDPOINT, What.PENDING)}
    served = (card for card in cards(session, list(touched)) if card.stage is Stage.SERVED)
    _keep(session, touched, [card for card in served if card.endpoint], now)
    follower.cursor, follower.updated = rows[-1].seq, now
    return len(rows)


def _keep(session: Session, touched: set[str], leading: Iterable[Card], now: datetime) -> None:
    """Remember where entries lead now; what was found of an address outlives its entries."""
    leads = {card.identifier: card.endpoint for card in leading}
    found = {end.url: end.protocol for end in leads.values() if end}
    keys = {key_of(url): url for url in found}
    there = set(session.scalars(select(EndpointRow.key).where(EndpointRow.key.in_(keys))))
    put(
        session,
        EndpointRow,
        [_row(key, url, found[url], now) for key, url in keys.items() if key not in there],
    )
    session.execute(delete(EndpointUse).where(EndpointUse.entry.in_(touched)))
    uses = [{"entry": entry, "endpoint": key_of(end.url)} for entry, end in leads.items() if end]
    put(session, EndpointUse, uses)
    again = [key for key, url in keys.items() if key in there and is_probed(url)]
    session.execute(
        update(EndpointRow)
        .where(EndpointRow.key.in_(again), EndpointRow.due.is_(None))
        .values(due=now)
        .execution_options(synchronize_session=False)
    )


def _row(key: str, url: str, protocol: str, now: datetime) -> dict[str, object]:
    return {
        "key": key,
        "url": url,
        "protocol": protocol,
        "state": UNKNOWN,
        "problem": None,
        "since": None,
        "checked": None,
        "due": now if is_probed(url) else None,
        "failures": 0,
        "certificate_until": None,
        "description": "",
        "candidate": "",
        "described": None,
    }
