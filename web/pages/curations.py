"""Corrections of what sources say: those that stand, those over which the source says something
new, and how that is settled.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog.curation import reading, resolving
from catalog.curation.layer import CONFLICT, LIVE
from catalog.curation.reading import CurationView
from catalog.errors import CatalogError, Forbidden, Invalid, NotFound, WrongState
from catalog.viewers import Role
from standards.descriptor import Descriptor
from standards.profile import profile
from web import curations as exporting
from web import findings, searching, seeing
from web.language import current_language
from web.pages.posted import whole
from web.pages.shown import Shown, shown
from web.pages.signing_in import keeping
from web.pages.words import entry_url, told
from web.signin import current_viewer, parts, requires

pages = Blueprint("curations", __name__)
SIZE = 30
ROLES = (Role.REGISTRAR, Role.REVIEWER, Role.ADMINISTRATOR, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Told:
    """A correction in words: the element, and what was said before, is said now, and is served."""

    view: CurationView
    label: str
    before: Shown | None
    now: Shown | None
    value: Shown | None


@pages.get("/curations")
@requires(*ROLES)
def listing() -> ResponseReturnValue:
    """Those within the viewer's roles, by state and source."""
    state, source = _state(), searching.one(request.args, "source")
    cursor = searching.number(request.args, "cursor", 0, 0, 2**31 - 1)
    with parts().database.reading() as db:
        page = reading.listed(db, current_viewer(), state, source, SIZE, cursor)
    seeing.named(each.entry for each in page.curations)
    return render_template(
        "curations.html",
        page=page,
        curations=in_words(page.curations),
        state=state,
        source=source,
        conflict=CONFLICT,
    )


@pages.get("/curations.csv")
@requires(*ROLES)
def download() -> ResponseReturnValue:
    """What a source is to take over, as a file."""
    source = searching.one(request.args, "source")
    with parts().database.reading() as db:
        found = list(reading.exported(db, current_viewer(), source))
    seeing.named(each.entry for each in found)
    rows = exporting.table(found, current_language())
    answered = Response(findings.written(exporting.HEADINGS, rows), content_type="text/csv")
    answered.headers["Content-Disposition"] = 'attachment; filename="curations.csv"'
    return answered


@pages.post("/curations")
@keeping
@requires(*ROLES)
def settle() -> ResponseReturnValue:
    """Keep a correction, or propose that its source be followed again."""
    number = whole(request.form.get("curation", "")) or 0
    act, reason = request.form.get("act", ""), request.form.get("reason", "")
    with parts().database.reading() as db:
        entry = reading.find(db, current_viewer(), number).entry
    back = f"{entry_url(entry)}#curations"
    try:
        flash(_settled(act, number, reason), "good")
    except (Forbidden, NotFound):
        raise
    except Invalid as invalid:
        flash(told(invalid.problems[0].message), "bad")
    except (WrongState, CatalogError):
        flash(_("这一处刚被别人处理过，请再看一次。"), "ask")
    return redirect(back, 303)


def in_words(curations: Iterable[CurationView]) -> list[Told]:
    """Corrections as people read them."""
    return [_in_words(each) for each in curations]


def _settled(act: str, number: int, reason: str) -> str:
    viewer, now = current_viewer(), parts().clock.now()
    with parts().database.writing() as db:
        if act == "keep":
            resolving.keep(db, viewer, number, reason, now)
            return str(_("已保留更正。"))
        outcome = resolving.take(db, viewer, number, reason, now)
    return str(_("已提交，等待审核。") if outcome.request else _("更正已结束，从此以来源为准。"))


def _in_words(view: CurationView) -> Told:
    label = told(profile(view.kind).element(view.path).label)
    values = (view.sourced, view.now, view.value)
    before, now, value = (_shown(view, each) for each in values)
    return Told(view, label, before, now, value)


def _shown(view: CurationView, value: object) -> Shown | None:
    descriptor = Descriptor(view.kind, {view.path: value})
    return next(iter(shown(descriptor, current_language())), None)


def _state() -> str:
    asked = request.args.get("state")
    return searching.choice(request.args, "state", ("", *LIVE)) if asked else ""
