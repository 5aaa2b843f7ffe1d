"""What a probe changes: the state of an endpoint, the entries that lead to it, and its owners are
told once when it breaks, when it heals, and when what it says of itself is another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog import changes, notices
from catalog.changes import What
from catalog.database import lock_logs
from catalog.tables import EndpointRow, EndpointUse, Entry
from search.card import UNKNOWN
from standards.problems import Problem

BROKEN = "broken"
GRUMBLES = 3
"""So many probes in a row must fail before an endpoint is called broken."""
EARLIER = (timedelta(minutes=10), timedelta(hours=1))
"""When a probe that failed is repeated, for the first and the second time."""
PIECE = 2000


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one probe found. ``description`` is the digest of what the service says of itself,
    empty where it says nothing; a ``state`` of unknown means that nothing could be found out.
    """

    state: str
    problem: Problem | None = None
    certificate_until: datetime | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """An endpoint whose turn it is."""

    key: str
    url: str
    protocol: str


def due(session: Session, now: datetime, size: int) -> list[Due]:
    """The endpoints to look at now that an entry leads to, the longest due first."""
    used = select(EndpointUse.endpoint).where(EndpointUse.endpoint == EndpointRow.key).exists()
    rows = session.execute(
        select(EndpointRow.key, EndpointRow.url, EndpointRow.protocol)
        .where(EndpointRow.due <= now, used)
        .order_by(EndpointRow.due, EndpointRow.key)
        .limit(size)
    )
    return [Due(*row) for row in rows]


def record(
    session: Session, key: str, seen: Sighting, now: datetime, every: timedelta
) -> str | None:
    """Keep what a probe found; the new state if it is another than before."""
    lock_logs(session)
    row = session.get(EndpointRow, key, populate_existing=True)
    if row is None:
        return None
    before = row.state
    row.checked, row.problem = now, seen.problem.as_dict() if seen.problem else None
    row.failures = row.failures + 1 if seen.state == BROKEN else 0
    doubtful = seen.state == BROKEN and row.failures < GRUMBLES
    if not doubtful and seen.state != UNKNOWN:
        row.state = seen.state
    row.due = now + (EARLIER[row.failures - 1] if doubtful else every + _spread(key, every))
    if seen.certificate_until:
        row.certificate_until = seen.certificate_until
    described = _described(row, seen.description, now)
    if row.state != before:
        row.since = now
        _tell_entries(session, key, now)
    session.flush()
    for what in _news(before, row.state, described):
        _tell_owners(session, row, what, now)
    return row.state if row.state != before else None


def ask(session: Session, key: str, now: datetime) -> bool:
    """Have an endpoint looked at soon; False if there is none or it is not one to be looked at."""
    row = session.get(EndpointRow, key)
    if row is None or row.due is None:
        return False
    row.due = now
    return True


def _described(row: EndpointRow, description: str, now: datetime) -> bool:
    """Whether the service says something else of itself than it did, for the second time now: a
    text with the time of day in it would be another at every probe.
    """
    if not description or description == row.description:
        row.candidate = ""
        return False
    if not row.description:
        row.description = description
        return False
    if description != row.candidate:
        row.candidate = description
        return False
    row.description, row.candidate, row.described = description, "", now
    return True


def _news(before: str, after: str, described: bool) -> list[str]:
    news = ["endpoint-described"] if described else []
    if before == after:
        return news
    if after == BROKEN:
        news.append("endpoint-broken")
    elif before == BROKEN:
        news.append("endpoint-healed")
    elif after == "expiring":
        news.append("endpoint-expiring")
    return news


def _tell_entries(session: Session, key: str, now: datetime) -> None:
    """Log a change of each entry that leads there, so that every follower sees the new state."""
    query = select(EndpointUse.entry).where(EndpointUse.endpoint == key)
    entries = list(session.scalars(query.order_by(EndpointUse.entry)))
    for start in range(0, len(entries), PIECE):
        some = entries[start : start + PIECE]
        seqs = changes.append(session, [(entry, What.ENDPOINT) for entry in some], now)
        moved = [
            {"identifier": entry, "changed": seq} for entry, seq in zip(some, seqs, strict=True)
        ]
        session.execute(update(Entry), moved)


def _tell_owners(session: Session, row: EndpointRow, what: str, now: datetime) -> None:
    """One notice for each agency whose entries lead there."""
    query = (
        select(Entry.agency)
        .join(EndpointUse, EndpointUse.entry == Entry.identifier)
        .where(EndpointUse.endpoint == row.key)
        .distinct()
    )
    details: Mapping[str, Any] = {
        "url": row.url,
        "problem": row.problem,
        "until": row.certificate_until.isoformat() if row.certificate_until else None,
    }
    notices.tell(session, session.scalars(query), what, row.key, details, now)


def _spread(key: str, every: timedelta) -> timedelta:
    """Up to a tenth more, always the same for one endpoint: so they do not come all at once."""
    return every * (int(key[:4], 16) / 0xFFFF) / 10
