"""Hosts that gave faults one after another, for all processes that talk to them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalog.tables import Host

TRIAL = timedelta(seconds=60)
"""How long others wait for the outcome of a trial."""

LONGEST = timedelta(hours=6)
FORGET = timedelta(days=1)
"""A fault so old says nothing any more."""


@dataclass(frozen=True, slots=True)
class Resting:
    """A host that is left alone until then, and the latest of its faults."""

    faults: int
    until: datetime
    told: Mapping[str, Any]


def resting(session: Session, name: str) -> Resting | None:
    """Until when a host rests, or should have rested; None for one that works."""
    row = session.get(Host, name)
    return Resting(row.faults, row.until, row.told) if row and row.until else None


def known(session: Session, name: str) -> bool:
    """Whether a host had faults lately."""
    return session.scalar(select(Host.name).where(Host.name == name)) is not None


def claim_trial(session: Session, name: str, seen: Resting, now: datetime) -> bool:
    """Be the one who tries whether the host works again; the others wait for the outcome."""
    query = (
        update(Host)
        .where(Host.name == name, Host.until == seen.until)
        .values(until=now + TRIAL)
        .returning(Host.name)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(query) is not None


def fault(
    session: Session, name: str, told: Mapping[str, Any], now: datetime, limit: int, rest: float
) -> bool:
    """Count a fault of a host; whether it rests now: after so many, and twice as long as the last
    time if a trial failed.
    """
    row = _row(session, name, now)
    if now - row.updated > FORGET:
        row.faults, row.rests, row.until = 0, 0, None
    row.faults, row.told, row.updated = row.faults + 1, dict(told), now
    if row.faults >= limit:
        row.until = now + min(timedelta(seconds=rest * 2 ** min(row.rests, 20)), LONGEST)
        row.rests += 1
    session.flush()
    return row.until is not None


def forget(session: Session, name: str) -> None:
    """The host works again."""
    session.execute(delete(Host).where(Host.name == name))


def _row(session: Session, name: str, now: datetime) -> Host:
    """The row of a host, held; it is made if there is none."""
    query = select(Host).where(Host.name == name).with_for_update()
    if row := session.scalar(query):
        return row
    with suppress(IntegrityError), session.begin_nested():  # another process may be as quick
        session.add(Host(name=name, faults=0, rests=0, until=None, told={}, updated=now))
    return session.scalars(query).one()
