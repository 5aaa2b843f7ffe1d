"""What an approved request of an agency yields: the endpoint and its conditions, for exactly the
granted data items, until its end date, as long as the entry is published and still shared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.access.holding import Access, Kind, day_of, works_for
from catalog.tables import AccessRequest, Entry, Version
from catalog.versions import descriptor_of
from catalog.viewers import Viewer
from standards.codelists import codelist
from standards.descriptor import Descriptor
from standards.summary import Endpoint, Summary, redact, summarize

NOT_SHARED = "not-shared"
AGENCIES = "agencies"
GRANTING = tuple(
    each.code for each in codelist("access-outcomes").codes if each.extra.get("grants")
)


@dataclass(frozen=True, slots=True)
class AccessGrant:
    """Approved access: where, on what condition, to which items (none named: the whole resource),
    until the end of which day.
    """

    number: str
    agency: str
    valid_until: date
    endpoint: Endpoint | None
    condition: str
    items: tuple[str, ...]


def item_names(descriptor: Descriptor) -> tuple[str, ...]:
    """The names of the data items that a descriptor tells, each once."""
    return tuple(dict.fromkeys(each.name for each in summarize(descriptor).items if each.name))


def shared(session: Session, identifier: str) -> Summary | None:
    """The served entry as other agencies may have it; None when there is nothing to grant."""
    entry = session.get(Entry, identifier)
    if entry is None or entry.served is None:
        return None
    version = session.get_one(Version, (identifier, entry.served))
    summary = summarize(redact(descriptor_of(version), AGENCIES))
    return None if summary.sharing == NOT_SHARED else summary


def grant(
    session: Session, viewer: Viewer, row: AccessRequest, now: datetime
) -> AccessGrant | None:
    """What a request yields to the viewer at this moment; None when it yields nothing."""
    if not (_grants(row, day_of(now)) and row.asking_agency):
        return None
    if not works_for(session, viewer, row.asking_agency):
        return None
    summary = shared(session, row.entry)
    if summary is None:
        return None
    known = {each.name for each in summary.items}
    items = tuple(each for each in row.granted if each in known)
    if row.granted and not items:
        return None  # every item that was granted has left the entry
    endpoint = summary.endpoint
    condition = (endpoint.condition if endpoint else "") or summary.sharing_condition
    until = date.fromisoformat(row.valid_until)
    return AccessGrant(row.number, row.asking_agency, until, endpoint, condition, items)


def grants_on(
    session: Session, viewer: Viewer, identifier: str, now: datetime
) -> list[AccessGrant]:
    """What the viewer's agencies are granted of an entry, the longest first."""
    if not viewer.signed_in:
        return []
    rows = session.scalars(
        select(AccessRequest)
        .where(
            AccessRequest.entry == identifier,
            AccessRequest.kind == Kind.AGENCY.value,
            AccessRequest.outcome.in_(GRANTING),
            AccessRequest.valid_until >= day_of(now).isoformat(),
        )
        .order_by(AccessRequest.valid_until.desc(), AccessRequest.number)
    )
    found = (grant(session, viewer, row, now) for row in rows)
    return [each for each in found if each]


def unshareable(session: Session, identifier: str, items: Sequence[str]) -> set[str]:
    """Those of the items that cannot be granted."""
    summary = shared(session, identifier)
    return set(items) - ({each.name for each in summary.items} if summary else set())


def _grants(row: AccessRequest, today: date) -> bool:
    return (
        row.kind == Kind.AGENCY
        and row.state == Access.ANSWERED
        and row.outcome in GRANTING
        and row.valid_until >= today.isoformat()
    )
