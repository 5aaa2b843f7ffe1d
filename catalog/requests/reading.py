"""What the reviewer's desk shows: the queue by risk and due day, counted and filtered, one request
with its timeline. Read from the record itself, so that nothing decided a moment ago is still there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from catalog import agencies, audit
from catalog.audit import EventView
from catalog.errors import NotFound
from catalog.requests.model import (
    OPEN,
    RISKS,
    WITH_REVIEWERS,
    Purpose,
    RequestState,
    RequestView,
    values,
    view_of,
)
from catalog.requests.rights import may_decide
from catalog.tables import AgencyAbove, Entry, Request, Version
from catalog.viewers import Viewer
from catalog.visibility import in_scope
from search.query import BadQuery
from standards.clocks import local_day

PAGE = 200
_Lines: TypeAlias = Select[Request, int, int | None, str | None, Version]
"""A request, its entry's revision, served version and source, and the version that is proposed."""


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """Which requests to list; empty means any."""

    states: tuple[RequestState, ...] = WITH_REVIEWERS
    purpose: str = ""
    risk: str = ""
    kind: str = ""
    agency: str = ""
    """With all below it."""
    disclosure: str = ""
    sharing: str = ""
    ground: str = ""
    source: str = ""
    assignee: str = ""
    unassigned: bool = False
    words: str = ""
    """In the title, or the entry's identifier."""
    overdue_on: str = ""
    """Due before this day."""
    due_by: str = ""
    submitted_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A request in a list, with what is proposed in a few words."""

    request: RequestView
    revision: int
    kind: str
    title: str
    disclosure: str
    disclosure_ground: str
    sharing: str
    sharing_ground: str
    served: bool
    source: str
    mine: bool
    """Whether the viewer may decide on it now."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue; ``next`` is the cursor of the following one."""

    lines: tuple[Line, ...]
    total: int
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By facet and value, of all that is listed."""
    overdue: int = 0
    next: str | None = None


FACETS: Mapping[str, Any] = {
    "agency": Request.agency,
    "purpose": Request.what,
    "risk": Request.risk,
    "kind": Version.kind,
    "disclosure": Version.disclosure,
    "sharing": Version.sharing,
    "ground": Version.disclosure_ground,
}


def queue(
    session: Session,
    viewer: Viewer,
    filters: QueueFilters,
    now: datetime,
    size: int = 20,
    cursor: str | None = None,
) -> Queue:
    """What is listed within the viewer's roles: the riskiest first, then what is due first."""
    today = local_day(now).isoformat()
    wanted = [_scope(viewer), *_filtered(filters)]
    page = _lines(*wanted)
    if cursor:
        page = page.where(_behind(cursor))
    rows = session.execute(
        page.order_by(Request.risk.desc(), Request.due, Request.id).limit(size + 1)
    ).all()
    shown = rows[:size]
    paths = agencies.paths(session, {row.Request.agency for row in shown})
    counts, total, overdue = _counted(session, wanted, today)
    more = _cursor(shown[-1].Request) if len(rows) > size else None
    lines = tuple(_line(row, viewer, paths[row.Request.agency]) for row in shown)
    return Queue(lines, total, counts, overdue, more)


def every(session: Session, viewer: Viewer, filters: QueueFilters, now: datetime) -> Iterator[Line]:
    """The whole of it in the same order, read a page at a time."""
    cursor = None
    while True:
        page = queue(session, viewer, filters, now, PAGE, cursor)
        yield from page.lines
        cursor = page.next
        if cursor is None:
            return


def get(session: Session, viewer: Viewer, number: int) -> Line:
    """One request, for those with a role over its agency; raises NotFound."""
    row = session.execute(_lines(Request.id == number)).first()
    if row is None:
        raise NotFound(f"request {number}")
    path = agencies.get(session, row.Request.agency).path
    if not in_scope(viewer, path):
        raise NotFound(f"request {number}")
    return _line(row, viewer, path)


def some(session: Session, viewer: Viewer, numbers: Sequence[int]) -> list[Line]:
    """Those of the requests that lie within the viewer's roles, by number."""
    wanted = (_scope(viewer), Request.id.in_(numbers))
    rows = session.execute(_lines(*wanted).order_by(Request.id)).all()
    paths = agencies.paths(session, {row.Request.agency for row in rows})
    return [_line(row, viewer, paths[row.Request.agency]) for row in rows]


def path_of(session: Session, request: RequestView) -> tuple[str, ...]:
    """The request's agency with all above it."""
    return agencies.get(session, request.agency).path


def after(
    session: Session, viewer: Viewer, filters: QueueFilters, number: int, now: datetime
) -> int | None:
    """The request that comes next in the filtered queue which the viewer may decide on; the first
    one when the request itself is not in the queue any more.
    """
    row = session.get(Request, number)
    position = _cursor(row) if row and row.state in values(WITH_REVIEWERS) else None
    for cursor in dict.fromkeys((position, None)):
        found = queue(session, viewer, filters, now, 50, cursor)
        for line in found.lines:
            if line.mine and line.request.number != number:
                return line.request.number
    return None


def of_entry(session: Session, viewer: Viewer, identifier: str) -> list[RequestView]:
    """The requests about an entry, newest first, for those with a role over its agency."""
    entry = session.get(Entry, identifier)
    if entry is None or not in_scope(viewer, agencies.get(session, entry.agency).path):
        raise NotFound(identifier)
    rows = session.scalars(
        select(Request).where(Request.entry == identifier).order_by(Request.id.desc())
    )
    return [view_of(row) for row in rows]


