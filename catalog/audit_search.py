"""Looking into the audit log: the events of a person, a deed, an entry, some days, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import ColumnElement, Text, and_, cast, or_, select
from sqlalchemy.orm import Session

from catalog import audit
from catalog.audit import LISTED, EventView
from catalog.tables import AuditEvent
from catalog.viewers import Viewer


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """Which events to list; empty means any."""

    actor: str = ""
    action: str = ""
    entry: str = ""
    """Also lists in which it was seen."""
    since: datetime | None = None
    until: datetime | None = None
    """The first moment that is too late."""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some events, newest first. ``next`` is the cursor of the following page."""

    events: tuple[EventView, ...]
    next: int | None


def look(
    session: Session,
    viewer: Viewer,
    filters: AuditFilters = AuditFilters(),
    before: int | None = None,
    size: int = 50,
) -> AuditPage:
    """Events with a lower number than ``before``, for those who audit the whole directory."""
    audit.admit(viewer)
    wanted = _wanted(filters)
    if before is not None:
        wanted.append(AuditEvent.seq < before)
    query = select(AuditEvent).where(*wanted).order_by(AuditEvent.seq.desc()).limit(size + 1)
    found = [audit.view(row) for row in session.scalars(query)]
    more = found[size - 1].seq if len(found) > size else None
    return AuditPage(tuple(found[:size]), more)


def _wanted(filters: AuditFilters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.actor:
        wanted.append(AuditEvent.actor == filters.actor)
    if filters.action:
        wanted.append(AuditEvent.action == filters.action)
    if filters.entry:
        written = orjson.dumps(filters.entry).decode()
        listed = cast(AuditEvent.details, Text).contains(written, autoescape=True)
        in_list = and_(AuditEvent.action == LISTED, listed)
        wanted.append(or_(AuditEvent.entry == filters.entry, in_list))
    if filters.since:
        wanted.append(AuditEvent.at >= filters.since)
    if filters.until:
        wanted.append(AuditEvent.at < filters.until)
    return wanted
