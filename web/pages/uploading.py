"""Registering a file of many: upload, see how its columns are read, confirm, read the report."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from catalog import agencies
from catalog.viewers import Role
from harvesters.faults import HarvestFault
from harvesters.importing import Examined, Import, examine, import_file
from harvesters.sources import readable
from standards.problems import Text
from standards.profile import KINDS, profile
from standards.spreadsheets import template
from web import uploads
from web.errors import Refused
from web.language import current_language
from web.pages import filling
from web.signin import current_viewer, parts, requires
from web.uploads import Upload

pages = Blueprint("uploading", __name__)
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/register/upload")
@requires(Role.REGISTRAR)
def form() -> ResponseReturnValue:
    """Choose a file."""
    return _form()


@pages.post("/register/upload")
@requires(Role.REGISTRAR)
def examined() -> ResponseReturnValue:
    """Keep the file and show how it would be read; nothing is written yet."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _form(Text("请先选择一个文件。", "Choose a file first."), 422)
    try:
        upload = uploads.keep(parts().settings.data_dir, current_viewer().account, sent)
    except Refused as refused:
        return _form(refused.trouble.detail, 422)
    return _look(upload, request.form.get("kind") or None)


@pages.post("/register/upload/<ticket>")
@requires(Role.REGISTRAR)
def confirmed(ticket: str) -> ResponseReturnValue:
    """Read the file as confirmed and show the report of the run."""
    upload = uploads.find(parts().settings.data_dir, current_viewer().account, ticket)
    agency = request.form.get("agency", "")
    kind = request.form.get("kind", "")
    if request.form.get("act") == "look":
        return _look(upload, kind or None)
    wanted = Import(
        upload.path,
        agency,
        kind=kind if kind in KINDS else None,
        mapping=_mapping(kind) if kind in KINDS else None,
    )
    report = import_file(parts().database, wanted, current_viewer(), parts().clock)
    return redirect(f"/runs/{report.run}", 303)


@pages.get("/register/template-<kind:kind>.xlsx")
def template_file(kind: str) -> Response:
    """An empty table made from the profile, with notes and drop-down lists."""
    answer = Response(template(kind, current_language()), content_type=EXCEL)
    answer.headers["Content-Disposition"] = f'attachment; filename="mulu-{kind}.xlsx"'
    return answer


def _form(trouble: Text | None = None, status: int = 200) -> ResponseReturnValue:
    known = [profile(kind) for kind in KINDS]
    files = ",".join(readable())
    return render_template("upload.html", kinds=known, readable=files, trouble=trouble), status


def _look(upload: Upload, kind: str | None) -> ResponseReturnValue:
    try:
        found = examine(upload.path, kind if kind in KINDS else None)
    except HarvestFault as fault:
        return _form(fault.problem.message, 422)
    with parts().database.reading() as db:
        mine = filling.writable(current_viewer(), agencies.every(db))
    return render_template(
        "mapping.html",
        file=upload.path.name,
        ticket=upload.ticket,
        found=found,
        kinds=[profile(each) for each in KINDS],
        agencies=mine,
        meanings=_meanings(found),
    )


def _meanings(found: Examined | None) -> list[tuple[str, str]]:
    """Everything that a column may mean: paths with their labels."""
    if found is None:
        return []
    language, told = current_language(), []
    for path, element in profile(found.kind).walk():
        top = profile(found.kind).element(path.partition(".")[0])
        own = element.label.in_language(language)
        label = own if top is element else f"{top.label.in_language(language)} › {own}"
        if not element.children or element.from_text:
            told.append((path, label))
    return told


def _mapping(kind: str) -> dict[str, Any]:
    """The columns as the person confirmed them; what is left empty is not read."""
    known = dict(profile(kind).walk())
    headings = request.form.getlist("heading")
    meant = request.form.getlist("meaning")
    pairs = zip(headings, meant, strict=False)
    columns = {heading: path if path in known else None for heading, path in pairs}
    source_key = request.form.get("source_key") or None
    return {"kind": kind, "columns": columns, "unknown": [], "source_key": source_key}
