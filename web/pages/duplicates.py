"""Entries that look like one another, side by side: merged, or declared to be different things."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog.entries import EntryView
from catalog.errors import Invalid
from catalog.identity import deciding, reading
from catalog.identity.asking import KINDS
from catalog.identity.keeping import DISTINCT, OPEN
from catalog.identity.reading import LikePair
from catalog.requests.leaving import may_ask
from catalog.viewers import Role
from standards.descriptor import Descriptor
from standards.likeness import data
from standards.profile import profile
from standards.summary import summarize
from web import searching, seeing
from web.language import current_language
from web.pages.comparing import Pair, compare
from web.pages.signing_in import keeping
from web.pages.words import told
from web.signin import current_viewer, parts, requires

pages = Blueprint("duplicates", __name__)
SIZE = 20
ROLES = (Role.REGISTRAR, Role.REVIEWER, Role.ADMINISTRATOR, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two in a few words; ``into`` says whether the other may be merged into it."""

    view: EntryView
    title: str
    removable: bool


@pages.get("/duplicates")
@requires(*ROLES)
def listing() -> ResponseReturnValue:
    """The pairs that are the viewer's to judge, by evidence."""
    kind = searching.choice(request.args, "kind", ("", *KINDS)) if _asked("kind") else ""
    state = searching.choice(request.args, "state", (OPEN, DISTINCT)) if _asked("state") else OPEN
    cursor = searching.one(request.args, "cursor")
    with parts().database.reading() as db:
        page = reading.listed(db, current_viewer(), kind, state, SIZE, cursor)
        crowds = reading.crowds(db, current_viewer()) if state == OPEN and not cursor else []
    shown = [view for pair in page.pairs for view in (pair.one, pair.other)]
    seeing.listed([*shown, *(view for crowd in crowds for view in crowd.some)])
    return render_template(
        "duplicates.html",
        pairs=[(pair, side(pair.one), side(pair.other)) for pair in page.pairs],
        crowds=[(crowd, [side(view) for view in crowd.some]) for crowd in crowds],
        next=page.next,
        kinds=[(each, data().labels[each], page.kinds.get(each, 0)) for each in KINDS],
        kind=kind,
        state=state,
        distinct=DISTINCT,
        open=OPEN,
    )


@pages.get("/duplicates/<one>/<other>")
@requires(*ROLES)
def pair(one: str, other: str) -> ResponseReturnValue:
    """Both side by side, what differs marked."""
    return _page(one, other)


@pages.post("/duplicates/<one>/<other>")
@keeping
@requires(*ROLES)
def declare(one: str, other: str) -> ResponseReturnValue:
    """Declare them to be about different resources."""
    reason, now = request.form.get("reason", ""), parts().clock.now()
    try:
        with parts().database.writing() as db:
            deciding.declare_distinct(db, current_viewer(), one, other, reason, now)
    except Invalid as invalid:
        return _page(one, other, told(invalid.problems[0].message), 422)
    flash(_("已记录：不是同一项资源。"), "good")
    return redirect("/duplicates", 303)


def side(view: EntryView) -> Side:
    """One entry of a pair, for this viewer."""
    title = summarize(view.shown.descriptor).title
    removable = may_ask(current_viewer(), view.agency.path)
    return Side(view, title, removable)


def _page(one: str, other: str, problem: str = "", status: int = 200) -> ResponseReturnValue:
    with parts().database.reading() as db:
        found = reading.find(db, current_viewer(), one, other)
    for view in (found.one, found.other):
        seeing.shown(view)
    html = render_template(
        "duplicate.html",
        pair=found,
        one=side(found.one),
        other=side(found.other),
        rows=_rows(found),
        may_declare=deciding.may_declare(current_viewer(), found),
        open=OPEN,
        problem=problem,
        reason=request.form.get("reason", ""),
    )
    return html, status


def _rows(found: LikePair) -> list[Pair]:
    """Every element of either, those that differ first; what the directory assigns always does."""
    one, other = (_own(view) for view in (found.one, found.other))
    pairs = compare(one, other, current_language())
    return sorted(pairs, key=lambda each: not each.changed)


def _own(view: EntryView) -> Descriptor:
    descriptor = view.shown.descriptor
    assigned = {use.element.name for use in profile(descriptor.kind).elements if use.assigned}
    values = {name: each for name, each in descriptor.values.items() if name not in assigned}
    return Descriptor(descriptor.kind, values)


def _asked(name: str) -> bool:
    return bool(request.args.get(name))
