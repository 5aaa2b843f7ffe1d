"""What a registrar has in hand: returned with the reason, drafts, submitted."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from catalog.requests import reading
from catalog.requests.model import WITH_REVIEWERS, RequestState
from catalog.requests.reading import QueueFilters
from catalog.viewers import Role
from standards.clocks import local_day
from web import reviewing, seeing
from web.pages import requests_told
from web.signin import current_viewer, parts, requires

pages = Blueprint("mine", __name__)
LISTS = {
    "returned": (RequestState.RETURNED,),
    "draft": (RequestState.DRAFT,),
    "submitted": WITH_REVIEWERS,
}
SIZE = 20


@pages.get("/my")
@requires(Role.REGISTRAR)
def page() -> ResponseReturnValue:
    """What needs doing first; each list can be read on by itself."""
    asked = request.args.get("state", "")
    cursor = (request.args.get("cursor") or None) if asked else None
    viewer, now = current_viewer(), parts().clock.now()
    with parts().database.reading() as db:
        lists = [
            (name, reading.queue(db, viewer, QueueFilters(states=states), now, SIZE, cursor))
            for name, states in LISTS.items()
            if not asked or name == asked
        ]
    seeing.requests(line for each, listed in lists for line in listed.lines)
    return render_template(
        "my.html",
        lists=lists,
        requested=requests_told,
        today=local_day(now).isoformat(),
        warned_by=reviewing.warned_by(now),
    )