def open_of_entry(session: Session, identifier: str, purposes: Sequence[Purpose]) -> Request | None:
    """The open request of one of these purposes about an entry."""
    return session.scalars(
        select(Request).where(
            Request.entry == identifier,
            Request.state.in_(values(OPEN)),
            Request.what.in_(values(purposes)),
        )
    ).first()


def timeline(session: Session, request: RequestView) -> list[EventView]:
    """What happened to the request, oldest first: the audit log's own words."""
    found = audit.about(session, request.entry, views=False)
    return [each for each in reversed(found) if each.details.get("request") == request.number]


def _lines(*wanted: ColumnElement[bool]) -> _Lines:
    told = func.coalesce(Request.version, Entry.served)
    return (
        select(Request, Entry.revision, Entry.served, Entry.source, Version)
        .join(Entry, Entry.identifier == Request.entry)
        .outerjoin(Version, and_(Version.entry == Request.entry, Version.number == told))
        .where(*wanted)
    )


def _scope(viewer: Viewer) -> ColumnElement[bool]:
    """Requests of the agencies over which the viewer holds a role."""
    if viewer.operator or any(grant.agency is None for grant in viewer.grants):
        return Request.id.is_not(None)
    scopes = sorted({grant.agency for grant in viewer.grants if grant.agency})
    below = select(AgencyAbove.agency).where(AgencyAbove.above.in_(scopes))
    return Request.agency.in_(below)


def _filtered(filters: QueueFilters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [Request.state.in_(values(filters.states))]
    for column, value in (
        (Request.what, filters.purpose),
        (Version.kind, filters.kind),
        (Version.disclosure, filters.disclosure),
        (Version.sharing, filters.sharing),
        (Entry.source, filters.source),
        (Request.assignee, filters.assignee),
    ):
        if value:
            wanted.append(column == value)
    if filters.unassigned:
        wanted.append(Request.assignee == "")
    if filters.risk:
        level = RISKS.index(filters.risk) if filters.risk in RISKS else -1
        wanted.append(Request.risk == level)
    if filters.ground:
        grounds = (Version.disclosure_ground, Version.sharing_ground)
        wanted.append(or_(*(column == filters.ground for column in grounds)))
    if filters.agency:
        below = select(AgencyAbove.agency).where(AgencyAbove.above == filters.agency)
        wanted.append(Request.agency.in_(below))
    if filters.words:
        wanted.append(_mentions(filters.words))
    if filters.overdue_on:
        wanted.append(and_(Request.due != "", Request.due < filters.overdue_on))
    if filters.due_by:
        wanted.append(and_(Request.due != "", Request.due <= filters.due_by))
    if filters.submitted_before:
        wanted.append(Request.submitted_at < filters.submitted_before)
    return wanted


def _mentions(words: str) -> ColumnElement[bool]:
    """Every word stands in the title, or the whole is the beginning of the identifier."""
    found = [Version.title.icontains(word, autoescape=True) for word in words.split()]
    return or_(and_(*found), Request.entry.startswith(words, autoescape=True))


def _counted(
    session: Session, wanted: Sequence[ColumnElement[bool]], today: str
) -> tuple[dict[str, dict[str, int]], int, int]:
    """Counts by facet, of all, and of what is overdue: one pass over the queue."""
    late = and_(Request.due != "", Request.due < today).label("late")
    columns = [column.label(name) for name, column in FACETS.items()]
    inner = _lines(*wanted).with_only_columns(*columns, late).subquery()
    rows = session.execute(select(*inner.c, func.count().label("n")).group_by(*inner.c)).all()
    counted: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    total = overdue = 0
    for row in rows:
        total += row.n
        overdue += row.n if row.late else 0
        for name in FACETS:
            value = getattr(row, name)
            if value not in (None, ""):
                counted[name][RISKS[value] if name == "risk" else value] += row.n
    found = {name: dict(counter.most_common()) for name, counter in counted.items()}
    return found, total, overdue


def _line(row: Any, viewer: Viewer, path: Sequence[str]) -> Line:
    request: Request = row.Request
    version: Version | None = row.Version
    return Line(
        request=view_of(request),
        revision=row.revision,
        kind=version.kind if version else "",
        title=version.title if version else request.entry,
        disclosure=version.disclosure if version else "",
        disclosure_ground=version.disclosure_ground if version else "",
        sharing=version.sharing if version else "",
        sharing_ground=version.sharing_ground if version else "",
        served=row.served is not None,
        source=row.source or "",
        mine=may_decide(viewer, request, path),
    )


def _cursor(row: Request) -> str:
    return f"{row.risk}|{row.due}|{row.id}"


def _behind(cursor: str) -> ColumnElement[bool]:
    risk, _, rest = cursor.partition("|")
    due, _, number = rest.partition("|")
    if not (risk.isascii() and risk.isdigit() and number.isascii() and number.isdigit()):
        raise BadQuery("cursor", "not one of ours")
    if len(risk) > 1 or len(number) > 9:
        raise BadQuery("cursor", "not one of ours")
    same_due = and_(Request.due == due, Request.id > int(number))
    later = or_(Request.due > due, same_due)
    return or_(Request.risk < int(risk), and_(Request.risk == int(risk), later))
