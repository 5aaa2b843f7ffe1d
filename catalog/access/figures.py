"""Figures of a year's requests, as the yearly report tells them (政府信息公开条例 Art. 49)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.access.holding import RUNNING, Access, Kind, day_of
from catalog.tables import AccessRequest
from standards.workdays import between


@dataclass(frozen=True, slots=True)
class Yearly:
    """A year's requests of one kind. ``carried_over`` came in before it and were open when it
    began; ``outcomes`` has every outcome that was given in it; ``pending`` are those left at its
    end, or now; ``overdue`` were answered late in it, or are late now.
    """

    year: int
    kind: str
    carried_over: int
    received: int
    outcomes: Mapping[str, int]
    withdrawn: int
    abandoned: int
    pending: int
    overdue: int
    average_days: float | None
    """Working days from receipt to answer."""


def yearly(
    session: Session, year: int, now: datetime, kind: str = Kind.PUBLIC, agency: str | None = None
) -> Yearly:
    """The figures of a year, of the whole directory or of one agency."""
    query = select(
        AccessRequest.received_at,
        AccessRequest.closed_at,
        AccessRequest.state,
        AccessRequest.due,
        AccessRequest.outcome,
    ).where(AccessRequest.kind == str(kind))
    if agency:
        query = query.where(AccessRequest.agency == agency)
    counts: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    days: list[int] = []
    today = day_of(now)
    for row in session.execute(query):
        begun, ended = day_of(row.received_at), day_of(row.closed_at) if row.closed_at else None
        if begun.year > year or (ended and ended.year < year):
            continue
        counts["received" if begun.year == year else "carried_over"] += 1
        if ended is None or ended.year > year:
            counts["pending"] += 1
            counts["overdue"] += row.state in RUNNING and row.due < today.isoformat()
        elif row.state == Access.ANSWERED:
            outcomes[row.outcome] += 1
            days.append(between(begun, ended))
            counts["overdue"] += ended.isoformat() > row.due
        else:
            counts[row.state] += 1
    return Yearly(
        year=year,
        kind=str(kind),
        carried_over=counts["carried_over"],
        received=counts["received"],
        outcomes=dict(sorted(outcomes.items())),
        withdrawn=counts[Access.WITHDRAWN],
        abandoned=counts[Access.CLOSED],
        pending=counts["pending"],
        overdue=counts["overdue"],
        average_days=round(sum(days) / len(days), 1) if days else None,
    )
