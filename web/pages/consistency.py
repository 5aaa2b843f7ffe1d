"""The findings of the consistency audit, side by side, and the one click that follows them."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog.consistency import following, keeping
from catalog.consistency.rules import NAMES
from catalog.errors import WrongState
from standards.consistency import wording
from web import findings, searching, seeing
from web.language import current_language
from web.signin import current_viewer, parts, requires

pages = Blueprint("consistency", __name__)
SIZE = 20
MOST = 5_000
"""Findings in a file."""


@pages.get("/review/consistency")
@requires(*keeping.ROLES)
def report() -> ResponseReturnValue:
    """What contradicts, by rule and agency, as it was last found."""
    with parts().database.reading() as db:
        page = following.listed(
            db, current_viewer(), _rule(), _agency(), SIZE, searching.one(request.args, "cursor")
        )
        run, waiting = keeping.last(db), keeping.is_waiting(db)
    seeing.named(each.identifier for found in page.findings for each in found.entries)
    return render_template(
        "consistency.html",
        page=page,
        run=run,
        waiting=waiting,
        rules=[(wording(name), page.rules.get(name, 0)) for name in NAMES],
        wording=wording,
        rule=_rule(),
        agency=_agency(),
    )


@pages.get("/review/consistency.csv")
@requires(*keeping.ROLES)
def download() -> ResponseReturnValue:
    """The same as a file."""
    with parts().database.reading() as db:
        page = following.listed(db, current_viewer(), _rule(), _agency(), MOST)
    seeing.named(each.identifier for found in page.findings for each in found.entries)
    rows = findings.table(page.findings, current_language())
    answered = Response(findings.written(findings.HEADINGS, rows), content_type="text/csv")
    answered.headers["Content-Disposition"] = 'attachment; filename="consistency.csv"'
    return answered


@pages.post("/review/consistency/run")
@requires(*keeping.ROLES)
def run() -> ResponseReturnValue:
    """Have the worker look again."""
    with parts().database.writing() as db:
        keeping.ask(db, current_viewer(), parts().clock.now())
    flash(_("已排队，核查完成后刷新本页。"), "good")
    return redirect("/review/consistency", 303)


@pages.post("/review/consistency/follow")
@requires(*keeping.ROLES)
def follow() -> ResponseReturnValue:
    """Ask that the entries of a finding be decided anew."""
    key = request.form.get("finding", "")
    try:
        with parts().database.writing() as db:
            asked = following.follow(db, current_viewer(), key, parts().clock.now())
    except WrongState:
        flash(_("这一处已经转办过了。"), "good")
    else:
        numbers = "、".join(str(number) for number in sorted(set(asked.values())))
        flash(_("已转办：申请 %(numbers)s", numbers=numbers), "good")
    back = request.form.get("back", "")
    query = f"?{back}" if back and back.isprintable() else ""
    return redirect(f"/review/consistency{query}#findings", 303)


def _rule() -> str:
    return searching.choice(request.args, "rule", ("", *NAMES)) if request.args.get("rule") else ""


def _agency() -> str:
    return searching.one(request.args, "agency")
