"""Claims to be the authoritative source of a data element (一数一源): made by agencies, decided by
the centre with both sides before its eyes.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog.elements import claims, scopes
from catalog.elements.claims import ACCEPTED, OPEN, STATES, ClaimView, Contest
from catalog.errors import Conflict, Gone, Invalid, Moved, NotFound, WrongState
from catalog.viewers import Role
from catalog.visibility import may_write
from standards.summary import summarize
from web import searching, seeing
from web.pages.signing_in import keeping
from web.pages.words import told
from web.signin import current_viewer, parts, requires

pages = Blueprint("claims", __name__)


@pages.get("/elements/claims")
@requires(*claims.ROLES)
def listing() -> ResponseReturnValue:
    """The claims in one state, the latest first."""
    given = request.args.get("state", "")
    state = searching.choice(request.args, "state", STATES) if given else OPEN
    cursor = request.args.get("cursor", "")
    before = int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 10 else 0
    with parts().database.reading() as db:
        found = claims.listed(db, current_viewer(), state, before=before)
    _seen(found)
    following = str(found[-1].claim.number) if len(found) == claims.PAGE else ""
    return render_template(
        "claims.html", found=found, states=STATES, state=state, next=following, **_words()
    )


@pages.get("/elements/claims/<int:number>")
@requires(*claims.ROLES)
def one(number: int) -> ResponseReturnValue:
    """A claim beside those with which it competes."""
    return _page(number)


@pages.post("/elements/claims/<int:number>")
@keeping
@requires(*claims.ROLES)
def decide(number: int) -> ResponseReturnValue:
    """Accept it (in place of those that were shown), refuse it, or let it end."""
    act, reason = request.form.get("act", ""), request.form.get("reason", "")
    shown = request.form.getlist("replacing")
    replacing = [int(each) for each in shown if each.isascii() and each.isdigit()]
    viewer, now = current_viewer(), parts().clock.now()
    try:
        with parts().database.writing() as db:
            if act == "end":
                claims.end(db, viewer, number, reason, now)
            elif act in ("accept", "refuse"):
                claims.decide(db, viewer, number, act == "accept", reason, now, replacing)
            else:
                raise NotFound(act)
    except Invalid as invalid:
        return _page(number, told(invalid.problems[0].message), 422)
    except Conflict:
        return _page(number, _("相竞争的主张有变化，请重新核对后再决定。"), 409)
    except WrongState:
        return _page(number, _("这项主张已经有了结果。"), 409)
    flash(_("已记录。"), "good")
    return redirect(url_for("claims.one", number=number), 303)


@pages.post("/elements/<element>/claims")
@keeping
@requires(Role.REGISTRAR)
def make(element: str) -> ResponseReturnValue:
    """Claim that an entry is the authoritative source."""
    entry, division, reason = (
        request.form.get(name, "").strip() for name in ("entry", "division", "reason")
    )
    now = parts().clock.now()
    try:
        with parts().database.writing() as db:
            number = claims.make(db, current_viewer(), element, entry, division, reason, now)
    except Invalid as invalid:
        flash(told(invalid.problems[0].message), "bad")
    except Conflict:
        flash(_("这个条目已经提出过同样的主张。"), "bad")
    except (NotFound, Gone, Moved):
        flash(_("没有这个条目或数据元。"), "bad")
    else:
        flash(_("主张已提交，由目录中心决定。"), "good")
        return redirect(url_for("claims.one", number=number), 303)
    return redirect(url_for("elements.one", element=element) + "#claiming", 303)


def _page(number: int, problem: str = "", status: int = 200) -> ResponseReturnValue:
    viewer = current_viewer()
    with parts().database.reading() as db:
        contest = claims.find(db, viewer, number)
        decides = claims.may_decide(db, viewer, contest.claim)
    _seen([contest])
    state = contest.claim.state
    html = render_template(
        "claim.html",
        contest=contest,
        decides=decides and state == OPEN,
        ends=(state == ACCEPTED and decides)
        or (state == OPEN and may_write(viewer, contest.claim.agency.path)),
        problem=problem,
        reason=request.form.get("reason", ""),
        **_words(),
    )
    return html, status


def _words() -> dict[str, object]:
    return {
        "scope": lambda division: told(scopes.name(division)),
        "title": _title,
        "accepted": ACCEPTED,
    }


def _title(claim: ClaimView) -> str:
    return summarize(claim.entry.shown.descriptor).title if claim.entry else ""


def _seen(found: list[Contest]) -> None:
    sides = [side for each in found for side in (each.claim, *each.rivals)]
    seeing.named(each.entry.identifier for each in sides if each.entry)
