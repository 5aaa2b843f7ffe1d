"""What a registrar has in hand: returned with the reason, drafts, submitted."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from catalog import review
from catalog.review import QueueFilters
from catalog.viewers import Role
from catalog.writing import State
from standards.summary import summarize
from web import seeing
from web.signin import current_viewer, parts, requires

pages = Blueprint("mine", __name__)
STATES = (State.RETURNED, State.DRAFT, State.SUBMITTED)
SIZE = 20


@pages.get("/my")
@requires(Role.REGISTRAR)
def page() -> ResponseReturnValue:
    """What needs doing first; each list can be read on by itself."""
    asked = request.args.get("state", "")
    wanted = [state for state in STATES if not asked or state.value == asked]
    cursor = (request.args.get("cursor") or None) if asked else None
    viewer = current_viewer()
    with parts().database.reading() as db:
        lists = [
            (state.value, review.queue(db, viewer, QueueFilters(state=state), SIZE, cursor))
            for state in wanted
        ]
    titles = {
        view.identifier: summarize((view.pending or view.shown).descriptor).title
        for _, listed in lists
        for view in seeing.listed(listed.entries)
    }
    return render_template("my.html", lists=lists, titles=titles)
