"""Asking that an entry leave the directory: never without a reason, and somebody else agrees."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog.entries import EntryView
from catalog.errors import Conflict, Forbidden, Invalid, NotFound, Stale, WrongState
from catalog.proposals import Outcome, said
from catalog.requests import reading
from catalog.requests.leaving import may_ask, merge, withdraw
from catalog.requests.model import LEAVING, RequestView
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
    """Ask for it; who changed it meanwhile, or a missing reason, brings the page back."""
    return _send(identifier, merging=False)


@pages.get("/entries/<identifier>/merge")
@signed_in
def merging(identifier: str) -> ResponseReturnValue:
    """What merging means, and the fields for the other entry and the reason."""
    return _page(_entry(identifier), merging=True)


@pages.post("/entries/<identifier>/merge")
@keeping
def send_merging(identifier: str) -> ResponseReturnValue:
    """Ask that the entry lead to the other one."""
    return _send(identifier, merging=True)


def _send(identifier: str, merging: bool) -> ResponseReturnValue:
    view = _entry(identifier)
    if g.get("untrusted", False):
        return _page(view, merging=merging)
    try:
        outcome = _ask(identifier, merging)
    except Invalid as invalid:
        return _page(view, invalid.problems, 422, merging)
    except (NotFound, WrongState):
        zh, en = "没有这个条目，或它没有公布。", "There is no such entry, or it is not published."
        return _page(view, (said("into", "merge", zh, en),), 422, merging)
    except (Stale, Conflict):
        return _page(_entry(identifier), status=409, merging=merging)
    title = summarize(view.shown.descriptor).title
    if outcome.request is None:
        flash(_("已撤销：%(title)s", title=title), "good")
        return redirect("/", 303)
    told = _("已申请合并，等待审核：%(title)s", title=title)
    flash(told if merging else _("已申请撤销，等待审核：%(title)s", title=title), "good")
    return redirect(entry_url(identifier), 303)


def _ask(identifier: str, merging: bool) -> Outcome:
    revision = whole(request.form.get("revision", "")) or 0
    reason, into = request.form.get("reason", ""), request.form.get("into", "").strip()
    now, viewer = parts().clock.now(), current_viewer()
    with parts().database.writing() as db:
        if merging:
            return merge(db, viewer, identifier, into, revision, reason, now)
        return withdraw(db, viewer, identifier, revision, reason, now)


def _entry(identifier: str) -> EntryView:
    view = seeing.look_up(identifier)
    if not may_ask(current_viewer(), view.agency.path):
        raise Forbidden(f"no registrar or reviewer of {view.agency.code}")
    return seeing.shown(view)


def _page(
    view: EntryView,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
    merging: bool = False,
) -> ResponseReturnValue:
    page = render_template(
        "merge.html" if merging else "withdraw.html",
        view=view,
        title=summarize(view.shown.descriptor).title,
        problems=problems,
        stale=status == 409,
        asked=_leaving(view.identifier),
        reason=request.form.get("reason", ""),
        into=request.values.get("into", ""),
    )
    return page, status


def _leaving(identifier: str) -> RequestView | None:
    """The open request that it leave, if it was asked already."""
    with parts().database.reading() as db:
        found = reading.of_entry(db, current_viewer(), identifier)
    return next((each for each in found if each.is_open and each.purpose in LEAVING), None)
