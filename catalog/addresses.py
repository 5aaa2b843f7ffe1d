"""The addresses of what is served, for sitemaps, and whether the database answers at all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from catalog.database import Database
from catalog.tables import Entry, Version
from catalog.viewers import Viewer
from catalog.visibility import condition
from search.card import Stage


def answers(database: Database) -> bool:
    """Whether the database can be asked now; never raises."""
    try:
        with database.reading() as session:
            session.execute(select(Entry.identifier).limit(1))
    except SQLAlchemyError:
        return False
    return True


def served(session: Session, viewer: Viewer) -> int:
    """How many served entries the viewer may see."""
    query = _served(viewer).with_only_columns(func.count()).order_by(None)
    return session.scalar(query) or 0


def page(session: Session, viewer: Viewer, offset: int, size: int) -> list[tuple[str, datetime]]:
    """Served entries that the viewer may see, by identifier, with when each was last served."""
    rows = session.execute(_served(viewer).offset(offset).limit(size))
    return [(row[0], row[1]) for row in rows]


def _served(viewer: Viewer) -> Select[str, datetime]:
    return (
        select(Entry.identifier, func.coalesce(Entry.served_at, Entry.updated))
        .join(Version, (Version.entry == Entry.identifier) & (Version.number == Entry.served))
        .where(condition(viewer, Stage.SERVED))
        .order_by(Entry.identifier)
    )
