"""The steps of a request for access: of who asked, by token or by code, and of who answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response

from catalog.access import answering, applicants, asking, handling
from catalog.access.answering import Answer
from catalog.viewers import Role
from standards.problems import Text
from web import access
from web.api.access import NUMBER, find, shown
from web.api.access_shapes import AccessRequestShape, ApplicantShape, codes, day, names
from web.api.guard import guarded
from web.api.resource import Resource
from web.api.shapes import Shape, code, line
from web.errors import wrong
from web.jsonio import answer as answer_json
from web.signin import current_viewer, is_signed_in, parts

api = Resource(
    "api-access-steps",
    __name__,
    url_prefix="/api/v1/access-requests/<number>",
    description="Correcting, withdrawing and answering requests for access",
)


class AccessByCode(Shape):
    """The code of the receipt; people of the agency that asked need none."""

    code = line(0, 40, required=False)


class AccessCorrection(AccessByCode):
    """What is said more precisely."""

    text = line(1, 2000)


class AccessCorrectionAsked(Shape):
    """Everything that is to be corrected, and by when."""

    asked = line(1, 4000)
    until = day()


class AccessConsultation(Shape):
    """Who is consulted, and why."""

    whom = code(*handling.CONSULTED)
    consultation = line(1, 4000)


class AccessConsulted(Shape):
    """What they answered."""

    result = line(1, 4000)


class AccessExtension(Shape):
    """Why it takes longer, and the head who agreed."""

    reason = line(1, 4000)
    approved_by = line(1, 200)


class AnswerShape(Shape):
    """An outcome of Article 36, with ground, items and end date as it needs them."""

    class Meta(Shape.Meta):
        title = "AccessAnswer"

    outcome = codes("access-outcomes")
    reply = line(1, 4000)
    ground = line(0, 500, required=False)
    items = names()
    valid_until = day(required=False)


class AccessNothing(Shape):
    """A step without more to say."""


@api.post("/correct")
@api.doc(parameters=[NUMBER])
@api.arguments(AccessCorrection)
@api.response(200, AccessRequestShape)
def correct(body: Mapping[str, Any], number: str) -> Response:
    """Say more precisely what is asked for; the agency's time starts anew."""
    given = _proven(number, body)
    with parts().database.writing() as db:
        asking.correct(db, current_viewer(), number, body["text"], parts().clock.now(), given)
    return shown(find(number, given))


@api.post("/withdraw")
@api.doc(parameters=[NUMBER])
@api.arguments(AccessByCode)
@api.response(200, AccessRequestShape)
def withdraw(body: Mapping[str, Any], number: str) -> Response:
    """Ask no more; who asked is deleted at once."""
    given = _proven(number, body)
    with parts().database.writing() as db:
        asking.withdraw(db, current_viewer(), number, parts().clock.now(), given)
    return shown(find(number, given))


@api.post("/ask-correction")
@guarded(Role.REVIEWER)
@api.doc(parameters=[NUMBER])
@api.arguments(AccessCorrectionAsked)
@api.response(200, AccessRequestShape)
def ask_correction(body: Mapping[str, Any], number: str) -> Response:
    """Ask once, within 7 working days, for what is unclear."""
    until, now = _date(body, "until") or date.min, parts().clock.now()
    with parts().database.writing() as db:
        handling.ask_correction(db, current_viewer(), number, body["asked"], until, now)
    return shown(find(number))


@api.post("/consult")
@guarded(Role.REVIEWER)
@api.doc(parameters=[NUMBER])
@api.arguments(AccessConsultation)
@api.response(200, AccessRequestShape)
def consult(body: Mapping[str, Any], number: str) -> Response:
    """Consult a third party or an agency that made it too; the clock stands still."""
    whom, reason, now = body["whom"], body["consultation"], parts().clock.now()
    with parts().database.writing() as db:
        handling.consult(db, current_viewer(), number, whom, reason, now)
    return shown(find(number))


@api.post("/resume")
@guarded(Role.REVIEWER)
@api.doc(parameters=[NUMBER])
@api.arguments(AccessConsulted)
@api.response(200, AccessRequestShape)
def resume(body: Mapping[str, Any], number: str) -> Response:
    """The others have answered, or kept silent: the clock goes on."""
    with parts().database.writing() as db:
        handling.resume(db, current_viewer(), number, body["result"], parts().clock.now())
    return shown(find(number))


@api.post("/extend")
@guarded(Role.REVIEWER)
@api.doc(parameters=[NUMBER])
@api.arguments(AccessExtension)
@api.response(200, AccessRequestShape)
def extend(body: Mapping[str, Any], number: str) -> Response:
    """Take 20 working days more, once."""
    reason, head, now = body["reason"], body["approved_by"], parts().clock.now()
    with parts().database.writing() as db:
        handling.extend(db, current_viewer(), number, reason, head, now)
    return shown(find(number))


@api.post("/answer")
@guarded(Role.REVIEWER)
@api.doc(parameters=[NUMBER])
@api.arguments(AnswerShape)
@api.response(200, AccessRequestShape)
def answer(body: Mapping[str, Any], number: str) -> Response:
    """Answer for good."""
    given = Answer(
        outcome=body["outcome"],
        reply=body["reply"],
        ground=body.get("ground", ""),
        items=tuple(body.get("items", ())),
        valid_until=_date(body, "valid_until"),
    )
    keep, now = parts().settings.identity_days, parts().clock.now()
    with parts().database.writing() as db:
        answering.answer(db, current_viewer(), number, given, keep, now)
    return shown(find(number))


@api.post("/close")
@guarded(Role.REVIEWER)
@api.doc(parameters=[NUMBER])
@api.arguments(AccessNothing)
@api.response(200, AccessRequestShape)
def close(_body: Mapping[str, Any], number: str) -> Response:
    """Close what was not corrected in time."""
    keep, now = parts().settings.identity_days, parts().clock.now()
    with parts().database.writing() as db:
        answering.close(db, current_viewer(), number, keep, now)
    return shown(find(number))


@api.post("/applicant")
@guarded(Role.REVIEWER)
@api.doc(parameters=[NUMBER])
@api.arguments(AccessNothing)
@api.response(200, ApplicantShape)
def applicant(_body: Mapping[str, Any], number: str) -> Response:
    """Who asked, for those who deal with it; each look is recorded."""
    with parts().database.writing() as db:
        now, seal = parts().clock.now(), access.sealer()
        person = applicants.applicant(db, current_viewer(), number, seal, now)
    told = {
        "name": person.name,
        "paper": person.paper,
        "paper_number": person.paper_number,
        "phone": person.phone,
        "email": person.email,
        "address": person.address,
        "purpose": person.purpose,
    }
    answered = answer_json(told)
    answered.headers["Cache-Control"] = "private, no-store"
    return answered


def _proven(number: str, body: Mapping[str, Any]) -> str:
    """The code, counted as a guess; people of the agency that asked need none."""
    given = str(body.get("code", ""))
    if given or not is_signed_in():
        access.look_up(number, given)
    return given


def _date(body: Mapping[str, Any], name: str) -> date | None:
    if name not in body:
        return None
    try:
        return date.fromisoformat(body[name])
    except ValueError:
        raise wrong(name, Text("应为日期，如 2026-03-31", "is a date like 2026-03-31")) from None
