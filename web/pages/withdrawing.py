"""Asking that an entry leave the directory: never without a reason, and somebody else agrees."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog.entries import EntryView
from catalog.errors import Forbidden, Invalid, Stale
from catalog.requests.leaving import may_ask, withdraw
from standards.problems import Problem
from standards.summary import summarize
from web import seeing
from web.pages.posted import whole
from web.pages.signing_in import keeping
from web.pages.words import entry_url
from web.signin import current_viewer, parts, signed_in

pages = Blueprint("withdrawing", __name__)


@pages.get("/entries/<identifier>/withdraw")
@signed_in
def form(identifier: str) -> ResponseReturnValue:
    """What withdrawing means, and the field for the reason."""
    return _page(_entry(identifier))


@pages.post("/entries/<identifier>/withdraw")
@keeping
def send(identifier: str) -> ResponseReturnValue:
    """Withdraw it; who changed it meanwhile, or a missing reason, brings the page back."""
    view = _entry(identifier)
    if g.get("untrusted", False):
        return _page(view)
    revision = whole(request.form.get("revision", "")) or 0
    try:
        with parts().database.writing() as db:
            reason, now = request.form.get("reason", ""), parts().clock.now()
            outcome = withdraw(db, current_viewer(), identifier, revision, reason, now)
    except Invalid as invalid:
        return _page(view, invalid.problems, 422)
    except Stale:
        return _page(_entry(identifier), status=409)
    title = summarize(view.shown.descriptor).title
    if outcome.request is None:
        flash(_("已撤销：%(title)s", title=title), "good")
        return redirect("/", 303)
    flash(_("已申请撤销，等待审核：%(title)s", title=title), "good")
    return redirect(entry_url(identifier), 303)


def _entry(identifier: str) -> EntryView:
    view = seeing.look_up(identifier)
    if not may_ask(current_viewer(), view.agency.path):
        raise Forbidden(f"no registrar or reviewer of {view.agency.code}")
    return seeing.shown(view)


def _page(
    view: EntryView, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "withdraw.html",
        view=view,
        title=summarize(view.shown.descriptor).title,
        problems=problems,
        stale=status == 409,
        reason=request.form.get("reason", ""),
    )
    return page, status
