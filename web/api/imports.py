"""Registering a file of many: send it, see how it would be read, confirm, follow the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from marshmallow import fields

from catalog.viewers import Role
from harvesters.faults import HarvestFault
from harvesters.importing import Examined, Import, enqueue_file, examine
from standards.problems import Text
from standards.profile import KINDS, Level, profile
from web import errors, uploads
from web.api.entries import LEVELS
from web.api.guard import guarded
from web.api.openapi import Fault
from web.api.resource import Resource
from web.api.shapes import Shape, code, line, listed, mapped, nested, text
from web.api.sources import Run, run_view
from web.jsonio import answer
from web.language import current_language
from web.signin import current_viewer, parts

api = Resource("api-imports", __name__, url_prefix="/api/v1/imports", description="Files of many")
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
                },
            }
        }
    },
}
TICKET = {
    "in": "path",
    "name": "ticket",
    "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
    "required": True,
}


class Reading(Shape):
    """How a file would be read: its columns by heading, for a person to confirm."""

    ticket = text(description="Send it back to confirm, within a week")
    file = text()
    kind = code(*KINDS, allow_none=True)
    columns = mapped(fields.String(allow_none=True), description="Path in the profile, or null")
    unread = listed(text(), description="Headings that mean nothing here")
    samples = listed(mapped(fields.String()))
    notes = listed(nested(Fault))


class Confirmation(Shape):
    """How the file shall be read. Columns left out are read as proposed."""

    agency = line(1, 20)
    kind = code(*KINDS, required=False)
    level = code(*LEVELS, required=False)
    columns = fields.Dict(keys=fields.String(), values=fields.String(allow_none=True))


@api.post("")
@guarded(Role.REGISTRAR)
@api.doc(requestBody=FILE)
@api.response(201, Reading)
def propose() -> Response:
    """Send a spreadsheet (CSV, XLSX) or XML and see how it would be read. Nothing is registered."""
    sent = request.files.get("file")
    kind = request.form.get("kind")
    if sent is None:
        raise errors.wrong("file", Text("缺少文件", "is missing"))
    if kind is not None and kind not in KINDS:
        raise errors.wrong("kind", Text("没有这种资源类别", "is no kind"))
    kept = uploads.keep(parts().settings.data_dir, current_viewer().account, sent)
    found = _examined(kept, kind)
    return answer(reading(kept, found), 201)


@api.post("/<ticket>")
@guarded(Role.REGISTRAR)
@api.doc(parameters=[TICKET])
@api.arguments(Confirmation)
@api.response(202, Run)
def confirm(body: Mapping[str, Any], ticket: str) -> Response:
    """Have the file read as confirmed. The run tells what became of each record."""
    viewer = current_viewer()
    kept = uploads.find(parts().settings.data_dir, viewer.account, ticket)
    found = _examined(kept, body.get("kind"))
    wanted = Import(
        kept.path,
        body["agency"],
        kind=found.kind if found else body.get("kind"),
        level=Level(body.get("level", Level.MINIMAL)),
        mapping=_mapping(found, body.get("columns", {})) if found else None,
    )
    run = enqueue_file(parts().database, wanted, viewer, parts().clock)
    return answer(run_view(run), 202)


def reading(kept: uploads.Upload, found: Examined | None) -> dict[str, Any]:
    """What was found in a file, as JSON; XML has no columns."""
    language = current_language()
    return {
        "ticket": kept.ticket,
        "file": kept.path.name,
        "kind": found.kind if found else None,
        "columns": dict(found.columns) if found else {},
        "unread": list(found.unknown) if found else [],
        "samples": [dict(row) for row in found.samples] if found else [],
        "notes": [errors.told(note, language) for note in found.notes] if found else [],
    }


def _examined(kept: uploads.Upload, kind: str | None) -> Examined | None:
    try:
        return examine(kept.path, kind)
    except HarvestFault as fault:
        problem = fault.problem
        raise errors.refuse(422, problem.message, problems=(problem,)) from None


def _mapping(found: Examined, chosen: Mapping[str, str | None]) -> dict[str, Any]:
    """The mapping as confirmed. A heading that the file lacks, or a path that is none, is told."""
    known = {path for path, _ in profile(found.kind).walk()}
    for heading, path in chosen.items():
        if heading not in found.columns:
            raise errors.wrong(f"columns.{heading}", Text("文件中没有这一列", "is no column"))
        if path is not None and path not in known:
            raise errors.wrong(f"columns.{heading}", Text("没有这个元素", "means no element"))
    return {**found.mapping, "columns": {**found.columns, **chosen}}
