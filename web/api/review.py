"""Review: what waits, and the steps of an entry's life that a person decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from marshmallow import fields, validate

from catalog import cards, registration, review
from catalog.requests import decisions, reading
from catalog.requests.effects import ATTRIBUTES
from catalog.requests.model import RISKS, Purpose, RequestState
from catalog.requests.model import Step as ReviewStep
from catalog.requests.proposing import propose_attributes
from catalog.requests.reading import Line
from catalog.viewers import Role
from search.card import Card, Stage
from web import reviewing, searching, seeing
from web.api import parameters
from web.api.entries import IDENTIFIER, STATES, Result, outcome_answer
from web.api.guard import guarded
from web.api.resource import Resource
from web.api.shapes import EntryBrief, Shape, code, flag, line, listed, moment, nested, number, text
from web.jsonio import answer
from web.signin import current_viewer, parts

api = Resource(
    "api-review", __name__, url_prefix="/api/v1", description="Deciding what is published"
)


PENDING = Stage.PENDING


class WaitingEntry(EntryBrief):
    """A request that waits. Send `revision` with the decision."""

    purpose = code(*(each.value for each in Purpose))
    risk = code(*RISKS)
    step = code(*(each.value for each in ReviewStep))
    due = text(allow_none=True, description="The day; its holidays may be provisional")
    provisional = flag(description="Whether the due day's holidays are not published yet")
    assignee = text(allow_none=True, description="Who has it in hand")
    escalated = flag()
    asked = code(*(each.value for each in RequestState), description="How far the request has come")
    state = code(*STATES)
    submitted = text(allow_none=True)
    ground = text(description="Of withholding, or of not sharing")
    source = text(allow_none=True)
    revision = number()
    number = number(description="Of the request")
    served = flag(description="Whether an earlier version is served meanwhile")


class QueueAnswer(Shape):
    """What waits, the riskiest first, then what is due first."""

    total = number()
    overdue = number()
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
        keys=fields.String(validate=validate.OneOf(ATTRIBUTES)),
        values=fields.Raw(),
        metadata={"description": "Whole groups by role, as in the profile"},
    )


class Refusal(Step):
    """A step that needs its reason told."""

    reason = line(1, 2000)


@api.get("/review")
@guarded(*Role)
@api.doc(parameters=parameters.queue())
@api.response(200, QueueAnswer)
def queue() -> Response:
    """List the requests within your roles: by risk, due day, attribute, ground, age, words."""
    viewer, now = current_viewer(), parts().clock.now()
    asked = reviewing.read(request.args, viewer, now)
    with parts().database.reading() as db:
        page = reading.queue(db, viewer, asked.filters, now, asked.size, asked.cursor)
        held = cards.cards(db, [line.request.entry for line in page.lines])
    seeing.cards(held)
    # of an entry with both cards the pending one: it is what the request proposes
    known = {card.identifier: card for card in sorted(held, key=lambda card: card.stage == PENDING)}
    told = [waiting(each, card) for each in page.lines if (card := known.get(each.request.entry))]
    answered = {"total": page.total, "overdue": page.overdue, "entries": told, "next": page.next}
    return answer(answered)


def waiting(each: Line, card: Card) -> dict[str, Any]:
    """One line of the queue."""
    asked = each.request
    return {
        **searching.brief(card),
        "state": card.state,
        "submitted": asked.submitted_at.isoformat() if asked.submitted_at else None,
        "ground": each.disclosure_ground or each.sharing_ground,
        "source": each.source or None,
        "revision": each.revision,
        "served": each.served,
        "number": asked.number,
        "purpose": asked.purpose.value,
        "risk": asked.risk,
        "step": asked.current_step.value,
        "due": asked.due or None,
        "provisional": asked.provisional,
        "assignee": asked.assignee or None,
        "escalated": asked.escalated,
        "asked": asked.state.value,
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


class Attributes(Refusal):
    """Other attributes for a served entry; none asks that they be decided anew as they are."""

    attributes = fields.Dict(
        keys=fields.String(validate=validate.OneOf(ATTRIBUTES)),
        values=fields.Raw(),
        required=True,
        metadata={"description": "Whole groups by role, as in the profile"},
    )


class Merger(Refusal):
    """The entry that takes another one's place."""

    into = line(1, 64)


class DecisionAnswer(Shape):
    """A decision on record."""

    number = number()
    version = fields.Integer(required=True)
    axis = text()
    part = text(description="Empty: the whole")
    value = text()
    ground = text()
    reason = text()
    condition = text()
    audience = text()
    decided_by = text()
    decided_at = moment()
    valid_from = text()
    review_by = text()
    superseded = flag()
    supersedes = fields.Integer(required=True, allow_none=True)
    request = fields.Integer(required=True, allow_none=True)


class Decisions(Shape):
    """Every decision about an entry, newest first."""

    decisions = listed(nested(DecisionAnswer))


@api.post("/entries/<identifier>/attributes")
@guarded(Role.REVIEWER, Role.REGISTRAR)
@api.doc(parameters=[IDENTIFIER])
@api.arguments(Attributes)
@api.response(200, Result)
def attributes(body: Mapping[str, Any], identifier: str) -> Response:
    """Propose that a served entry be disclosed or shared otherwise."""
    now, revision, chosen = parts().clock.now(), body["revision"], body["attributes"]
    with parts().database.writing() as db:
        outcome = propose_attributes(
            db, current_viewer(), identifier, chosen, revision, body["reason"], now
        )
    return outcome_answer(outcome)


@api.post("/entries/<identifier>/merge")
@guarded(Role.REVIEWER, Role.REGISTRAR)
@api.doc(parameters=[IDENTIFIER])
@api.arguments(Merger)
@api.response(200, Result)
def merge(body: Mapping[str, Any], identifier: str) -> Response:
    """Ask that an entry lead to another one that stands for the same resource."""
    now, revision, reason = parts().clock.now(), body["revision"], body["reason"]
    with parts().database.writing() as db:
        outcome = review.merge(
            db, current_viewer(), identifier, body["into"], revision, reason, now
        )
    return outcome_answer(outcome)


@api.get("/entries/<identifier>/decisions")
@guarded(*Role)
@api.doc(parameters=[IDENTIFIER])
@api.response(200, Decisions)
def decisions_of(identifier: str) -> Response:
    """Every decision about the entry, for those with a role over its agency."""
    with parts().database.reading() as db:
        reading.of_entry(db, current_viewer(), identifier)  # NotFound to all others
        made = decisions.of_entry(db, identifier)
    seeing.named([identifier])
    return answer({"decisions": [_decision(each) for each in made]})


def _decision(view: decisions.DecisionView) -> dict[str, Any]:
    names = DecisionAnswer._declared_fields
    told = {name: getattr(view, name) for name in names}
    return {**told, "decided_at": view.decided_at.isoformat()}


@api.post("/entries/<identifier>/withdraw")
@guarded(Role.REVIEWER, Role.REGISTRAR)
@api.doc(parameters=[IDENTIFIER])
@api.arguments(Refusal)
@api.response(200, Result)
def withdraw(body: Mapping[str, Any], identifier: str) -> Response:
    """Ask that an entry leave for good; one that was never served leaves at once. When it has left,
    its address answers 410 with the day and the reason.
    """
    now, revision, reason = parts().clock.now(), body["revision"], body["reason"]
    with parts().database.writing() as db:
        outcome = review.withdraw(db, current_viewer(), identifier, revision, reason, now)
    return outcome_answer(outcome)
