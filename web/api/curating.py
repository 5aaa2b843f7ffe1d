"""What people judge of what sources send: corrections, and entries that look alike."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from flask import Response, request
from marshmallow import fields

from catalog.curation import reading as curations
from catalog.curation import resolving
from catalog.curation.layer import CONFLICT, STANDING
from catalog.identity import deciding, reading
from catalog.identity.asking import KINDS
from catalog.identity.keeping import DISTINCT, OPEN
from catalog.identity.reading import LikePair
from catalog.viewers import Role
from standards.curation import Mode
from standards.summary import summarize
from web import curations as exporting
from web import searching, seeing
from web.api import parameters
from web.api.entries import Result, outcome_answer
from web.api.guard import guarded
from web.api.resource import Resource
from web.api.shapes import Shape, code, line, listed, moment, nested, number, text
from web.api.sources import SOURCE, own_source
from web.jsonio import answer
from web.language import current_language
from web.signin import current_viewer, parts

api = Resource(
    "api-curating", __name__, url_prefix="/api/v1", description="Corrections and duplicates"
)
ROLES = (Role.REGISTRAR, Role.REVIEWER, Role.ADMINISTRATOR, Role.AUDITOR)
MOST = 100_000
CURATION = {
    "in": "path",
    "name": "curation",
    "schema": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    "required": True,
}


class CurationAnswer(Shape):
    """A correction of an element of a harvested entry; of an addition, the members added."""

    id = number()
    key = text(description="What the source calls the record")
    entry = text()
    element = text()
    mode = code(*Mode)
    source_value = fields.Raw(required=True, allow_none=True)
    source_value_before = fields.Raw(required=True, allow_none=True)
    curated_value = fields.Raw(required=True, allow_none=True)
    reason = text()
    author = text()
    accepted_by = text()
    at = moment()
    state = code(STANDING, CONFLICT)


class CurationList(Shape):
    """What the source should take over."""

    curations = listed(nested(CurationAnswer))


class Settling(Shape):
    """The correction is kept over what the source says now, or the source followed again."""

    act = code("keep", "take")
    reason = line(1, 2000)


class SideAnswer(Shape):
    """An entry of a pair."""

    identifier = text()
    title = text()
    agency = text()


class PairAnswer(Shape):
    """Two entries that look as if they were about one resource, and why."""

    entries = listed(nested(SideAnswer))
    evidence = listed(text())
    state = code(OPEN, DISTINCT)
    reason = text()


class Pairs(Shape):
    """A page of pairs."""

    pairs = listed(nested(PairAnswer))
    next = text(allow_none=True, description="Send it as `cursor`")


class Distinct(Shape):
    """Two entries that are about different resources, and how one knows."""

    one = line(1, 64)
    other = line(1, 64)
    reason = line(1, 2000)


@api.get("/sources/<name>/curations")
@guarded(*ROLES)
@api.doc(parameters=[SOURCE])
@api.response(200, CurationList)
def of_source(name: str) -> Response:
    """List what was corrected in the entries of a source and it does not say by itself yet."""
    with parts().database.reading() as db:
        own_source(db, name)
        found = list(islice(curations.exported(db, current_viewer(), name), MOST))
    seeing.named(each.entry for each in found)
    return answer({"curations": [exporting.as_dict(each) for each in found]})


@api.post("/curations/<int:curation>")
@guarded(Role.REGISTRAR, Role.REVIEWER)
@api.doc(parameters=[CURATION])
@api.arguments(Settling)
@api.response(200, Result)
def settle(body: Mapping[str, Any], curation: int) -> Response:
    """Settle a correction. Following the source again is proposed, and a reviewer decides."""
    now, viewer = parts().clock.now(), current_viewer()
    act = resolving.keep if body["act"] == "keep" else resolving.take
    with parts().database.writing() as db:
        return outcome_answer(act(db, viewer, curation, body["reason"], now))


@api.get("/duplicates")
@guarded(*ROLES)
@api.doc(
    parameters=[
        parameters.query("kind", {"type": "string", "enum": list(KINDS)}, "The evidence"),
        *parameters.paging(default=20, most=100),
    ]
)
@api.response(200, Pairs)
def pairs() -> Response:
    """List the pairs that look like one resource, as far as you may see both."""
    kind = searching.choice(request.args, "kind", KINDS) if request.args.get("kind") else ""
    size = searching.number(request.args, "size", 20, 1, 100)
    cursor = searching.one(request.args, "cursor")
    with parts().database.reading() as db:
        page = reading.listed(db, current_viewer(), kind, OPEN, size, cursor)
    seeing.listed(view for pair in page.pairs for view in (pair.one, pair.other))
    return answer({"pairs": [_pair(each) for each in page.pairs], "next": page.next})


@api.post("/duplicates")
@guarded(Role.REVIEWER)
@api.arguments(Distinct)
@api.response(200, PairAnswer)
def distinct(body: Mapping[str, Any]) -> Response:
    """Declare a pair to be about different resources; a reviewer of both agencies may."""
    with parts().database.writing() as db:
        names = (body["one"], body["other"])
        made = deciding.declare_distinct(
            db, current_viewer(), *names, body["reason"], parts().clock.now()
        )
    return answer(_pair(made))


def _pair(pair: LikePair) -> dict[str, Any]:
    language = current_language()
    return {
        "entries": [
            {
                "identifier": each.identifier,
                "title": summarize(each.shown.descriptor).title,
                "agency": each.agency.code,
            }
            for each in (pair.one, pair.other)
        ],
        "evidence": [each.told.in_language(language) for each in pair.evidence],
        "state": pair.state,
        "reason": pair.reason,
    }
