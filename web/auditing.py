"""The audit log as an auditor asks for it, the same for page and API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from werkzeug.datastructures import MultiDict

from catalog import audit, audit_search
from catalog.audit_search import AuditFilters, AuditPage
from standards.problems import Text
from web import searching
from web.errors import wrong
from web.signin import current_viewer, parts

SIZE, MOST = 50, 200
LOCAL = timezone(timedelta(hours=8))
"""A day is one where the readers live."""
YEARS = (1900, 2099)


@dataclass(frozen=True, slots=True)
class Audited:
    """A page of the log with the chain's state."""

    page: AuditPage
    count: int
    head: str


def look(args: MultiDict[str, str]) -> Audited:
    """What the parameters ask for. Raises Forbidden for who does not audit the whole directory."""
    size = searching.number(args, "size", SIZE, 1, MOST)
    before = searching.number(args, "cursor", 0, 1, 10**9 - 1) or None
    filters = AuditFilters(
        actor=searching.one(args, "actor"),
        action=searching.one(args, "action"),
        entry=searching.one(args, "entry"),
        since=_day(args, "from"),
        until=_day(args, "to", after=1),
    )
    with parts().database.reading() as db:
        page = audit_search.look(db, current_viewer(), filters, before, size)
        count, head = audit.head(db)
    return Audited(page, count, head)


def _day(args: MultiDict[str, str], name: str, after: int = 0) -> datetime | None:
    if not args.get(name):
        return None
    text = searching.one(args, name)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not (YEARS[0] <= day.year <= YEARS[1] and day.isoformat() == text):
        raise wrong(name, Text("应为日期，如 2009-03-31", "is a day, e.g. 2009-03-31"))
    return datetime.combine(day + timedelta(days=after), time(), LOCAL)
