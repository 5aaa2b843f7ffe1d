"""The exchange endpoints of one's own agencies: which can be reached, and what one is told of."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog import notices
from catalog.endpoints import judging, reading
from catalog.errors import NotFound
from catalog.notices import ROLES
from standards.codelists import codelist
from web import searching, seeing
from web.pages import endpoint_words
from web.signin import current_viewer, parts, requires

pages = Blueprint("endpoints", __name__)
STATES = ("broken", "expiring", "login", "ok", "unknown")
"""What needs doing first."""


@pages.get("/endpoints")
@requires(*ROLES)
def listing() -> ResponseReturnValue:
    """The endpoints that the viewer's entries lead to, by state, and the news of them."""
    state = _state()
    with parts().database.reading() as db:
        counts = reading.counts(db, current_viewer())
        chosen = state or next((each for each in STATES if counts.get(each)), STATES[0])
        after = searching.one(request.args, "cursor")
        found = reading.owned(db, current_viewer(), chosen, after)
        news = notices.unread(db, current_viewer())
    seeing.named(each.first for each in found)
    return render_template(
        "endpoints.html",
        states=[(each, counts.get(each, 0)) for each in STATES],
        chosen=chosen,
        found=found,
        news=[(each, endpoint_words.sentence(each)) for each in news],
        next=found[-1].endpoint.key if len(found) == reading.SIZE else "",
        hours=parts().settings.probe_hours,
    )


@pages.post("/endpoints/check")
@requires(*ROLES)
def check() -> ResponseReturnValue:
    """Have an endpoint looked at now."""
    key = request.form.get("endpoint", "")
    with parts().database.writing() as db:
        if not reading.is_owned(db, current_viewer(), key):
            raise NotFound("endpoint")
        asked = judging.ask(db, key, parts().clock.now())
    if asked and parts().settings.probe_hours:
        flash(_("已排队检测，几秒后刷新本页。"), "good")
    else:
        flash(_("这个地址不在检测范围内。"), "warn")
    return redirect(url_for("endpoints.listing", state=_state() or None), 303)


@pages.post("/endpoints/read")
@requires(*ROLES)
def read() -> ResponseReturnValue:
    """Take the news that were shown for read."""
    latest = request.form.get("latest", "")
    if latest.isdecimal() and len(latest) < 10:
        with parts().database.writing() as db:
            notices.read(db, current_viewer(), int(latest), parts().clock.now())
    return redirect(url_for("endpoints.listing"), 303)


def _state() -> str:
    state = request.values.get("state", "")
    return state if codelist("endpoint-states").get(state) else ""
