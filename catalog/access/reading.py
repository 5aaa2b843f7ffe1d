"""Reading requests: by their receipt, by the agency that asked, by the one that answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from catalog import agencies
from catalog.access.grants import AccessGrant, grant
from catalog.access.holding import (
    OPEN,
    RUNNING,
    Access,
    Kind,
    answers,
    asks,
    day_of,
    missing,
)
from catalog.access.timing import Pause, left, pauses
from catalog.agencies import AgencyView
from catalog.tables import AccessRequest, AgencyAbove, Applicant, AuditEvent
from catalog.viewers import Role, Viewer


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was taken, from the audit log."""

    at: datetime
    actor: str
    action: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AccessView:
    """A request as one of its sides sees it. Who asked is nowhere in it."""

    number: str
    entry: str
    title: str
    agency: AgencyView
    kind: Kind
    asking_agency: AgencyView | None
    asker: str
    what: str
    items: tuple[str, ...]
    form: str
    receiving: str
    purpose: str
    state: Access
    received_at: datetime
    due: date
    provisional: bool
    left: int
    """Working days; below 0 it is overdue."""
    extension: Mapping[str, str] | None
    pauses: tuple[Pause, ...]
    correction: Mapping[str, str] | None
    outcome: str
    ground: str
    reply: str
    granted: tuple[str, ...]
    valid_until: date | None
    closed_by: str
    closed_at: datetime | None
    asking: bool
    """Whether the viewer is of the asking side."""
    answering: bool
    """Whether the viewer may take the agency's steps."""
    known: bool
    """Whether it is still kept who asked."""
    grant: AccessGrant | None = None

    @property
    def open(self) -> bool:
        """Whether something is still to come."""
        return self.state in OPEN

    @property
    def overdue(self) -> bool:
        """Whether the agency should have answered."""
        return self.state in RUNNING and self.left < 0


@dataclass(frozen=True, slots=True)
class Filters:
    """What of a list is wanted; nothing chosen: what is open."""

    state: Access | None = None
    overdue: bool = False
    every: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list with the cursor of the next."""

    requests: tuple[AccessView, ...]
    total: int
    next: str | None


def find(
    session: Session, viewer: Viewer, number: str, now: datetime, code: str = ""
) -> AccessView:
    """The request, for its sides and for auditors; NotFound for a wrong code, an unknown number
    and what is none of the viewer's business alike.
    """
    row = session.get(AccessRequest, number)
    if row is None:
        raise missing(number)
    organ = agencies.get(session, row.agency)
    may_read = any(viewer.may(role, organ.path) for role in (Role.REVIEWER, Role.AUDITOR))
    if not (may_read or asks(session, viewer, row, code)):
        raise missing(number)
    return _views(session, viewer, [row], now, code)[0]


def queue(
    session: Session,
    viewer: Viewer,
    filters: Filters,
    now: datetime,
    cursor: str | None = None,
    size: int = 50,
) -> Page:
    """What the viewer's agencies have to answer, due first."""
    if viewer.may(Role.REVIEWER):
        scope: ColumnElement[bool] = true()
    else:
        scopes = {g.agency for g in viewer.grants if g.role is Role.REVIEWER and g.agency}
        below = select(AgencyAbove.agency).where(AgencyAbove.above.in_(scopes))
        scope = AccessRequest.agency.in_(below)
    return _page(session, viewer, and_(scope, *_wanted(filters, now)), now, cursor, size)


def own(
    session: Session,
    viewer: Viewer,
    filters: Filters,
    now: datetime,
    cursor: str | None = None,
    size: int = 50,
) -> Page:
    """What the viewer's agencies have asked."""
    scopes = {g.agency for g in viewer.grants if g.agency}
    below = select(AgencyAbove.agency).where(AgencyAbove.above.in_(scopes))
    scope = AccessRequest.asking_agency.in_(below) if scopes else false()
    return _page(session, viewer, and_(scope, *_wanted(filters, now)), now, cursor, size)


def steps(session: Session, number: str, entry: str) -> list[Step]:
    """What was done about a request, oldest first; the caller answers for who sees it."""
    rows = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.entry == entry, AuditEvent.details["number"].as_string() == number)
        .order_by(AuditEvent.seq)
    )
    return [Step(row.at, row.actor, row.action, row.details) for row in rows]


def _wanted(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    if filters.overdue:
        today = day_of(now).isoformat()
        return [AccessRequest.state.in_(RUNNING), AccessRequest.due < today]
    if filters.state:
        return [AccessRequest.state == filters.state.value]
    return [] if filters.every else [AccessRequest.state.in_(OPEN)]


def _page(
    session: Session,
    viewer: Viewer,
    wanted: ColumnElement[bool],
    now: datetime,
    cursor: str | None,
    size: int,
) -> Page:
    total = session.scalar(select(func.count()).select_from(AccessRequest).where(wanted)) or 0
    query = select(AccessRequest).where(wanted)
    if cursor:
        due, _, number = cursor.partition("|")
        behind = and_(AccessRequest.due == due, AccessRequest.number > number)
        query = query.where(or_(AccessRequest.due > due, behind))
    query = query.order_by(AccessRequest.due, AccessRequest.number).limit(size + 1)
    rows = session.scalars(query).all()
    shown = rows[:size]
    more = f"{shown[-1].due}|{shown[-1].number}" if len(rows) > size else None
    return Page(tuple(_views(session, viewer, shown, now)), total, more)


def _views(
    session: Session, viewer: Viewer, rows: Sequence[AccessRequest], now: datetime, code: str = ""
) -> list[AccessView]:
    named = {row.agency for row in rows} | {r.asking_agency for r in rows if r.asking_agency}
    organs = agencies.some(session, named)
    numbers = [row.number for row in rows]
    kept = set(session.scalars(select(Applicant.number).where(Applicant.number.in_(numbers))))
    return [_view(session, viewer, row, organs, now, row.number in kept, code) for row in rows]


def _view(
    session: Session,
    viewer: Viewer,
    row: AccessRequest,
    organs: Mapping[str, AgencyView],
    now: datetime,
    known: bool,
    code: str,
) -> AccessView:
    inside = any(
        viewer.may(role, organs[row.agency].path) for role in (Role.REVIEWER, Role.AUDITOR)
    )
    return AccessView(
        number=row.number,
        entry=row.entry,
        title=row.title,
        agency=organs[row.agency],
        kind=Kind(row.kind),
        asking_agency=organs[row.asking_agency] if row.asking_agency else None,
        asker=row.asker,
        what=row.what,
        items=tuple(row.items),
        form=row.form,
        receiving=row.receiving,
        purpose=row.purpose,
        state=Access(row.state),
        received_at=row.received_at,
        due=date.fromisoformat(row.due),
        provisional=row.provisional,
        left=left(row.due, day_of(now)),
        extension=row.extension,
        pauses=tuple(each if inside else each.without_texts() for each in pauses(row.pauses)),
        correction=row.correction,
        outcome=row.outcome,
        ground=row.ground,
        reply=row.reply,
        granted=tuple(row.granted),
        valid_until=date.fromisoformat(row.valid_until) if row.valid_until else None,
        closed_by=row.closed_by if inside else "",
        closed_at=row.closed_at,
        asking=asks(session, viewer, row, code),
        answering=answers(session, viewer, row),
        known=known,
        grant=grant(session, viewer, row, now),
    )
