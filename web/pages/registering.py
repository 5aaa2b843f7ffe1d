"""Registering a resource by hand: choose the kind, fill in the form, save or submit."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog import agencies
from catalog.agencies import AgencyView
from catalog.registration import Outcome, Proposal, register
from catalog.twins import sent_before
from catalog.viewers import Role
from standards.profile import KINDS, profile
from web.pages import filling, forms
from web.pages.filling import Filled, Shell
from web.pages.signing_in import keeping
from web.pages.words import entry_url, told
from web.signin import current_viewer, parts, requires

pages = Blueprint("registering", __name__)


@pages.get("/register")
@requires(Role.REGISTRAR)
def choose() -> ResponseReturnValue:
    """A document, another resource, or a whole table of them."""
    return render_template("register.html", kinds=[profile(kind) for kind in KINDS])


@pages.get("/register/<kind:kind>")
@requires(Role.REGISTRAR)
def form(kind: str) -> ResponseReturnValue:
    """The empty form, with what is known of the agency filled in."""
    shell = _shell(kind)
    chosen = next(each for each in shell.agencies if each.code == shell.agency)
    return filling.page(kind, _known(kind, chosen), shell)


@pages.post("/register/<kind:kind>")
@keeping
@requires(Role.REGISTRAR)
def send(kind: str) -> ResponseReturnValue:
    """Save a draft, submit, or change the rows of the form."""
    filled = filling.sent(kind)
    shell = _shell(kind)
    if not filled.saves:
        return filling.again(filled, shell)
    if found := filling.alike(filled, shell.agency):
        return filling.page(kind, filled.values, replace(shell, alike=found))
    outcome = _register(filled, shell.agency)
    if outcome.rejected or outcome.identifier is None:
        problems = outcome.problems or filling.problems_of(filled)
        return filling.page(kind, filled.values, shell, problems, status=422)
    submitted = filled.act == filling.SUBMIT
    flash(_("已提交，等待审核。") if submitted else _("草稿已保存。"), "good")
    filling.tell_personal(outcome.problems)
    if submitted:
        filling.tell_lacking(filled)
    return redirect(entry_url(outcome.identifier), 303)


def _register(filled: Filled, agency: str) -> Outcome:
    submit = filled.act == filling.SUBMIT
    proposal = Proposal(filled.kind, filled.values, agency, forms.LEVEL, submit=submit)
    viewer, now = current_viewer(), parts().clock.now()
    return parts().database.write(
        lambda db: (
            sent_before(db, viewer, proposal, now) or register(db, viewer, [proposal], now)[0]
        )
    )


def _shell(kind: str) -> Shell:
    """The heading and the agencies to choose from; the one chosen before stays chosen."""
    with parts().database.reading() as db:
        mine = filling.writable(current_viewer(), agencies.every(db))
    if not mine:
        abort(403)
    asked = request.values.get("agency", "")
    chosen = asked if asked in {agency.code for agency in mine} else _own(mine)
    title = _("登记%(kind)s", kind=told(profile(kind).label))
    return Shell(title, "/register", mine, chosen)


def _own(mine: list[AgencyView]) -> str:
    """The agency for which the role is held, rather than one below it."""
    granted = {grant.agency for grant in current_viewer().grants if grant.role is Role.REGISTRAR}
    return next((each.code for each in mine if each.code in granted), mine[0].code)


def _known(kind: str, agency: AgencyView) -> dict[str, object]:
    """The provider, where it is the agency itself; which element that is the profile says."""
    values: dict[str, object] = {}
    facts = {"provider": agency.name, "provider_code": agency.credit_code}
    for role, fact in facts.items():
        for element in profile(kind).card(role) if fact else ():
            top, _, part = element.path.partition(".")
            values.setdefault(top, [{}])[0][part] = fact  # type: ignore[index]
    return values
