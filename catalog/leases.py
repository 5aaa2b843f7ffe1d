"""A lease on a row: of several processes one may follow the change log. One that died is not waited
for on its own machine, and elsewhere no longer than its lease lasts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalog.database import Database
from catalog.processes import known_dead
from catalog.tables import FollowerState

DURATION = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a follower stands: what it has read, and who may move it until when."""

    cursor: int = 0
    owner: str = ""
    until: datetime | None = None

    def held_by(self, owner: str, now: datetime) -> bool:
        """Whether the lease is the owner's and lasts."""
        return self.owner == owner and self.until is not None and self.until > now


def standing(session: Session, name: str) -> Standing:
    """Where the follower of this name stands; at the beginning before its first step."""
    row = session.get(FollowerState, name)
    return Standing(row.cursor, row.owner, row.until) if row else Standing()


def acquire(
    database: Database, name: str, owner: str, now: datetime, *, take_over: bool = False
) -> bool:
    """Take or prolong the lease; ``take_over`` takes it from whoever has it, who will notice."""
    found = _made(database, name)
    if found.held_by(owner, now + DURATION / 2):
        return True  # long enough: whoever writes a batch need not wait for us
    ours = (owner, "", found.owner) if known_dead(found.owner) else (owner, "")
    free = or_(
        FollowerState.owner.in_(ours),
        FollowerState.until.is_(None),
        FollowerState.until <= now,
    )
    query = (
        update(FollowerState)
        .where(FollowerState.name == name)
        .values(owner=owner, until=now + DURATION)
        .returning(FollowerState.name)
    )
    with database.writing() as session:
        return session.scalar(query if take_over else query.where(free)) is not None


def advance(database: Database, name: str, owner: str, cursor: int, now: datetime) -> bool:
    """Move the cursor and prolong the lease; False if somebody else has taken it meanwhile."""
    query = (
        update(FollowerState)
        .where(FollowerState.name == name, FollowerState.owner == owner)
        .values(cursor=cursor, until=now + DURATION, updated=now)
        .returning(FollowerState.name)
    )
    with database.writing() as session:
        return session.scalar(query) is not None


def release(database: Database, name: str, owner: str) -> None:
    """Give the lease back, so that nobody has to wait for its end."""
    with database.writing() as session:
        session.execute(
            update(FollowerState)
            .where(FollowerState.name == name, FollowerState.owner == owner)
            .values(owner="", until=None)
        )


def _made(database: Database, name: str) -> Standing:
    """Where the follower stands; its row is made if there is none."""
    with database.reading() as session:
        if session.get(FollowerState, name):
            return standing(session, name)
    try:
        with database.writing() as session:
            session.add(FollowerState(name=name, cursor=0, owner=""))
    except IntegrityError:
        pass  # another process was as quick
    return Standing()
