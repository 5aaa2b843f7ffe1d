"""The review queue: filtered, its filters kept for the next time, and decided on together."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog import saved
from catalog.errors import Barred, CatalogError, Invalid, WrongState
from catalog.requests import bulk, reading
from catalog.saved import Kind
from catalog.viewers import Role
from standards.clocks import local_day
from web import reviewing, seeing
from web.pages import address, queueing, requests_told
from web.pages.posted import whole
from web.pages.words import told
from web.signin import current_viewer, parts, requires

pages = Blueprint("reviewing", __name__)
SIZE = 50
ONE = "/review/bulk/<int(min=1, max=2147483647):number>"


@pages.get("/review")
@requires(Role.REVIEWER, Role.ADMINISTRATOR)
def queue() -> ResponseReturnValue:
    """What waits, the riskiest first, then what is due first."""
    viewer, now = current_viewer(), parts().clock.now()
    asked = reviewing.read(request.args, viewer, now, SIZE)
    with parts().database.reading() as db:
        found = reading.queue(db, viewer, asked.filters, now, asked.size, asked.cursor)
        kept = saved.kept(db, viewer, Kind.QUEUE)
    seeing.requests(found.lines)
    query = urlencode(address.pairs())
    return render_template(
        "review.html",
        queue=found,
        facets=queueing.facets(found.counts, found.total),
        chips=queueing.chips(),
        quick=queueing.quick(found.overdue),
        kept=[(name, text, text == query) for name, text in kept],
        query=query,
        requested=requests_told,
        today=local_day(now).isoformat(),
        warned_by=reviewing.warned_by(now),
    )


@pages.post("/review")
@requires(Role.REVIEWER, Role.ADMINISTRATOR)
def keep() -> ResponseReturnValue:
    """Keep the filters under a name, or keep them no longer."""
    name, query = request.form.get("name", ""), request.form.get("query", "")[:2000]
    here = f"/review?{query}" if query and query.isprintable() else "/review"
    try:
        with parts().database.writing() as db:
            if request.form.get("act") == "drop":
                saved.drop(db, current_viewer(), Kind.QUEUE, name)
            else:
                now = parts().clock.now()
                saved.keep(db, current_viewer(), Kind.QUEUE, name, query, now)
    except Invalid as invalid:
        flash(told(invalid.problems[0].message), "bad")
    return redirect(here, 303)


@pages.post("/review/bulk")
@requires(Role.REVIEWER, Role.ADMINISTRATOR)
def select() -> ResponseReturnValue:
    """A selection: its sample is drawn."""
    query = request.form.get("query", "")
    chosen = [number for each in request.form.getlist("request") if (number := whole(each))]
    if request.form.get("act") == "all":
        chosen = _everything(query)
    try:
        with parts().database.writing() as db:
            made = bulk.select_many(db, current_viewer(), chosen, parts().clock.now())
    except Invalid as invalid:
        flash(told(invalid.problems[0].message), "bad")
        return redirect(f"/review?{query}" if query.isprintable() and query else "/review", 303)
    return redirect(url_for("reviewing.selection", number=made.number), 303)


@pages.get(ONE)
@requires(Role.REVIEWER, Role.ADMINISTRATOR)
def selection(number: int) -> ResponseReturnValue:
    """The selection: what of its sample is still to be opened, then one button for all."""
    return _selection(number)


@pages.post(ONE)
@requires(Role.REVIEWER, Role.ADMINISTRATOR)
def accept(number: int) -> ResponseReturnValue:
    """Accept all of it, or nothing; what bars it is told with its request."""
    try:
        with parts().database.writing() as db:
            done = bulk.accept(db, current_viewer(), number, parts().clock.now())
    except Barred as barred:
        return _selection(number, {each: _why(why) for each, why in barred.causes.items()}, 422)
    except WrongState:
        flash(_("请先查看抽出的每一件。"), "bad")
        return redirect(url_for("reviewing.selection", number=number), 303)
    flash(_("已全部通过：%(n)s 件。", n=len(done)), "good")
    return redirect(url_for("reviewing.selection", number=number), 303)


def _selection(
    number: int, barred: Mapping[int, list[str]] | None = None, status: int = 200
) -> ResponseReturnValue:
    viewer = current_viewer()
    with parts().database.reading() as db:
        chosen = bulk.find(db, viewer, number)
        lines = reading.some(db, viewer, chosen.requests)
    seeing.requests(lines)
    told_of = barred or {}
    page = render_template(
        "bulk.html",
        bulk=chosen,
        lines=lines,
        sample=[line for line in lines if line.request.number in chosen.sample],
        barred=[
            (line, told_of[line.request.number]) for line in lines if line.request.number in told_of
        ],
        requested=requests_told,
    )
    return page, status


def _why(cause: CatalogError) -> list[str]:
    """Why a request cannot be accepted, in words."""
    if isinstance(cause, Invalid):
        return [told(each.message) for each in cause.problems if each.is_error]
    if isinstance(cause, WrongState):
        return [_("已有人办理。")]
    return [_("您不能决定这一件。")]


def _everything(query: str) -> list[int]:
    """All of a filtered queue that the viewer may decide on, as far as one selection may go."""
    viewer, now = current_viewer(), parts().clock.now()
    asked = reviewing.read(address.query_args(query), viewer, now)
    with parts().database.reading() as db:
        found = reading.queue(db, viewer, asked.filters, now, bulk.MOST)
    return [line.request.number for line in found.lines if line.mine]
