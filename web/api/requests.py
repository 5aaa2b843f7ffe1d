"""Requests: one with its timeline, and every step of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from marshmallow import fields

from catalog.audit import EventView
from catalog.requests import assigning, flow, leaving, reading
from catalog.requests.model import RISKS, Purpose, RequestState, RequestView
from catalog.requests.model import Step as ReviewStep
from catalog.requests.reading import Line
from catalog.viewers import Role
from web import seeing
from web.api.entries import Result, outcome_answer
from web.api.guard import guarded
from web.api.resource import Resource
from web.api.review import Acceptance, Refusal, Step
from web.api.shapes import Shape, code, flag, line, listed, moment, nested, number, text
from web.jsonio import answer
from web.signin import current_viewer, parts

api = Resource(
    "api-requests", __name__, url_prefix="/api/v1/requests", description="What is asked for"
)
ONE = "/<int(min=1, max=2147483647):number>"


class Happened(Shape):
    """A step on the way of a request, as the audit log has it."""

    at = moment()
    actor = text()
    action = text()
    details = fields.Dict(keys=fields.String(), required=True)


class RequestAnswer(Shape):
    """A request with what happened to it. Send `revision` with the decision."""

    number = number()
    entry = text()
    title = text(description="Of the version that is proposed")
    agency = text()
    purpose = code(*(each.value for each in Purpose))
    state = code(*(each.value for each in RequestState))
    steps = listed(code(*(each.value for each in ReviewStep)))
    step = code(*(each.value for each in ReviewStep), description="Whose yes comes next")
    risk = code(*RISKS)
    proposed_by = text()
    confirmed_by = listed(text(), description="Who said yes at an earlier step")
    assignee = text(allow_none=True)
    version = fields.Integer(required=True, allow_none=True)
    reason = text()
    merge_into = text(allow_none=True)
    due = text(allow_none=True, description="A day")
    provisional = flag(description="Whether the due day's holidays are not published yet")
    escalated = flag()
    created = moment()
    submitted = moment(allow_none=True)
    closed = moment(allow_none=True)
    revision = fields.Integer(required=True, metadata={"description": "Of the entry"})
    mine = flag(description="Whether you may decide on it now")
    timeline = listed(nested(Happened))


class Cancellation(Step):
    """Taking back, with a reason if there is one."""

    reason = line(0, 2000, required=False)


class Comment(Shape):
    """Something said about a request."""

    text = line(1, 2000)


class Release(Shape):
    """Giving back; whoever does it for somebody else tells why."""

    reason = line(0, 2000, required=False)


class Assignment(Shape):
    """Giving to somebody who may decide."""

    to = line(1, 100, description="A user name")


class Nothing(Shape):
    """An empty object."""


@api.get(ONE)
@guarded(*Role)
@api.response(200, RequestAnswer)
def one(number: int) -> Response:
    """Read a request and its timeline, within your roles."""
    return _told(number)


@api.post(f"{ONE}/accept")
@guarded(Role.REVIEWER, Role.ADMINISTRATOR)
@api.arguments(Acceptance)
@api.response(200, Result)
def accept(body: Mapping[str, Any], number: int) -> Response:
    """Say yes. The last yes serves what is proposed, or lets the entry leave."""
    chosen = body.get("attributes")
    with parts().database.writing() as db:
        now = parts().clock.now()
        outcome = flow.accept(db, current_viewer(), number, body["revision"], now, chosen)
    return outcome_answer(outcome)


@api.post(f"{ONE}/return")
@guarded(Role.REVIEWER, Role.ADMINISTRATOR)
@api.arguments(Refusal)
@api.response(200, Result)
def send_back(body: Mapping[str, Any], number: int) -> Response:
    """Return it to its registrars, with the reason."""
    with parts().database.writing() as db:
        now, reason = parts().clock.now(), body["reason"]
        outcome = flow.send_back(db, current_viewer(), number, body["revision"], reason, now)
    return outcome_answer(outcome)


@api.post(f"{ONE}/refuse")
@guarded(Role.REVIEWER, Role.ADMINISTRATOR)
@api.arguments(Refusal)
@api.response(200, Result)
def refuse(body: Mapping[str, Any], number: int) -> Response:
    """Say no for good, with the reason. What is served stays served."""
    with parts().database.writing() as db:
        now, reason = parts().clock.now(), body["reason"]
        outcome = flow.refuse(db, current_viewer(), number, body["revision"], reason, now)
    return outcome_answer(outcome)


@api.post(f"{ONE}/submit")
@guarded(Role.REGISTRAR, Role.REVIEWER)
@api.arguments(Refusal)
@api.response(200, Result)
def submit(body: Mapping[str, Any], number: int) -> Response:
    """Ask once more that an entry leave, after it was returned."""
    with parts().database.writing() as db:
        now, reason = parts().clock.now(), body["reason"]
        outcome = leaving.ask_again(db, current_viewer(), number, body["revision"], reason, now)
    return outcome_answer(outcome)


@api.post(f"{ONE}/recall")
@guarded(Role.REGISTRAR, Role.REVIEWER)
@api.arguments(Step)
@api.response(200, Result)
def recall(body: Mapping[str, Any], number: int) -> Response:
    """Take a submitted version back to work on it."""
    with parts().database.writing() as db:
        now = parts().clock.now()
        outcome = flow.recall(db, current_viewer(), number, body["revision"], now)
    return outcome_answer(outcome)


@api.post(f"{ONE}/cancel")
@guarded(Role.REGISTRAR, Role.REVIEWER)
@api.arguments(Cancellation)
@api.response(200, Result)
def cancel(body: Mapping[str, Any], number: int) -> Response:
    """Take back what was asked for. An entry that was never served leaves with it."""
    with parts().database.writing() as db:
        now, reason = parts().clock.now(), body.get("reason", "")
        outcome = flow.cancel(db, current_viewer(), number, body["revision"], reason, now)
    return outcome_answer(outcome)


@api.post(f"{ONE}/comment")
@guarded(*Role)
@api.arguments(Comment)
@api.response(200, RequestAnswer)
def comment(body: Mapping[str, Any], number: int) -> Response:
    """Say something, for everybody who sees the request."""
    with parts().database.writing() as db:
        flow.comment(db, current_viewer(), number, body["text"], parts().clock.now())
    return _told(number)


@api.post(f"{ONE}/take")
@guarded(Role.REVIEWER, Role.ADMINISTRATOR)
@api.arguments(Nothing)
@api.response(200, RequestAnswer)
def take(body: Mapping[str, Any], number: int) -> Response:
    """Take it in hand, also from somebody else."""
    with parts().database.writing() as db:
        assigning.take(db, current_viewer(), number, parts().clock.now())
    return _told(number)


@api.post(f"{ONE}/release")
@guarded(Role.REVIEWER, Role.ADMINISTRATOR)
@api.arguments(Release)
@api.response(200, RequestAnswer)
def release(body: Mapping[str, Any], number: int) -> Response:
    """Give it back to all."""
    with parts().database.writing() as db:
        reason = body.get("reason", "")
        assigning.release(db, current_viewer(), number, reason, parts().clock.now())
    return _told(number)


@api.post(f"{ONE}/assign")
@guarded(Role.REVIEWER, Role.ADMINISTRATOR)
@api.arguments(Assignment)
@api.response(200, RequestAnswer)
def assign(body: Mapping[str, Any], number: int) -> Response:
    """Give it to somebody who may decide on it."""
    with parts().database.writing() as db:
        assigning.assign(db, current_viewer(), number, body["to"], parts().clock.now())
    return _told(number)


def request_view(found: Line, happened: Sequence[EventView] = ()) -> dict[str, Any]:
    """A request as programs read it."""
    told = {"title": found.title, "revision": found.revision, "mine": found.mine}
    return {**_request(found.request), **told, "timeline": [_event(each) for each in happened]}


def _told(number: int) -> Response:
    with parts().database.reading() as db:
        found = reading.get(db, current_viewer(), number)
        happened = reading.timeline(db, found.request)
    seeing.requests([found])
    return answer(request_view(found, happened))


def _request(asked: RequestView) -> dict[str, Any]:
    return {
        "number": asked.number,
        "entry": asked.entry,
        "agency": asked.agency,
        "purpose": asked.purpose.value,
        "state": asked.state.value,
        "steps": [each.value for each in asked.steps],
        "step": asked.current_step.value,
        "risk": asked.risk,
        "proposed_by": asked.proposed_by,
        "confirmed_by": list(asked.confirmed_by),
        "assignee": asked.assignee or None,
        "version": asked.version,
        "reason": asked.reason,
        "merge_into": asked.merge_into,
        "due": asked.due or None,
        "provisional": asked.provisional,
        "escalated": asked.escalated,
        "created": asked.created.isoformat(),
        "submitted": asked.submitted_at.isoformat() if asked.submitted_at else None,
        "closed": asked.closed_at.isoformat() if asked.closed_at else None,
    }


def _event(each: EventView) -> dict[str, Any]:
    told = {"actor": each.actor, "action": each.action, "details": dict(each.details)}
    return {"at": each.at.isoformat(), **told}
