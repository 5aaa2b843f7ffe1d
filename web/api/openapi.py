"""The OpenAPI description: errors as problem documents, sign-in, and descriptors by profile."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Flask, Response
from flask_smorest import Api
from marshmallow import fields
from werkzeug.exceptions import HTTPException

from standards.profile import KINDS, profile
from web import errors
from web.api.schemas import descriptor_schema
from web.api.shapes import Shape, code, listed, nested, number, text

VERSION = "1.0"
OPENAPI = "3.1.0"
DESCRIPTION = """\
The directory of government information resources, for programs.

Everything that is public needs no account. To register, revise and review, send a token
(`mulu token add`) as `Authorization: Bearer …`. Errors are problem documents (RFC 9457) that name
each wrong field, in Chinese or, by `Accept-Language: en`, in English. Lists are paged by cursors:
send `next` of an answer as `cursor` with the same other parameters.
"""


class Fault(Shape):
    """One wrong field, with the rule it breaks."""

    path = text(description="Where, e.g. provider[0].name or the parameter's name")
    rule = text(description="A stable name of the rule")
    clause = text(description="The clause of the standard, where there is one")
    severity = code("error", "warning")
    message = text()
    suggestion = text(allow_none=True)


class Problem(Shape):
    """What went wrong (RFC 9457)."""

    class Meta(Shape.Meta):
        unknown = "include"

    type = text()
    title = text()
    status = number()
    detail = text()
    errors = listed(nested(Fault))


class Description(Api):
    """flask-smorest's description, with problem documents for every error."""

    ERROR_SCHEMA = Problem

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer like every other error of the house."""
        return errors.told_http(error)

    def _register_responses(self) -> None:
        content = {errors.PROBLEM: {"schema": Problem}}
        for status in HTTPStatus:
            told = {"description": status.phrase}
            self.spec.components.response(
                status.name, {**told, "content": content} if status >= 400 else told, lazy=True
            )
        default = {"description": "A problem document", "content": content}
        self.spec.components.response("DEFAULT_ERROR", default, lazy=True)


def describe(app: Flask) -> Description:
    """The description of this app's API, to which blueprints are added."""
    app.config.update(
        API_TITLE="Mulu",
        API_VERSION=VERSION,
        OPENAPI_VERSION=OPENAPI,
        API_SPEC_OPTIONS={"info": {"description": DESCRIPTION}, "servers": [{"url": "/"}]},
    )
    description = Description(app)
    parts = description.spec.components
    parts.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for kind in KINDS:
        parts.schema(schema_name(kind), descriptor_schema(profile(kind)))
    return description


def schema_name(kind: str) -> str:
    """What the schema of a kind's descriptors is called."""
    return "".join(part.title() for part in kind.split("-")) + "Descriptor"


def descriptor_field(**more: Any) -> fields.Dict:
    """The values of a descriptor, as its kind's profile has them."""
    choices = [{"$ref": f"#/components/schemas/{schema_name(kind)}"} for kind in KINDS]
    return fields.Dict(keys=fields.String(), required=True, metadata={"anyOf": choices, **more})
