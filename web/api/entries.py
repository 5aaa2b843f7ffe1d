"""Entries: reading one, registering and revising one, its versions and its like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from marshmallow import fields

from catalog import entries, registration
from catalog.cards import keys_of
from catalog.errors import Forbidden, Invalid
from catalog.proposals import NOT_THEIRS, Outcome, Proposal
from catalog.viewers import Role
from catalog.visibility import clause
from search.card import Stage
from standards.problems import Text
from standards.profile import KINDS, Level
from web import errors, searching, seeing
from web.api import parameters
from web.api.guard import guarded
from web.api.openapi import Fault, descriptor_field
from web.api.resource import Resource
from web.api.shapes import (
    LONGEST_IDENTIFIER,
    AgencyBrief,
    EntryBrief,
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
from web.jsonio import answer
from web.language import current_language
from web.showing import entry_view, version_view
from web.signin import current_viewer, parts

api = Resource("api-entries", __name__, url_prefix="/api/v1/entries", description="The directory")
LEVELS = tuple(level.value for level in Level)
STATES = ("draft", "submitted", "returned", "published", "withdrawn")


class Version(Shape):
    """A version of an entry: never changed once it is there."""

    number = number()
    audience = code("public", "agencies", "agency")
    level = text(description="The level of strictness it was held to")
    author = text(description="Empty for the public")
    note = text()
    created = moment()
    descriptor = descriptor_field(description="By the profile of the entry's kind")


class Entry(Shape):
    """An entry as far as you may see it."""

    identifier = text()
    kind = code(*KINDS)
    title = text()
    agency = nested(AgencyBrief)
    state = code(*STATES)
    audience = code("public", "agencies", "agency")
    revision = number(description="Send it as If-Match to revise the entry")
    created = moment()
    updated = moment()
    submitted = moment(allow_none=True)
    remark = text(description="Why the pending version was returned")
    source = text(allow_none=True)
    url = text()
    served = nested(Version, allow_none=True)
    pending = nested(Version, allow_none=True)


class Versions(Shape):
    """Every version, newest first."""

    versions = listed(nested(Version))


class Similar(Shape):
    """Entries like this one."""

    entries = listed(nested(EntryBrief))


class Registration(Shape):
    """A descriptor for an agency's part of the directory, as people write it."""

    kind = code(*KINDS)
    agency = line(1, 20, description="The agency's code")
    values = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "See /profiles/{kind}; dates, codes and lists as people write"},
    )
    level = code(*LEVELS, required=False)
    submit = flag(required=False, description="False keeps a draft")
    note = line(0, 2000, required=False)


class Revision(Shape):
    """Other values for an entry."""

    values = fields.Dict(keys=fields.String(), required=True)
    kind = code(*KINDS, required=False)
    level = code(*LEVELS, required=False)
    submit = flag(required=False)
    note = line(0, 2000, required=False)


class Result(Shape):
    """What became of it."""

    identifier = text()
    revision = number()
    state = code(*STATES)
    created = flag()
    changed = flag()
    problems = listed(nested(Fault), description="Warnings")
    request = number(allow_none=True, description="The request that this opened or moved")
    url = text()


IDENTIFIER = {
    "in": "path",
    "name": "identifier",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_IDENTIFIER},
    "required": True,
    "examples": {"usual": {"value": "31007-000231"}},
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string", "pattern": '^"?[0-9]{1,9}"?$'},
    "required": True,
    "description": "The revision that the change is based on",
}


def outcome_answer(outcome: Outcome, status: int = 200) -> Response:
    """The answer to a change; a rejected one raises what it was rejected for."""
    if NOT_THEIRS in outcome.problems:
        raise Forbidden(NOT_THEIRS.message.en)
    if outcome.rejected or outcome.identifier is None:
        raise Invalid(outcome.problems)
    language = current_language()
    url = f"/entries/{outcome.identifier}"
    told = {
        "identifier": outcome.identifier,
        "revision": outcome.revision,
        "state": outcome.state,
        "created": outcome.created,
        "changed": outcome.changed,
        "problems": [errors.told(problem, language) for problem in outcome.problems],
        "request": outcome.request,
        "url": url,
    }
    answered = answer(told, status)
    answered.headers["ETag"] = f'"{outcome.revision}"'
    if status == 201:
        answered.headers["Location"] = f"/api/v1{url}"
    return answered


@api.post("")
@guarded(Role.REGISTRAR)
@api.arguments(Registration)
@api.response(201, Result)
def register(body: Mapping[str, Any]) -> Response:
    """Register an entry. It waits for a reviewer, or stays a draft."""
    proposal = Proposal(
        kind=body["kind"],
        values=body["values"],
        agency=body["agency"],
        level=Level(body.get("level", Level.CORE)),
        submit=body.get("submit", True),
        note=body.get("note", ""),
    )
    viewer, now = current_viewer(), parts().clock.now()
    (outcome,) = parts().database.write(
        lambda db: registration.register(db, viewer, [proposal], now)
    )
    return outcome_answer(outcome, 201)


@api.get("/<identifier>")
@api.doc(parameters=[IDENTIFIER])
@api.response(200, Entry)
def one(identifier: str) -> Response:
    """Read an entry. `410` tells when and why it was withdrawn, `301` where it was merged."""
    view = seeing.entry(identifier)
    answered = answer(entry_view(view))
    answered.set_etag(str(view.revision))
    return answered


@api.put("/<identifier>")
@guarded(Role.REGISTRAR)
@api.doc(parameters=[IDENTIFIER, IF_MATCH])
@api.arguments(Revision)
@api.response(200, Result)
def revise(body: Mapping[str, Any], identifier: str) -> Response:
    """Propose other values. What is served stays served until they are accepted.

    `409` when somebody else was quicker: it tells the current revision and what you sent.
    """
    revision = if_match()
    with parts().database.writing() as db:
        outcome = registration.revise(
            db,
            current_viewer(),
            identifier,
            body["values"],
            revision,
            parts().clock.now(),
            level=Level(body.get("level", Level.CORE)),
            submit=body.get("submit", True),
            kind=body.get("kind"),
            note=body.get("note", ""),
        )
    return outcome_answer(outcome)


@api.get("/<identifier>/history")
@guarded()
@api.doc(parameters=[IDENTIFIER])
@api.response(200, Versions)
def history(identifier: str) -> Response:
    """Every version, newest first, for those with a role over the entry's agency."""
    versions = seeing.history(identifier)
    return answer({"versions": [version_view(version) for version in versions]})


@api.get("/<identifier>/similar")
@api.doc(parameters=[IDENTIFIER, parameters.paging(default=5, most=20)[0]])
@api.response(200, Similar)
def similar(identifier: str) -> Response:
    """Entries most like this one, among those open to you."""
    size = searching.number(request.args, "size", 5, 1, 20)
    viewer = current_viewer()
    with parts().database.reading() as db:
        view = entries.find(db, viewer, identifier)
    stage = Stage.SERVED if view.served else Stage.PENDING
    hits = parts().engine.similar(keys_of(identifier)[stage], clause(viewer), size)
    cards = seeing.cards(hit.card for hit in hits)
    return answer({"entries": [searching.brief(card) for card in cards]})


def if_match() -> int:
    """The revision in If-Match; 428 without one, since a blind change could undo another's."""
    given = request.headers.get("If-Match", "").strip().strip('"')
    if not given:
        raise errors.refuse(
            428, Text("请以 If-Match 给出修订号。", "Send the entry's revision as If-Match.")
        )
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise errors.wrong("If-Match", Text("应为修订号", "is a revision number"))
    return int(given)
