"""What a request for access looks like to programs: what is sent, and what is answered."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import fields, validate

from catalog.access.holding import Access, Kind
from catalog.access.reading import AccessView
from standards.codelists import codelist
from web.api.shapes import (
    AgencyBrief,
    Shape,
    code,
    flag,
    line,
    listed,
    moment,
    nested,
    number,
    text,
)

ITEMS_MOST = 1000


def codes(name: str, **more: Any) -> fields.String:
    """A code of a list."""
    return code(*(each.code for each in codelist(name).codes), **more)


def day(*, required: bool = True, allow_none: bool = False, **metadata: Any) -> fields.String:
    """An ISO date."""
    return fields.String(
        required=required, allow_none=allow_none, metadata={"format": "date", **metadata}
    )


def names(*, required: bool = False) -> fields.List[Any]:
    """Names of data items."""
    return fields.List(line(1, 200), required=required, validate=validate.Length(max=ITEMS_MOST))


class ApplicantShape(Shape):
    """Who asks (Art. 29). Kept apart, encrypted, and deleted on schedule."""

    class Meta(Shape.Meta):
        title = "Applicant"

    name = line(1, 200)
    paper = codes("identity-papers")
    paper_number = line(1, 200)
    phone = line(0, 200, required=False)
    email = line(0, 200, required=False)
    address = line(0, 200, required=False)
    purpose = line(0, 1000, required=False)


class AccessAsking(Shape):
    """What is asked for: by a `person`, or with a token for an `agency` and its `purpose`."""

    what = line(0, 2000, required=False)
    items = names()
    form = codes("access-forms", required=False)
    receiving = codes("access-receiving", required=False)
    person = fields.Nested(ApplicantShape)
    agency = line(1, 20, required=False, description="Code of the asking agency")
    purpose = line(0, 1000, required=False)


class AccessReceipt(Shape):
    """The receipt. The code is told this once; an agency needs none."""

    number = text()
    code = text(allow_none=True)
    received = moment()
    due = day()
    provisional = flag(description="The holidays of a year on the way are not published yet")
    url = text()


class AccessPause(Shape):
    """Time that does not count, since others are consulted."""

    begins = day()
    until = day()
    whom = code("third-party", "co-maker")
    reason = text(description="Empty for the asking side")
    result = text()


class AccessEndpoint(Shape):
    """Where the resource is, for an agency to which it is granted."""

    protocol = text()
    url = text()
    condition = text()


class AccessGrantShape(Shape):
    """What an approved request of an agency yields now."""

    class Meta(Shape.Meta):
        title = "AccessGrant"

    endpoint = nested(AccessEndpoint, allow_none=True)
    condition = text()
    items = listed(text(), description="None: the whole resource")
    valid_until = day()


class AccessRequestShape(Shape):
    """A request as its sides and auditors see it. Who asked is not in it."""

    class Meta(Shape.Meta):
        title = "AccessRequest"

    days_left = number(description="Working days; below 0 it is overdue")
    number = text()
    entry = text()
    title = text()
    agency = nested(AgencyBrief)
    kind = code(*Kind)
    asking_agency = nested(AgencyBrief, allow_none=True)
    what = text()
    items = listed(text())
    form = text()
    receiving = text()
    purpose = text()
    state = code(*Access)
    received = moment()
    due = day()
    provisional = flag()
    overdue = flag()
    extension_reason = text(allow_none=True)
    pauses = listed(nested(AccessPause))
    correction_asked = text(allow_none=True)
    correct_by = day(allow_none=True)
    correction = text(allow_none=True)
    outcome = text(allow_none=True)
    ground = text()
    reply = text()
    granted = listed(text())
    valid_until = day(allow_none=True)
    closed = moment(allow_none=True)
    grant = nested(AccessGrantShape, allow_none=True)
    url = text()


class AccessList(Shape):
    """Requests, due first."""

    total = number()
    requests = listed(nested(AccessRequestShape))
    next = text(allow_none=True)


class ReceiptInHand(Shape):
    """A receipt."""

    number = line(1, 20)
    code = line(1, 40)


def request_view(view: AccessView) -> dict[str, Any]:
    """A request as JSON."""
    correction, organ = view.correction or {}, view.asking_agency
    return {
        "number": view.number,
        "entry": view.entry,
        "title": view.title,
        "agency": {"code": view.agency.code, "name": view.agency.name},
        "kind": view.kind.value,
        "asking_agency": {"code": organ.code, "name": organ.name} if organ else None,
        "what": view.what,
        "items": list(view.items),
        "form": view.form,
        "receiving": view.receiving,
        "purpose": view.purpose,
        "state": view.state.value,
        "received": view.received_at.isoformat(),
        "due": view.due.isoformat(),
        "provisional": view.provisional,
        "days_left": view.left,
        "overdue": view.overdue,
        "extension_reason": view.extension["reason"] if view.extension else None,
        "pauses": [
            {
                "begins": each.begins.isoformat(),
                "until": each.until.isoformat(),
                "whom": each.clock,
                "reason": each.reason,
                "result": each.result,
            }
            for each in view.pauses
        ],
        "correction_asked": correction.get("asked"),
        "correct_by": correction.get("until"),
        "correction": correction.get("text"),
        "outcome": view.outcome or None,
        "ground": view.ground,
        "reply": view.reply,
        "granted": list(view.granted),
        "valid_until": _iso(view.valid_until),
        "closed": view.closed_at.isoformat() if view.closed_at else None,
        "grant": _grant(view),
        "url": f"/access/{view.number}",
    }


def _grant(view: AccessView) -> dict[str, Any] | None:
    grant = view.grant
    if grant is None:
        return None
    place = grant.endpoint
    told = place and {"protocol": place.protocol, "url": place.url, "condition": place.condition}
    return {
        "endpoint": told or None,
        "condition": grant.condition,
        "items": list(grant.items),
        "valid_until": grant.valid_until.isoformat(),
    }


def _iso(found: date | None) -> str | None:
    return found.isoformat() if found else None
