"""What an agency is told once, until somebody there has read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from catalog.database import put
from catalog.tables import Notice
from catalog.viewers import Role, Viewer
from catalog.visibility import within_scope

ROLES = (Role.REGISTRAR, Role.REVIEWER, Role.ADMINISTRATOR)
SIZE = 50


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice; ``subject`` is what it is about, ``details`` what its words are filled with."""

    id: int
    agency: str
    what: str
    subject: str
    details: Mapping[str, Any]
    at: datetime


def tell(
    session: Session,
    agencies: Iterable[str],
    what: str,
    subject: str,
    details: Mapping[str, Any],
    now: datetime,
) -> None:
    """Tell agencies something."""
    told = {"what": what, "subject": subject, "details": dict(details), "at": now}
    unread = {"read_by": None, "read_at": None}
    put(session, Notice, [{"agency": agency, **told, **unread} for agency in sorted(agencies)])


def unread(session: Session, viewer: Viewer, size: int = SIZE) -> list[NoticeView]:
    """What the viewer's agencies have not read, the latest first."""
    query = select(Notice).where(Notice.read_at.is_(None), _theirs(viewer))
    rows = session.scalars(query.order_by(Notice.id.desc()).limit(size))
    return [
        NoticeView(row.id, row.agency, row.what, row.subject, row.details, row.at) for row in rows
    ]


def count(session: Session, viewer: Viewer) -> int:
    """How many notices the viewer's agencies have not read."""
    query = select(func.count()).select_from(Notice)
    return session.scalar(query.where(Notice.read_at.is_(None), _theirs(viewer))) or 0


def read(session: Session, viewer: Viewer, upto: int, now: datetime) -> int:
    """Take notices for read, up to the latest that the viewer was shown; how many these were."""
    done = session.execute(
        update(Notice)
        .where(Notice.read_at.is_(None), Notice.id <= upto, _theirs(viewer))
        .values(read_by=viewer.name, read_at=now)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    return len(done.all())


def _theirs(viewer: Viewer) -> ColumnElement[bool]:
    """Notices to agencies over which the viewer holds a role."""
    return within_scope(viewer, Notice.agency, ROLES)
