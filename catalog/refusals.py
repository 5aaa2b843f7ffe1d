"""Cards that the search engine cannot take: kept by name until it takes them, so that the follower
goes on and nobody has to find them in a log."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from catalog.tables import RefusedCard


@dataclass(frozen=True, slots=True)
class Refusal:
    """A card that is not in the index, why, and since when."""

    key: str
    reason: str
    since: datetime


def count(session: Session) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(RefusedCard)) or 0


def some(session: Session, limit: int) -> list[Refusal]:
    """The first of them by key."""
    query = select(RefusedCard).order_by(RefusedCard.key).limit(limit)
    return [Refusal(row.key, row.reason, row.at) for row in session.scalars(query)]


def settle(
    session: Session, tried: Collection[str], refused: Mapping[str, str], now: datetime
) -> None:
    """Of the cards tried these were refused, and the others no longer are."""
    known = {row.key: row for row in session.scalars(select(RefusedCard))}
    taken = [key for key in known if key in tried and key not in refused]
    if taken:
        session.execute(delete(RefusedCard).where(RefusedCard.key.in_(taken)))
    for key, reason in refused.items():
        if key in known:
            known[key].reason = reason
        else:
            session.add(RefusedCard(key=key, reason=reason, at=now))


def replace(session: Session, refused: Mapping[str, str], now: datetime) -> None:
    """These and no others, after a rebuild."""
    settle(session, set(session.scalars(select(RefusedCard.key))), refused, now)
