"""Asking for the resource of an entry: the form, and the receipt that is printed or copied."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog import agencies
from catalog.access.applicants import Person
from catalog.access.asking import Asking, asks_as
from catalog.access.grants import item_names
from catalog.access.holding import Kind
from catalog.entries import EntryView
from catalog.errors import Invalid, NotFound, WrongState
from standards.codelists import codelist
from standards.problems import Problem
from standards.summary import summarize
from web import access, seeing
from web.security import keeps_input
from web.signin import current_viewer, parts

pages = Blueprint("asking_access", __name__)
PERSON = ("name", "paper", "paper_number", "phone", "email", "address", "purpose")


@pages.get("/entries/<identifier>/ask")
def form(identifier: str) -> ResponseReturnValue:
    """What is asked for, by whom, and in what form."""
    return _page(_entry(identifier))


@pages.post("/entries/<identifier>/ask")
@keeps_input
def send(identifier: str) -> ResponseReturnValue:
    """Send the request; what is wrong brings the form back with everything in it."""
    view = _entry(identifier)
    if g.get("untrusted", False):
        return _page(view, resumed=True)
    try:
        receipt = access.send(identifier, _asking(view))
    except Invalid as invalid:
        return _page(view, invalid.problems, 422)
    if not receipt.code:
        flash(_("申请已经送出，编号 %(number)s。", number=receipt.number), "good")
        return redirect(f"/access/{receipt.number}", 303)
    access.remember(receipt.number, receipt.code)
    return redirect(f"/access/{receipt.number}/receipt", 303)


@pages.get("/access/<number>/receipt")
def receipt(number: str) -> ResponseReturnValue:
    """The receipt, as long as this browser has it in hand."""
    code = access.code_of(number)
    if not code:
        return redirect("/access", 303)
    try:
        view = access.look_up(number, code)
    except NotFound:
        return redirect("/access", 303)
    return access.private(render_template("access-receipt.html", view=view, code=code))


def _entry(identifier: str) -> EntryView:
    view = seeing.look_up(identifier)
    if view.served is None:
        raise WrongState(identifier, view.state)
    return view


def _asking(view: EntryView) -> Asking:
    sent = request.form
    what, items = sent.get("what", ""), tuple(sent.getlist("items"))
    if asks_as(current_viewer(), view.agency.path) is Kind.AGENCY:
        agency = sent.get("agency") or _own()[0]
        return Asking(what, items, agency=agency, purpose=sent.get("purpose", ""))
    person = Person(**{name: sent.get(name, "") for name in PERSON})
    return Asking(what, items, sent.get("form", ""), sent.get("receiving", ""), person)


def _own() -> list[str]:
    """The agencies that the viewer may ask for."""
    return sorted({grant.agency for grant in current_viewer().grants if grant.agency})


def _page(
    view: EntryView,
    problems: Sequence[Problem] = (),
    status: int = 200,
    resumed: bool = False,
) -> ResponseReturnValue:
    summary = summarize(seeing.shown(view).shown.descriptor)
    with parts().database.reading() as db:
        own = agencies.some(db, _own())
    page = render_template(
        "access-ask.html",
        view=view,
        summary=summary,
        kind=asks_as(current_viewer(), view.agency.path),
        own=[own[code] for code in _own() if code in own],
        items=item_names(view.shown.descriptor),
        problems=list(problems),
        resumed=resumed,
        days=parts().settings.identity_days,
        sent=request.form,
        chosen=request.form.getlist("items"),
        what=request.form.get("what", _("申请获取《%(title)s》。", title=summary.title)),
        lists={
            name: codelist(name).codes
            for name in ("access-forms", "access-receiving", "identity-papers")
        },
    )
    return access.private(page, status)
