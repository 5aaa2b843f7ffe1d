"""Checking a descriptor without registering it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from marshmallow import fields

from harvesters.checking import Checked
from harvesters.report import Line, label_of
from standards.problems import Problem, Text
from standards.profile import KINDS, Level
from standards.tiers import tier_of, tiers
from standards.validation import validate
from web import errors, validating
from web.api.entries import LEVELS
from web.api.openapi import Fault, descriptor_field
from web.api.resource import Resource
from web.api.shapes import Shape, code, flag, listed, nested, number, text
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


class Found(Fault):
    """A problem of one record, with everything needed to put it right."""

    label = text(description="What the element is called")
    tier = code(*(tier.name for tier in tiers()), description="What it comes to")
    value = text(allow_none=True, description="The beginning of what was given")
    place = text(description="Cell, line and XPath, or JSON pointer")


class CheckedRecord(Shape):
    """A record that has problems."""

    place = text()
    key = text()
    rejected = flag(description="It has an error: it would not enter the directory")
    problems = listed(nested(Found))


class Report(Shape):
    """What came of checking a file; records without problems are counted only."""

    records = number()
    rejected = number()
    cut = flag(description="There are more records, which were not checked")
    troubled = listed(nested(CheckedRecord))


FILE = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "kind": {"type": "string", "enum": list(KINDS)},
                    "level": {"type": "string", "enum": list(LEVELS)},
                },
            }
        }
    },
}


@api.post("/validate")
@api.arguments(Question)
@api.response(200, Verdict)
def check(body: Mapping[str, Any]) -> Response:
    """Check values against a profile at a level of strictness (`core` unless told)."""
    validating.limited()
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


@api.post("/validate/file")
@api.doc(requestBody=FILE)
@api.response(200, Report)
def check_file() -> Response:
    """Check the records of a file (spreadsheet, XML, JSON …) by the rules of registration. Nothing
    is kept; at most 4 MB and 1000 records at a time.
    """
    validating.limited()
    sent = request.files.get("file")
    if sent is None:
        raise errors.wrong("file", Text("缺少文件", "is missing"))
    kind = validating.kind_of(request.form.get("kind"))
    level = validating.level_of(request.form.get("level"))
    return answer(report(validating.check_sent(sent, kind, level)))


def report(found: Checked) -> dict[str, Any]:
    """What came of checking, as JSON."""
    return {
        "records": len(found.lines),
        "rejected": found.bad,
        "cut": found.cut,
        "troubled": [_record(line) for line in found.lines if line.problems],
    }


def _record(line: Line) -> dict[str, Any]:
    return {
        "place": line.place,
        "key": line.key,
        "rejected": any(each.is_error for each in line.problems),
        "problems": [_found(line, each) for each in line.problems],
    }


def _found(line: Line, problem: Problem) -> dict[str, Any]:
    language = current_language()
    return {
        **errors.told(problem, language),
        "label": label_of(problem).in_language(language),
        "tier": tier_of(problem).name,
        "value": problem.value,
        "place": line.places.get(problem.path, line.place),
    }
