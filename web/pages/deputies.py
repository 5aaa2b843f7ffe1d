"""Who reviews while a reviewer is away: naming a deputy, and ending it."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog import standing_in
from catalog.errors import Invalid, NotFound
from catalog.proposals import said
from catalog.viewers import Role
from standards.clocks import local_day
from standards.problems import Problem
from web.pages.posted import whole
from web.signin import current_viewer, parts, requires

pages = Blueprint("deputies", __name__)


@pages.get("/my/deputies")
@requires(Role.REVIEWER, Role.ADMINISTRATOR)
def page() -> ResponseReturnValue:
    """Who stands in for whom, and a form to name somebody."""
    return _page()


@pages.post("/my/deputies")
@requires(Role.REVIEWER, Role.ADMINISTRATOR)
def change() -> ResponseReturnValue:
    """Name a deputy, or end it."""
    act, _colon, number = request.form.get("act", "").partition(":")
    try:
        if act == "end":
            _end(whole(number) or 0)
        else:
            _name()
    except Invalid as invalid:
        return _page(invalid.problems, 422)
    return redirect(url_for("deputies.page"), 303)


def _name() -> None:
    viewer, now = current_viewer(), parts().clock.now()
    absent = request.form.get("absent", "").strip() or viewer.name
    deputy = request.form.get("deputy", "").strip()
    begins, ends = _day("begins"), _day("ends")
    try:
        with parts().database.writing() as db:
            standing_in.delegate(db, viewer, absent, deputy, begins, ends, now)
    except NotFound:
        zh, en = "没有这个账号。", "There is no such account."
        raise Invalid([said("deputy", "deputy", zh, en)]) from None
    flash(_("%(name)s 将代您审核。", name=deputy), "good")


def _end(number: int) -> None:
    with parts().database.writing() as db:
        standing_in.end(db, current_viewer(), number, parts().clock.now())
    flash(_("代办已结束。"), "good")


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, "").strip())
    except ValueError:
        zh, en = "应为日期，如 2026-01-31。", "A date like 2026-01-31 is expected."
        raise Invalid([said(name, "date", zh, en)]) from None


def _page(problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    viewer, now = current_viewer(), parts().clock.now()
    with parts().database.reading() as db:
        named = standing_in.concerning(db, viewer)
    page = render_template(
        "deputies.html",
        named=named,
        problems=problems,
        typed=request.form,
        today=local_day(now).isoformat(),
        everybody=viewer.may(Role.ADMINISTRATOR),
    )
    return page, status
