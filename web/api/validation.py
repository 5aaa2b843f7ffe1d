"""Checking a descriptor without registering it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields

from standards.profile import KINDS, Level
from standards.validation import validate
from web import errors
from web.api.entries import LEVELS
from web.api.openapi import Fault, descriptor_field
from web.api.resource import Resource
from web.api.shapes import Shape, code, flag, listed, nested
from web.jsonio import answer
from web.language import current_language

api = Resource("api-validate", __name__, url_prefix="/api/v1", description="Checking descriptors")


class Question(Shape):
    """Values as people write them."""

    kind = code(*KINDS)
    values = fields.Dict(keys=fields.String(), required=True)
    level = code(*LEVELS, required=False)


class Verdict(Shape):
    """Every problem at once, and the descriptor as it was read."""

    ok = flag(description="There is no error; there may be warnings")
    problems = listed(nested(Fault))
    descriptor = descriptor_field()


@api.post("/validate")
@api.arguments(Question)
@api.response(200, Verdict)
def check(body: Mapping[str, Any]) -> Response:
    """Check values against a profile at a level of strictness (`core` unless told)."""
    level = Level(body.get("level", Level.CORE))
    verdict = validate(body["kind"], body["values"], level)
    language = current_language()
    return answer(
        {
            "ok": verdict.ok,
            "problems": [errors.told(problem, language) for problem in verdict.problems],
            "descriptor": verdict.descriptor.values,
        }
    )
