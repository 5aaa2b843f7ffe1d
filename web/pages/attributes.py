"""Proposing other attributes for a served entry, or that they be decided anew as they are."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog.entries import EntryView
from catalog.errors import Conflict, Forbidden, Invalid, Stale, WrongState
from catalog.requests import decisions
from catalog.requests.leaving import may_ask
from catalog.requests.proposing import propose_attributes
from standards.problems import Problem
from standards.summary import summarize
from web import seeing
from web.pages import deciding
from web.pages.desk_view import decided
from web.pages.posted import whole
from web.pages.signing_in import keeping
from web.signin import current_viewer, parts, signed_in

pages = Blueprint("attributes", __name__)


@pages.get("/entries/<identifier>/attributes")
@signed_in
def form(identifier: str) -> ResponseReturnValue:
    """The attributes as they are served, with what was decided about them."""
    return _page(_entry(identifier))


@pages.post("/entries/<identifier>/attributes")
@keeping
def send(identifier: str) -> ResponseReturnValue:
    """Hand the proposal in; what is wrong with it brings the page back."""
    view = _entry(identifier)
    act, _colon, target = request.form.get("act", "").partition(":")
    if act in ("add", "remove") or g.get("untrusted", False):
        return _page(view, more=target if act == "add" else "")
    revision = whole(request.form.get("revision", "")) or 0
    chosen = deciding.chosen(view.kind, view.shown.descriptor.values)
    try:
        with parts().database.writing() as db:
            now, reason = parts().clock.now(), request.form.get("reason", "")
            outcome = propose_attributes(
                db, current_viewer(), identifier, chosen, revision, reason, now
            )
    except Invalid as invalid:
        return _page(view, invalid.problems, 422)
    except (Stale, Conflict):
        return _page(_entry(identifier), status=409)
    flash(_("已提交，等待审核。"), "good")
    return redirect(url_for("desk.one", number=outcome.request), 303)


def _entry(identifier: str) -> EntryView:
    view = seeing.look_up(identifier)
    if not may_ask(current_viewer(), view.agency.path):
        raise Forbidden(f"no registrar or reviewer of {view.agency.code}")
    if view.served is None:
        raise WrongState(identifier, view.state)
    return seeing.shown(view)


def _page(
    view: EntryView, problems: tuple[Problem, ...] = (), status: int = 200, more: str = ""
) -> ResponseReturnValue:
    values = deciding.typed(view.kind, view.shown.descriptor.values)
    with parts().database.reading() as db:
        standing = decisions.standing(db, [view.identifier]).get(view.identifier, [])
    page = render_template(
        "attributes.html",
        view=view,
        title=summarize(view.shown.descriptor).title,
        fields=deciding.fields(view.kind, values, problems, more),
        problems=problems,
        decisions=decided(standing),
        taken=view.pending is not None,
        stale=status == 409,
        reason=request.form.get("reason", ""),
    )
    return page, status
