"""Requests for access: looked up by a receipt, listed by an agency, answered by the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog.access import answering, applicants, asking, grants, handling, reading
from catalog.access.answering import Answer
from catalog.access.applicants import Person
from catalog.access.holding import Access
from catalog.access.reading import AccessView, Filters
from catalog.access.sealing import Unreadable
from catalog.errors import Invalid, NotFound, WrongState
from catalog.viewers import Role
from standards.codelists import Code, codelist
from standards.problems import Problem
from web import access, seeing
from web.pages.access_words import UNSEEN, done
from web.pages.deeds import deed
from web.pages.signing_in import keeping
from web.security import keeps_input
from web.signin import current_viewer, is_signed_in, parts, requires

pages = Blueprint("access", __name__)
OVERDUE, EVERY = "overdue", "all"


@pages.get("/access")
def desk() -> ResponseReturnValue:
    """The form for a receipt; for people of an agency also what it has asked."""
    return _desk()


@pages.post("/access")
def look_up() -> ResponseReturnValue:
    """Open a request by its receipt, in this browser until it is closed."""
    number, code = request.form.get("number", ""), request.form.get("code", "")
    try:
        found = access.look_up(number, code)
    except NotFound:
        return _desk(wrong=True, status=422)
    access.remember(found.number, code)
    return redirect(f"/access/{found.number}", 303)


@pages.post("/access/forget")
def forget() -> ResponseReturnValue:
    """Leave nothing behind at a browser that others use too."""
    access.forget()
    flash(_("这台设备上已经不再保留您的申请。"), "good")
    return redirect("/access", 303)


@pages.get("/access/queue")
@requires(Role.REVIEWER)
def queue() -> ResponseReturnValue:
    """What the reviewer's agencies have to answer, due first."""
    filters, now = _filters(EVERY), parts().clock.now()
    cursor = request.args.get("cursor") or None
    with parts().database.reading() as db:
        found = reading.queue(db, current_viewer(), filters, now, cursor)
        late = reading.queue(db, current_viewer(), Filters(overdue=True), now, size=1).total
    seeing.named(each.entry for each in found.requests)
    return access.private(
        render_template(
            "access-queue.html", found=found, late=late, chosen=request.args.get("state", "")
        )
    )


@pages.get("/access/<number>")
def one(number: str) -> ResponseReturnValue:
    """A request for its sides: how far it has come, what is to be done, what was answered."""
    view = _find(number)
    return _page(view) if view else _receipt_first(number)


@pages.post("/access/<number>")
@keeps_input
def step_of_asker(number: str) -> ResponseReturnValue:
    """Correct or withdraw what one has asked."""
    view, act = _find(number), request.form.get("act", "")
    if view is None:
        return _receipt_first(number)
    if g.get("untrusted", False) or act not in ("correct", "withdraw"):
        return _page(view, resumed=True)
    return _taken(view, act)


@pages.post("/access/<number>/steps")
@keeping
@requires(Role.REVIEWER)
def step_of_agency(number: str) -> ResponseReturnValue:
    """Take one of the agency's steps."""
    view, act = _known(number), request.form.get("act", "")
    if g.get("untrusted", False) or act in ("correct", "withdraw"):
        return _page(view, resumed=True)
    return _taken(view, act)


@pages.post("/access/<number>/applicant")
@requires(Role.REVIEWER)
def applicant(number: str) -> ResponseReturnValue:
    """Who asked, for those who deal with it; each look is recorded."""
    view, now = _known(number), parts().clock.now()
    try:
        with parts().database.writing() as db:
            person = applicants.applicant(db, current_viewer(), number, access.sealer(), now)
    except Unreadable:
        return _page(view, status=409, unreadable=True)
    return _page(_known(number), person=person)


def _taken(view: AccessView, act: str) -> ResponseReturnValue:
    """The page after the step; what is wrong brings it back with everything in it."""
    try:
        _take(view.number, act)
    except Invalid as invalid:
        return _page(view, invalid.problems, 422)
    except WrongState:
        return _page(_known(view.number), status=409, stale=True)
    flash(done(act), "good")
    return redirect(f"/access/{view.number}", 303)


