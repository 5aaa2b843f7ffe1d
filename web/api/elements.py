"""Data elements through the API: the registry, claims to answer for one, relations of entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from catalog import entries
from catalog.elements import claims, registry, relating
from catalog.elements.recognising import recognise
from standards.data_elements import SUBJECTS, DataElement
from web import elements as told_as
from web import searching, seeing
from web.api import parameters
from web.api.element_shapes import (
    ClaimAnswer,
    Claiming,
    Claims,
    Deciding,
    Elements,
    ElementWhole,
    Relations,
)
from web.api.entries import IDENTIFIER
from web.api.guard import guarded
from web.api.resource import Resource
from web.jsonio import answer
from web.signin import current_viewer, parts

api = Resource("api-elements", __name__, url_prefix="/api/v1", description="Data elements")
ELEMENT = {
    "in": "path",
    "name": "element",
    "schema": {"type": "string", "minLength": 1, "maxLength": 40},
    "required": True,
    "examples": {"usual": {"value": "FR001"}},
}
NUMBER = {
    "in": "path",
    "name": "number",
    "schema": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    "required": True,
}
LONGEST = 40
SUBJECT = {"type": "string", "maxLength": LONGEST}


@api.get("/elements")
@api.doc(
    parameters=[
        parameters.words("A name, a synonym, an identifier or pinyin; without it, all are listed"),
        parameters.query("subject", SUBJECT, f"A code of the list `{SUBJECTS}`"),
    ]
)
@api.response(200, Elements)
def listing() -> Response:
    """List data elements, or those that a word means or may mean."""
    asked, subject = (
        searching.one(request.args, "q"),
        searching.one(request.args, "subject", LONGEST),
    )
    with parts().database.reading() as db:
        known = registry.registry(db)
        found = _meant(known, asked) if asked else list(known.elements.values())
    shown = [each for each in found if subject in ("", each.subject)]
    return answer({"elements": [told_as.element(each) for each in shown]})


@api.get("/elements/<element>")
@api.doc(parameters=[ELEMENT])
@api.response(200, ElementWhole)
def one(element: str) -> Response:
    """Read a data element and who answers for it."""
    with parts().database.reading() as db:
        found = registry.registry(db).get(element)
        standing = claims.standing(db, current_viewer(), element)
    seeing.named(each.entry.identifier for each in standing if each.entry)
    told = [told_as.authority(each) for each in standing]
    return answer({**told_as.element(found), "authorities": told})


@api.get("/claims")
@guarded(*claims.ROLES)
@api.doc(
    parameters=[
        parameters.query("state", {"type": "string", "enum": list(claims.STATES)}, "The state"),
        parameters.query("element", {"type": "string", "maxLength": LONGEST}, "A data element"),
    ]
)
@api.response(200, Claims)
def listed() -> Response:
    """List claims to be the authoritative source, the latest first."""
    state = searching.choice(request.args, "state", claims.STATES) if _given("state") else ""
    code = searching.one(request.args, "element", LONGEST)
    with parts().database.reading() as db:
        found = claims.listed(db, current_viewer(), state, code)
    seeing.named(each.claim.entry.identifier for each in found if each.claim.entry)
    return answer({"claims": [told_as.claim(each) for each in found]})


@api.post("/elements/<element>/claims")
@guarded(*claims.ROLES)
@api.doc(parameters=[ELEMENT])
@api.arguments(Claiming)
@api.response(201, ClaimAnswer)
def claim(body: Mapping[str, Any], element: str) -> Response:
    """Claim that an entry of your agency is the authoritative source. The centre decides."""
    now, division = parts().clock.now(), body.get("division", "")
    with parts().database.writing() as db:
        viewer = current_viewer()
        number = claims.make(db, viewer, element, body["entry"], division, body["reason"], now)
        made = claims.find(db, viewer, number)
    return answer(told_as.claim(made), 201)


@api.post("/claims/<int:number>")
@guarded(*claims.ROLES)
@api.doc(parameters=[NUMBER])
@api.arguments(Deciding)
@api.response(200, ClaimAnswer)
def decide(body: Mapping[str, Any], number: int) -> Response:
    """Decide on a claim, or let it end; `409` when it competes with one that you did not name."""
    viewer, now, act = current_viewer(), parts().clock.now(), body["act"]
    with parts().database.writing() as db:
        if act == "end":
            claims.end(db, viewer, number, body["reason"], now)
        else:
            replacing = body.get("replacing", [])
            claims.decide(db, viewer, number, act == "accept", body["reason"], now, replacing)
        made = claims.find(db, viewer, number)
    return answer(told_as.claim(made))


@api.get("/entries/<identifier>/relations")
@api.doc(parameters=[IDENTIFIER])
@api.response(200, Relations)
def relations(identifier: str) -> Response:
    """Say to what an entry is related, and what others say of it, as far as you may see both."""
    viewer = current_viewer()
    with parts().database.reading() as db:
        view = entries.find(db, viewer, identifier)
        forward = relating.forward(db, viewer, view)
        backward = relating.backward(db, viewer, view)
    seeing.shown(view)
    named = [each.entries for each in forward] + [each.entries for each in backward]
    seeing.listed(found for some in named for found in some)
    told = [*map(told_as.forward, forward), *map(told_as.backward, backward)]
    return answer({"relations": told})


def _meant(known: registry.Registry, asked: str) -> list[DataElement]:
    meant = recognise(known, asked)
    return [meant.element] if meant.element else list(meant.offers)


def _given(name: str) -> bool:
    return bool(request.args.get(name))
