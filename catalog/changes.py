"""The change log: one row for each accepted change, in the order of commits, read by followers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.database import lock_logs, put
from catalog.tables import Change


class What(StrEnum):
    """What a change did to an entry."""

    PENDING = "pending"
    SERVED = "served"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    AGENCY = "agency"
    ENDPOINT = "endpoint"


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A row of the log."""

    seq: int
    entry: str
    what: str
    at: datetime


def head(session: Session) -> int:
    """The number of the latest change; 0 before the first."""
    return session.scalar(select(func.max(Change.seq))) or 0


def since(session: Session, seq: int, limit: int = 2000) -> list[ChangeView]:
    """The changes after a number, oldest first."""
    rows = session.execute(
        select(Change.seq, Change.entry, Change.what, Change.at)
        .where(Change.seq > seq)
        .order_by(Change.seq)
        .limit(limit)
    )
    return [ChangeView(*row) for row in rows]


def append(session: Session, entries: Sequence[tuple[str, What]], now: datetime) -> list[int]:
    """Log changes; their numbers, without gaps, in the order given."""
    if not entries:
        return []
    lock_logs(session)
    first = head(session) + 1
    rows = [
        {"seq": seq, "entry": entry, "what": what.value, "at": now}
        for seq, (entry, what) in enumerate(entries, first)
    ]
    put(session, Change, rows)
    return list(range(first, first + len(rows)))
