"""The description as JSON at /api/v1/openapi.json, and as a page for people at /api/v1/."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Flask, Response, render_template, request
from markupsafe import Markup
from werkzeug.http import generate_etag

from web.errors import TITLES
from web.jsonio import JSON


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a program can ask for."""

    anchor: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    roles: str
    parameters: tuple[Mapping[str, Any], ...]
    body: str | None
    answers: tuple[tuple[str, str, str | None], ...]


def publish(app: Flask, description: Mapping[str, Any]) -> None:
    """Serve the description, written once."""
    written = orjson.dumps(description, option=orjson.OPT_NON_STR_KEYS)
    etag = generate_etag(written)
    operations = tuple(_operations(description))
    shapes = {
        name: orjson.dumps(shape, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode()
        for name, shape in sorted(description["components"]["schemas"].items())
    }

    def openapi() -> Response:
        answered = Response(written, mimetype=JSON)
        answered.set_etag(etag)
        answered.make_conditional(request)
        return answered

    def page() -> str:
        tags = description["tags"]
        return render_template(
            "api/reference.html",
            info=description["info"],
            groups=[
                (tag, [each for each in operations if each.tag == tag["name"]]) for tag in tags
            ],
            shapes=shapes,
            troubles=TITLES,
            ticked=ticked,
            values=_values,
        )

    app.add_url_rule("/api/v1/openapi.json", "openapi", openapi)
    app.add_url_rule("/api/v1/", "reference", page)


def ticked(text: str) -> Markup:
    """Text for a page, with what stands between backticks as code."""
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part
        for place, part in enumerate(text.split("`"))
    )


def _values(schema: Mapping[str, Any]) -> str:
    """What a parameter may be, in a few words."""
    told = str(schema.get("type", ""))
    if told == "array":
        told = f"{schema['items'].get('type', '')} …"
    if "enum" in schema:
        told = " | ".join(schema["enum"])
    return f"{told} ({schema['default']})" if "default" in schema else told


def _operations(description: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in description["paths"].items():
        shared = methods.get("parameters", [])
        for method, told in methods.items():
            if method == "parameters":
                continue
            yield Operation(
                anchor=f"{method}{path}".replace("/", "-").replace("{", "").replace("}", ""),
                method=method.upper(),
                path=path,
                tag=told["tags"][0],
                summary=told.get("summary", ""),
                description=told.get("description", ""),
                roles=told.get("x-roles", ""),
                parameters=(*shared, *told.get("parameters", ())),
                body=_shape(told.get("requestBody", {})),
                answers=tuple(_answers(told["responses"])),
            )


def _answers(responses: Mapping[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    for status, told in responses.items():
        if "$ref" not in told:
            yield str(status), told.get("description", ""), _shape(told)


def _shape(told: Mapping[str, Any]) -> str | None:
    """The name of the shape of a body."""
    for media in told.get("content", {}).values():
        schema = media.get("schema", {})
        reference = str(schema.get("$ref", "")) if isinstance(schema, Mapping) else ""
        return reference.rpartition("/")[2] or None
    return None