def _take(number: str, act: str) -> None:
    sent, who, now = request.form, current_viewer(), parts().clock.now()
    code, keep = access.code_of(number), parts().settings.identity_days
    with parts().database.writing() as db:
        match act:
            case "correct":
                asking.correct(db, who, number, sent.get("text", ""), now, code)
            case "withdraw":
                asking.withdraw(db, who, number, now, code)
            case "ask-correction":
                until = _day("until") or date.min
                handling.ask_correction(db, who, number, sent.get("asked", ""), until, now)
            case "consult":
                whom, reason = sent.get("whom", ""), sent.get("consultation", "")
                handling.consult(db, who, number, whom, reason, now)
            case "resume":
                handling.resume(db, who, number, sent.get("result", ""), now)
            case "extend":
                reason, head = sent.get("reason", ""), sent.get("approved_by", "")
                handling.extend(db, who, number, reason, head, now)
            case "close":
                answering.close(db, who, number, keep, now)
            case _:
                answering.answer(db, who, number, _answer(), keep, now)


def _answer() -> Answer:
    sent = request.form
    return Answer(
        outcome=sent.get("outcome", ""),
        reply=sent.get("reply", ""),
        ground=sent.get("ground", ""),
        items=tuple(sent.getlist("items")),
        valid_until=_day("valid_until"),
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.form.get(name, "").strip())
    except ValueError:
        return None


def _find(number: str) -> AccessView | None:
    """The request, or None for whoever may give a receipt first."""
    try:
        return _known(number)
    except NotFound:
        if is_signed_in():
            raise
        return None


def _receipt_first(number: str) -> ResponseReturnValue:
    return redirect(url_for("access.desk", number=number), 303)


def _known(number: str) -> AccessView:
    now, code = parts().clock.now(), access.code_of(number)
    with parts().database.reading() as db:
        return reading.find(db, current_viewer(), number, now, code)


def _filters(usual: str) -> Filters:
    chosen = request.args.get("state", "")
    if chosen == OVERDUE:
        return Filters(overdue=True)
    if chosen in list(Access):
        return Filters(state=Access(chosen))
    return Filters(every=chosen == usual)


def _desk(wrong: bool = False, status: int = 200) -> ResponseReturnValue:
    own = None
    if any(grant.agency for grant in current_viewer().grants):
        now, cursor = parts().clock.now(), request.args.get("cursor") or None
        with parts().database.reading() as db:
            own = reading.own(db, current_viewer(), Filters(every=True), now, cursor)
        seeing.named(each.entry for each in own.requests)
    page = render_template(
        "access.html",
        own=own,
        wrong=wrong,
        number=request.values.get("number", "")[:20],
        held=access.numbers(),
    )
    return access.private(page, status)


def _page(
    view: AccessView,
    problems: Sequence[Problem] = (),
    status: int = 200,
    person: Person | None = None,
    **more: bool,
) -> ResponseReturnValue:
    with parts().database.reading() as db:
        steps = reading.steps(db, view.number, view.entry)
        summary = grants.shared(db, view.entry) if view.answering else None
    seeing.named([view.entry])
    items = [each.name for each in summary.items] if summary else []
    page = render_template(
        "access-request.html",
        view=view,
        steps=[
            (each, deed(each.action))
            for each in steps
            if not view.asking or each.action not in UNSEEN
        ],
        outcomes=_outcomes(view),
        grounds=_grounds(),
        items=list(dict.fromkeys(each for each in items if each)),
        chosen=request.form.getlist("items") if request.form else list(view.items),
        problems=list(problems),
        person=person,
        sent=request.form,
        **more,
    )
    return access.private(page, status)


def _outcomes(view: AccessView) -> list[Code]:
    known = codelist("access-outcomes").codes
    return [each for each in known if view.kind in each.extra["asked_by"]]


def _grounds() -> list[Code]:
    """The grounds in force for withholding from the public."""
    today = parts().clock.now().date().isoformat()
    return [
        each
        for each in codelist("legal-grounds").codes
        if "disclosure" in each.extra.get("axis", ())
        and today <= str(each.extra.get("until") or today)
    ]
