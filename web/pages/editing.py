"""Changing an entry. What is served stays served until a reviewer has said yes; when somebody
else changed it meanwhile, both versions are shown and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog.entries import EntryView
from catalog.errors import Forbidden, Invalid, Stale
from catalog.proposals import needed
from catalog.registration import revise
from catalog.visibility import may_write
from standards import personal
from standards.descriptor import Descriptor
from standards.profile import profile
from standards.summary import summarize
from standards.validation import validate
from web import seeing
from web.language import current_language
from web.pages import filling, forms
from web.pages.comparing import Pair, compare
from web.pages.filling import Filled, Shell
from web.pages.posted import whole
from web.pages.signing_in import keeping
from web.pages.words import entry_url
from web.signin import current_viewer, parts, signed_in

pages = Blueprint("editing", __name__)


@pages.get("/entries/<identifier>/edit")
@signed_in
def form(identifier: str) -> ResponseReturnValue:
    """The form with the version in hand: the pending one, else the one served."""
    view = _entry(identifier)
    version = view.pending or view.shown
    descriptor = version.descriptor
    problems = personal.findings(descriptor)
    return filling.page(view.kind, descriptor.values, _shell(view, view.revision), problems)


@pages.post("/entries/<identifier>/edit")
@keeping
def send(identifier: str) -> ResponseReturnValue:
    """Save, submit, or change the rows of the form."""
    view = _entry(identifier)
    filled = filling.sent(view.kind)
    known = whole(request.form.get("revision", "")) or 0
    if not filled.saves:
        return filling.again(filled, _shell(view, known))
    submit = filled.act == filling.SUBMIT
    try:
        note = needed(_note()) if view.source and submit else _note()
        with parts().database.writing() as db:
            viewer, now = current_viewer(), parts().clock.now()
            saved = revise(
                db, viewer, identifier, filled.values, known, now, forms.LEVEL, submit, note=note
            )
    except Invalid as invalid:
        shell = _shell(view, known)
        return filling.page(view.kind, filled.values, shell, invalid.problems, status=422)
    except Stale:
        return _conflict(_entry(identifier), filled)
    flash(_("修改已提交，等待审核。") if submit else _("草稿已保存。"), "good")
    filling.tell_personal(saved.problems)
    if submit:
        filling.tell_lacking(filled)
    return redirect(entry_url(identifier), 303)


def _entry(identifier: str) -> EntryView:
    view = seeing.look_up(identifier)
    if not may_write(current_viewer(), view.agency.path):
        raise Forbidden(f"not a registrar of {view.agency.code}")
    return seeing.shown(view)


def _conflict(view: EntryView, filled: Filled) -> ResponseReturnValue:
    """Both versions side by side over the form as it was typed; saving again is now a choice."""
    now = (view.pending or view.shown).descriptor
    values = {**filled.values, **_assigned(now)}
    mine = validate(filled.kind, values, forms.LEVEL).descriptor
    pairs = [pair for pair in compare(now, mine, current_language()) if pair.changed]
    shell = _shell(view, view.revision, pairs)
    return filling.page(view.kind, filled.values, shell, status=409)


def _assigned(descriptor: Descriptor) -> dict[str, Any]:
    """What the directory gave the entry and nobody types."""
    given = (use.element.name for use in profile(descriptor.kind).elements if use.assigned)
    return {name: descriptor.values[name] for name in given if name in descriptor.values}


def _shell(view: EntryView, revision: int, conflict: Sequence[Pair] = ()) -> Shell:
    title = summarize((view.pending or view.shown).descriptor).title or view.identifier
    return Shell(
        title=_("修改：%(title)s", title=title),
        cancel=entry_url(view.identifier),
        revision=revision,
        remark=view.remark,
        conflict=conflict,
        source=view.source or "",
        note=_note(),
    )


def _note() -> str:
    return request.form.get("note", "")
