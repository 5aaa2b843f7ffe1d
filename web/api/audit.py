"""The audit log: who did what and who saw what."""

from __future__ import annotations

from flask import Response, request
from marshmallow import fields

from catalog.audit import EventView
from catalog.audit_files import written_moment
from catalog.viewers import Role
from web import auditing
from web.api import parameters
from web.api.guard import guarded
from web.api.resource import Resource
from web.api.shapes import Shape, listed, moment, nested, number, text
from web.jsonio import answer
from web.signin import demand

api = Resource("api-audit", __name__, url_prefix="/api/v1", description="What was done and seen")
ROLES = (Role.AUDITOR, Role.ADMINISTRATOR)
LINE = {"type": "string", "maxLength": 500}
DAY = {"type": "string", "pattern": r"^$|^(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$"}
CURSOR = {"type": "integer", "minimum": 1, "maximum": 10**9 - 1}
SIZE = {"type": "integer", "minimum": 1, "maximum": auditing.MOST, "default": auditing.SIZE}


class AuditedEvent(Shape):
    """A link of the chain. `details` depend on the action."""

    seq = number()
    at = moment()
    actor = text()
    action = text()
    entry = text(allow_none=True)
    details = fields.Dict(keys=fields.String(), required=True)
    hash = text()


class AuditLog(Shape):
    """Some events, newest first, and the state of the whole chain."""

    count = number(description="Of all events")
    head = text(description="The hash of the last event; keep it elsewhere")
    events = listed(nested(AuditedEvent))
    next = number(allow_none=True)


@api.get("/audit")
@guarded(*ROLES)
@api.doc(
    parameters=[
        parameters.query("actor", LINE, "Who did it, by user name"),
        parameters.query("action", LINE, "What was done, e.g. `accepted` or `viewed`"),
        parameters.query("entry", LINE, "An entry's identifier; also lists in which it was seen"),
        parameters.query("from", DAY, "The first day (UTC+8)"),
        parameters.query("to", DAY, "The last day (UTC+8)"),
        parameters.query("size", SIZE, "How many at most"),
        parameters.query("cursor", CURSOR, "`next` of the page before"),
    ]
)
@api.response(200, AuditLog)
def events() -> Response:
    """List events of the audit log, for auditors and administrators of the whole directory."""
    demand(*ROLES)
    audited = auditing.look(request.args)
    told = {"count": audited.count, "head": audited.head, "next": audited.page.next}
    return answer({**told, "events": [event(each) for each in audited.page.events]})


def event(each: EventView) -> dict[str, object]:
    """One event."""
    return {
        "seq": each.seq,
        "at": written_moment(each.at),
        "actor": each.actor,
        "action": each.action,
        "entry": each.entry,
        "details": each.details,
        "hash": each.hash,
    }
