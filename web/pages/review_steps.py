"""The steps of a review and its days, by agency and risk, as administrators set them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog import agencies
from catalog.errors import Invalid
from catalog.requests import routes
from catalog.requests.model import RISKS
from catalog.viewers import Role
from standards.clocks import clock
from standards.problems import Problem
from web.pages import requests_told
from web.pages.posted import whole
from web.signin import current_viewer, parts, requires

pages = Blueprint("review_steps", __name__)


@pages.get("/review/steps")
@requires(Role.ADMINISTRATOR)
def page() -> ResponseReturnValue:
    """What is set, and a form to set a route."""
    return _page()


@pages.post("/review/steps")
@requires(Role.ADMINISTRATOR)
def choose() -> ResponseReturnValue:
    """Set the steps and the days of a risk for an agency, or let what is above it hold again."""
    sent = request.form
    steps = sent.getlist("steps") if sent.get("act") != "drop" else []
    days = whole(sent.get("days", "")) or 0
    if sent.get("act") == "drop":
        days = clock("filing").days
    elif not steps:
        flash(_("请至少选择一个审核步骤。"), "bad")
        return _page(status=422)
    try:
        with parts().database.writing() as db:
            now, viewer = parts().clock.now(), current_viewer()
            for risk in sent.getlist("risk"):
                routes.choose(db, viewer, sent.get("agency", ""), risk, steps, days, now)
    except Invalid as invalid:
        return _page(invalid.problems, 422)
    flash(_("审核步骤已设定；正在办理的不受影响。"), "good")
    return redirect(url_for("review_steps.page"), 303)


def _page(problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    viewer = current_viewer()
    with parts().database.reading() as db:
        known = agencies.every(db)
        mine = [each for each in known if viewer.may(Role.ADMINISTRATOR, each.path)]
        codes = {each.code for each in mine}
        set_now = [each for each in routes.settings(db) if each.agency in codes]
    page = render_template(
        "steps.html",
        settings=set_now,
        agencies=mine,
        risks=RISKS,
        usual=clock("filing"),
        problems=problems,
        typed=request.form,
        requested=requests_told,
    )
    return page, status
