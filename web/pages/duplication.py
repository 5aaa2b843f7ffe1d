"""Duplicate collection (重复采集): which data elements several agencies collect, and what a
reviewer does about it.
"""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog.elements import duplication
from catalog.errors import Invalid
from web import duplication as told_as
from web import findings
from web.language import current_language
from web.pages.signing_in import keeping
from web.pages.words import told
from web.signin import current_viewer, parts, requires

pages = Blueprint("duplication", __name__)


@pages.get("/elements/duplicates")
@requires(*duplication.ROLES)
def listing() -> ResponseReturnValue:
    """The report: elements with the agencies that collect them, those with the most first."""
    with parts().database.reading() as db:
        found = duplication.report(db, current_viewer())
    return render_template(
        "duplication.html",
        found=found,
        settled=sum(each.settled for each in found),
        agencies=len({one.agency.code for each in found for one in each.collectors}),
        entries=sum(each.entries for each in found),
        standings=duplication,
    )


@pages.get("/elements/duplicates.csv")
@requires(*duplication.ROLES)
def download() -> ResponseReturnValue:
    """The same as a file, a line for each agency."""
    with parts().database.reading() as db:
        found = duplication.report(db, current_viewer())
    rows = told_as.table(found, current_language())
    answered = Response(findings.written(told_as.HEADINGS, list(rows)), content_type="text/csv")
    answered.headers["Content-Disposition"] = 'attachment; filename="duplicates.csv"'
    return answered


@pages.get("/elements/<element>/duplicates")
@requires(*duplication.ROLES)
def one(element: str) -> ResponseReturnValue:
    """The agencies that collect an element, and what can be done."""
    return _page(element)


@pages.post("/elements/<element>/duplicates")
@keeping
@requires(*duplication.DECIDING)
def act(element: str) -> ResponseReturnValue:
    """Tell agencies of it, or declare why one goes on."""
    viewer, now = current_viewer(), parts().clock.now()
    except_ = request.form.get("except", "")
    try:
        with parts().database.writing() as db:
            if except_:
                reason = request.form.get("reason", "")
                duplication.declare(db, viewer, element, except_, reason, now)
                flash(_("例外已记录。"), "good")
            else:
                chosen = request.form.getlist("agency")
                names = duplication.notify(db, viewer, element, chosen, now)
                flash(_("已通知 %(n)s 个部门。", n=len(names)), "good" if names else "warn")
    except Invalid as invalid:
        return _page(element, told(invalid.problems[0].message), 422)
    return redirect(url_for("duplication.one", element=element), 303)


def _page(element: str, problem: str = "", status: int = 200) -> ResponseReturnValue:
    viewer = current_viewer()
    with parts().database.reading() as db:
        found = duplication.of_element(db, viewer, element)
    html = render_template(
        "duplication-one.html",
        found=found,
        standings=told_as.STANDINGS,
        told_of=(duplication.BESIDE, duplication.UNSETTLED),
        decides=duplication.may_decide(viewer),
        problem=problem,
    )
    return html, status
