"""Review: what waits, and the steps of an entry's life that a person decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from marshmallow import fields, validate

from catalog import registration, review
from catalog.viewers import Role
from web import reviewing, searching
from web.api import parameters
from web.api.entries import IDENTIFIER, STATES, Result, outcome_answer
from web.api.guard import guarded
from web.api.resource import Resource
from web.api.shapes import EntryBrief, Shape, code, flag, line, listed, nested, number, text
from web.jsonio import answer
from web.signin import current_viewer, parts

api = Resource(
    "api-review", __name__, url_prefix="/api/v1", description="Deciding what is published"
)


class WaitingEntry(EntryBrief):
    """A pending version. Send `revision` with the decision."""

    state = code(*STATES)
    submitted = text(allow_none=True)
    ground = text(description="Of withholding, or of not sharing")
    source = text(allow_none=True)
    revision = number()
    served = flag(description="Whether an earlier version is served meanwhile")


class QueueAnswer(Shape):
    """What waits, longest first."""

    total = number()
    entries = listed(nested(WaitingEntry))
    next = text(allow_none=True)


class Step(Shape):
    """A step without more to say."""

    revision = fields.Integer(
        strict=True, required=True, validate=validate.Range(min=0, max=2**31 - 1)
    )


class Acceptance(Step):
    """Acceptance, with attributes that the reviewer sets."""

    attributes = fields.Dict(
        keys=fields.String(validate=validate.OneOf(("disclosure", "sharing"))),
        values=fields.Dict(keys=fields.String()),
        metadata={"description": "The groups disclosure and sharing, as in the profile"},
    )


class Refusal(Step):
    """A step that needs its reason told."""

    reason = line(1, 2000)


@api.get("/review")
@guarded(*Role)
@api.doc(parameters=parameters.search("stage", "audience"))
@api.response(200, QueueAnswer)
def queue() -> Response:
    """List pending versions within your roles: by attribute, ground, age, words."""
    viewer = current_viewer()
    page = reviewing.queue(parts(), viewer, reviewing.read(request.args, viewer))
    told = {"total": page.total, "entries": [waiting(each) for each in page.waiting]}
    return answer({**told, "next": page.next})


def waiting(each: reviewing.Waiting) -> dict[str, Any]:
    """One line of the queue."""
    card, view = each.card, each.view
    return {
        **searching.brief(card),
        "state": view.state,
        "submitted": view.submitted_at.isoformat() if view.submitted_at else None,
        "ground": card.disclosure_ground or card.sharing_ground,
        "source": view.source,
        "revision": view.revision,
        "served": view.served is not None,
    }


@api.post("/entries/<identifier>/submit")
@guarded(Role.REGISTRAR)
@api.doc(parameters=[IDENTIFIER])
@api.arguments(Step)
@api.response(200, Result)
def submit(body: Mapping[str, Any], identifier: str) -> Response:
    """Hand in a draft or a returned version for review."""
    now, revision = parts().clock.now(), body["revision"]
    with parts().database.writing() as db:
        outcome = registration.submit(db, current_viewer(), identifier, revision, now)
    return outcome_answer(outcome)


@api.post("/entries/<identifier>/accept")
@guarded(Role.REVIEWER)
@api.doc(parameters=[IDENTIFIER])
@api.arguments(Acceptance)
@api.response(200, Result)
def accept(body: Mapping[str, Any], identifier: str) -> Response:
    """Serve the pending version from now on."""
    now, revision = parts().clock.now(), body["revision"]
    chosen = body.get("attributes")
    with parts().database.writing() as db:
        outcome = review.accept(db, current_viewer(), identifier, revision, now, chosen)
    return outcome_answer(outcome)


@api.post("/entries/<identifier>/return")
@guarded(Role.REVIEWER)
@api.doc(parameters=[IDENTIFIER])
@api.arguments(Refusal)
@api.response(200, Result)
def send_back(body: Mapping[str, Any], identifier: str) -> Response:
    """Return the pending version to its registrar, with the reason."""
    now, revision, reason = parts().clock.now(), body["revision"], body["reason"]
    with parts().database.writing() as db:
        outcome = review.send_back(db, current_viewer(), identifier, revision, reason, now)
    return outcome_answer(outcome)


@api.post("/entries/<identifier>/withdraw")
@guarded(Role.REVIEWER, Role.REGISTRAR)
@api.doc(parameters=[IDENTIFIER])
@api.arguments(Refusal)
@api.response(200, Result)
def withdraw(body: Mapping[str, Any], identifier: str) -> Response:
    """Take an entry out for good; its address answers 410 with the day and the reason."""
    now, revision, reason = parts().clock.now(), body["revision"], body["reason"]
    with parts().database.writing() as db:
        outcome = review.withdraw(db, current_viewer(), identifier, revision, reason, now)
    return outcome_answer(outcome)
