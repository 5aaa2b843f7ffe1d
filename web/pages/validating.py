"""The public validator: a file, a text or one descriptor is checked by the rules of registration,
and nothing of it is kept."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from harvesters.checking import JSON, Checked
from harvesters.sources import readable
from standards.problems import Text
from standards.profile import KINDS, Level, profile
from standards.validation import validate
from web import validating
from web.errors import Refused
from web.language import current_language
from web.pages import filling, forms, report_view
from web.security import keeps_input

pages = Blueprint("validating", __name__)
SHOWN = 100
LEVELS: dict[Level, tuple[Text, Text]] = {
    Level.MINIMAL: (
        Text("最低", "Minimal"),
        Text(
            "只要有名称。先登记上，以后再补。",
            "A title is enough: registered first, completed later.",
        ),
    ),
    Level.CORE: (
        Text("核心", "Core"),
        Text(
            "国家标准 GB/T 21063.3 必填的 6 项，网上登记按这一级。",
            "The six elements that GB/T 21063.3 makes mandatory; the form asks for these.",
        ),
    ),
    Level.STRICT: (
        Text("严格", "Strict"),
        Text("国家标准必填的 8 项。", "All eight elements that the national standard demands."),
    ),
    Level.FULL: (
        Text("完整", "Full"),
        Text(
            "再加上 2017 年编制指南和信息公开目录的要求。",
            "With what the guide of 2017 and the disclosure catalogue ask for too.",
        ),
    ),
}


@pages.get("/validate")
def form() -> ResponseReturnValue:
    """Choose a file, or paste a text."""
    return _page()


@pages.post("/validate")
@keeps_input
def check() -> ResponseReturnValue:
    """Check what was sent and show the report."""
    validating.limited()
    sent, text = request.files.get("file"), request.form.get("text", "")
    try:
        kind = validating.kind_of(request.form.get("kind"))
        level = validating.level_of(request.form.get("level"))
        if sent is not None and sent.filename:
            return _page(validating.check_sent(sent, kind, level), sent.filename)
        if text.strip():
            return _page(validating.check_text(text, kind, level))
    except Refused as refused:
        return _page(trouble=refused.trouble.detail, status=422)
    told = Text("请选择一个文件，或粘贴内容。", "Choose a file, or paste something.")
    return _page(trouble=told, status=422)


@pages.get("/validate/<kind:kind>")
def descriptor(kind: str) -> ResponseReturnValue:
    """The form of one descriptor."""
    return _form(kind, Level.CORE)


@pages.post("/validate/<kind:kind>")
@keeps_input
def check_descriptor(kind: str) -> ResponseReturnValue:
    """Check one descriptor as it was filled in, or change the rows of the form."""
    validating.limited()
    filled = filling.sent(kind)
    level = validating.level_of(request.form.get("level"))
    more = filled.target if filled.act == "add" else ""
    if filled.act in ("add", "remove"):
        return _form(kind, level, filled.values, more)
    return _form(kind, level, filled.values, asked=True)


def _page(
    found: Checked | None = None, name: str = "", trouble: Text | None = None, status: int = 200
) -> ResponseReturnValue:
    lines = found.lines if found else ()
    records = report_view.checked(lines)
    html = render_template(
        "validate.html",
        found=found,
        name=name,
        records=records[:SHOWN],
        more=max(0, len(records) - SHOWN),
        tiers=report_view.tally(lines),
        trouble=trouble,
        kinds=[profile(kind) for kind in KINDS],
        kind=request.form.get("kind", ""),
        levels=LEVELS,
        level=request.form.get("level", Level.CORE.value),
        text=request.form.get("text", ""),
        readable=",".join(dict.fromkeys((JSON, *readable()))),
        megabytes=validating.MEGABYTES,
        bounds=validating.BOUNDS,
    )
    answer = make_response(html, status)
    if found or trouble:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _form(
    kind: str,
    level: Level,
    values: dict[str, object] | None = None,
    more: str = "",
    asked: bool = False,
) -> ResponseReturnValue:
    problems = validate(kind, values or {}, level).problems if asked else ()
    form = forms.build(kind, values or {}, problems, current_language(), more)
    html = render_template(
        "validate-form.html",
        form=form,
        known=profile(kind),
        asked=asked,
        problems=problems,
        levels=LEVELS,
        level=level.value,
    )
    answer = make_response(html)
    if asked:
        answer.headers["Cache-Control"] = "no-store"
    return answer
