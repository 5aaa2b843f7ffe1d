"""The standard for programs: profiles with the JSON Schema of descriptors, and code lists."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from catalog.errors import NotFound
from standards.codelists import Code, codelist, names
from standards.problems import Text
from standards.profile import KINDS, Condition, Element, Level, Use, profile
from web.api.resource import Resource
from web.api.schemas import descriptor_schema
from web.api.shapes import Shape, TextPair, code, flag, listed, nested, number, text
from web.jsonio import answer

api = Resource(
    "api-standard", __name__, url_prefix="/api/v1", description="Profiles and code lists"
)


class ElementShape(Shape):
    """An element of the profile."""

    class Meta(Shape.Meta):
        title = "Element"

    name = text()
    short = text(description="The XML element's name")
    clause = text()
    label = nested(TextPair)
    definition = nested(TextPair)
    type = text()
    codelist = text(allow_none=True)
    many = flag()
    max_length = number()
    audience = code("public", "agencies")
    mandatory = code(*Level, allow_none=True)
    assigned = flag(description="Minted by the directory, never asked")
    example = text(allow_none=True)
    children = fields.List(fields.Nested("ElementShape"), required=True)


class ConditionShape(Shape):
    """An obligation that holds only where other elements have certain values."""

    rule = text()
    when = fields.Dict(keys=fields.String(), values=listed(text()), required=True)
    require = listed(text())
    level = code(*Level)
    clause = text()
    message = nested(TextPair)
    suggestion = nested(TextPair, allow_none=True)


class ProfileShape(Shape):
    """What a kind of descriptor holds, and when it must."""

    kind = code(*KINDS)
    label = nested(TextPair)
    definition = nested(TextPair)
    levels = listed(text(), description="From the mildest to the strictest")
    elements = listed(nested(ElementShape))
    conditions = listed(nested(ConditionShape))
    json_schema = fields.Dict(keys=fields.String(), required=True)


class ProfileNames(Shape):
    """The kinds there are."""

    profiles = listed(code(*KINDS))


class CodeShape(Shape):
    """One code with its names."""

    code = text()
    label = nested(TextPair)
    meaning = nested(TextPair, allow_none=True)
    parent = text(allow_none=True)
    aliases = listed(text())


class CodeListShape(Shape):
    """A list of codes; an open one takes a word of one's own."""

    name = text()
    label = nested(TextPair)
    clause = text()
    note = text()
    open = flag()
    codes = listed(nested(CodeShape))


class CodeListNames(Shape):
    """The lists there are."""

    codelists = listed(text())


KIND = {
    "in": "path",
    "name": "kind",
    "schema": {"type": "string", "enum": list(KINDS)},
    "required": True,
}
NAME = {
    "in": "path",
    "name": "name",
    "schema": {"type": "string", "pattern": "^[a-z0-9-]{1,60}$"},
    "required": True,
}


@api.get("/profiles")
@api.response(200, ProfileNames)
def kinds() -> Response:
    """List the kinds of descriptors."""
    return answer({"profiles": list(KINDS)})


@api.get("/profiles/<kind>")
@api.doc(parameters=[KIND])
@api.response(200, ProfileShape)
def one_profile(kind: str) -> Response:
    """A profile: its elements, obligations and the JSON Schema of its descriptors."""
    if kind not in KINDS:
        raise NotFound(kind)
    known = profile(kind)
    return answer(
        {
            "kind": known.kind,
            "label": pair(known.label),
            "definition": pair(known.definition),
            "levels": list(Level),
            "elements": [used(use) for use in known.elements],
            "conditions": [conditional(each) for each in known.conditions],
            "json_schema": descriptor_schema(known),
        }
    )


@api.get("/codelists")
@api.response(200, CodeListNames)
def lists() -> Response:
    """List the code lists."""
    return answer({"codelists": list(names())})


@api.get("/codelists/<name>")
@api.doc(parameters=[NAME])
@api.response(200, CodeListShape)
def one_list(name: str) -> Response:
    """A code list with the names of its codes in both languages."""
    if name not in names():
        raise NotFound(name)
    known = codelist(name)
    return answer(
        {
            "name": known.name,
            "label": pair(known.label),
            "clause": known.clause,
            "note": known.note,
            "open": known.open,
            "codes": [coded(each) for each in known.codes],
        }
    )


def pair(words: Text) -> dict[str, str]:
    """The words in both languages."""
    return {"zh": words.zh, "en": words.en}


def coded(each: Code) -> dict[str, Any]:
    """A code as JSON."""
    return {
        "code": each.code,
        "label": pair(each.label),
        "meaning": pair(each.meaning) if each.meaning else None,
        "parent": each.parent,
        "aliases": list(each.aliases),
    }


def used(use: Use) -> dict[str, Any]:
    """An element with its place in the profile."""
    mandatory = use.mandatory.value if use.mandatory else None
    return {**described(use.element), "mandatory": mandatory, "assigned": use.assigned}


def described(element: Element) -> dict[str, Any]:
    """An element as JSON; one inside a group is mandatory whenever the group is there."""
    return {
        "name": element.name,
        "short": element.short,
        "clause": element.clause,
        "label": pair(element.label),
        "definition": pair(element.definition),
        "type": element.type,
        "codelist": element.codelist,
        "many": element.many,
        "max_length": element.max_length,
        "audience": element.audience,
        "mandatory": Level.MINIMAL.value if element.mandatory else None,
        "assigned": False,
        "example": element.example,
        "children": [described(child) for child in element.children],
    }


def conditional(each: Condition) -> dict[str, Any]:
    """A conditional obligation as JSON."""
    return {
        "rule": each.rule,
        "when": {path: list(values) for path, values in each.when},
        "require": list(each.require),
        "level": each.level.value,
        "clause": each.clause,
        "message": pair(each.message),
        "suggestion": pair(each.suggestion) if each.suggestion else None,
    }
