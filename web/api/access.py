"""Requests for access: asking, by anybody or for an agency, and the steps of both sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from catalog.access import reading
from catalog.access.applicants import Person
from catalog.access.asking import Asking
from catalog.access.holding import Access
from catalog.access.reading import AccessView, Filters
from standards.problems import Text
from web import access, searching, seeing
from web.api.access_shapes import (
    AccessAsking,
    AccessList,
    AccessReceipt,
    AccessRequestShape,
    ReceiptInHand,
    request_view,
)
from web.api.entries import IDENTIFIER
from web.api.guard import guarded
from web.api.resource import Resource
from web.errors import wrong
from web.jsonio import answer
from web.signin import current_viewer, is_signed_in, parts

api = Resource(
    "api-access", __name__, url_prefix="/api/v1", description="Asking for what entries describe"
)
CURSOR_LONGEST = 60
NUMBER = {
    "in": "path",
    "name": "number",
    "schema": {"type": "string", "minLength": 1, "maxLength": 20},
    "required": True,
    "examples": {"usual": {"value": "YS2026-000123"}},
}
LISTING = [
    {
        "in": "query",
        "name": "list",
        "schema": {"type": "string", "enum": ["own", "queue"]},
        "description": "What your agencies have asked (own), or have to answer (queue, reviewers)",
    },
    {
        "in": "query",
        "name": "state",
        "schema": {"type": "string", "enum": [*Access, "overdue", "all"]},
        "description": "Nothing chosen: what is open",
    },
    {"in": "query", "name": "cursor", "schema": {"type": "string", "maxLength": CURSOR_LONGEST}},
    {
        "in": "query",
        "name": "size",
        "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50},
    },
]


@api.post("/entries/<identifier>/access-requests")
@api.doc(parameters=[IDENTIFIER])
@api.arguments(AccessAsking)
@api.response(201, AccessReceipt)
def ask(body: Mapping[str, Any], identifier: str) -> Response:
    """Ask for the resource of an entry: anybody without an account, an agency with a token."""
    person = Person(**body["person"]) if "person" in body else None
    asking = Asking(
        what=body.get("what", ""),
        items=tuple(body.get("items", ())),
        form=body.get("form", ""),
        receiving=body.get("receiving", ""),
        person=person,
        agency=body.get("agency"),
        purpose=body.get("purpose", ""),
    )
    receipt = access.send(identifier, asking)
    url = f"/access/{receipt.number}"
    told = {
        "number": receipt.number,
        "code": receipt.code or None,
        "received": receipt.received_at.isoformat(),
        "due": receipt.due.isoformat(),
        "provisional": receipt.provisional,
        "url": url,
    }
    answered = answer(told, 201)
    answered.headers["Location"] = f"/api/v1/access-requests/{receipt.number}"
    answered.headers["Cache-Control"] = "private, no-store"
    return answered


@api.post("/access-receipts")
@api.arguments(ReceiptInHand)
@api.response(200, AccessRequestShape)
def look_up(body: Mapping[str, Any]) -> Response:
    """Read a request by its receipt; a wrong code and an unknown number both answer 404."""
    return shown(access.look_up(body["number"], body["code"]))


@api.get("/access-requests")
@guarded()
@api.doc(parameters=LISTING)
@api.response(200, AccessList)
def listing() -> Response:
    """What your agencies have asked, or have to answer."""
    asked = request.args.get("list") or "own"
    if asked not in ("own", "queue"):
        raise wrong("list", Text("应为 own 或 queue", "is own or queue"))
    size = searching.number(request.args, "size", 50, 1, 100)
    cursor = request.args.get("cursor") or None
    if cursor and len(cursor) > CURSOR_LONGEST:
        raise wrong("cursor", Text("不是本次列出的游标", "is none of ours"))
    read = reading.queue if asked == "queue" else reading.own
    now, viewer = parts().clock.now(), current_viewer()
    with parts().database.reading() as db:
        page = read(db, viewer, filters(request.args.get("state", "")), now, cursor, size)
    seeing.named(each.entry for each in page.requests)
    told = {"total": page.total, "requests": [request_view(each) for each in page.requests]}
    return answer({**told, "next": page.next})


@api.get("/access-requests/<number>")
@guarded()
@api.doc(parameters=[NUMBER])
@api.response(200, AccessRequestShape)
def one(number: str) -> Response:
    """Read a request of an agency of yours, on either side."""
    return shown(find(number))


def find(number: str, given: str = "") -> AccessView:
    """The request as the viewer or the holder of its code sees it."""
    if not is_signed_in():
        return access.look_up(number, given)
    with parts().database.reading() as db:
        return reading.find(db, current_viewer(), number, parts().clock.now(), given)


def filters(chosen: str) -> Filters:
    """What of a list is wanted."""
    if chosen in ("", "overdue", "all"):
        return Filters(overdue=chosen == "overdue", every=chosen == "all")
    if chosen not in list(Access):
        raise wrong("state", Text("没有这个状态", "is no state"))
    return Filters(state=Access(chosen))


def shown(view: AccessView) -> Response:
    """A request as the answer that nobody keeps."""
    seeing.named([view.entry])
    answered = answer(request_view(view))
    answered.headers["Cache-Control"] = "private, no-store"
    return answered
