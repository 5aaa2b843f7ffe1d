"""The reviewer's pages: the queue, searched like everything else, and one decision at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog import review
from catalog.entries import EntryView
from catalog.errors import Invalid, Stale, WrongState
from catalog.requests import reading
from catalog.requests.effects import ATTRIBUTES
from catalog.viewers import Role
from catalog.writing import State
from standards.clocks import local_day
from standards.problems import Problem
from standards.profile import profile
from standards.summary import summarize
from web import reviewing, seeing
from web.language import current_language
from web.pages import forms, posted, queueing, requests_told
from web.pages.comparing import compare
from web.pages.forms import Field
from web.pages.signing_in import keeping
from web.signin import current_viewer, parts, requires

pages = Blueprint("reviewing", __name__)


@pages.get("/review")
@requires(Role.REVIEWER)
def queue() -> ResponseReturnValue:
    """What waits, the riskiest first, then what is due first."""
    viewer, now = current_viewer(), parts().clock.now()
    asked = reviewing.read(request.args, viewer, now)
    with parts().database.reading() as db:
        found = reading.queue(db, viewer, asked.filters, now, asked.size, asked.cursor)
    seeing.requests(found.lines)
    return render_template(
        "review.html",
        queue=found,
        facets=queueing.facets(found.counts, found.total),
        chips=queueing.chips(),
        requested=requests_told,
        today=local_day(now).isoformat(),
        warned_by=reviewing.warned_by(now),
    )


@pages.get("/review/<identifier>")
@requires(Role.REVIEWER)
def one(identifier: str) -> ResponseReturnValue:
    """An entry to decide on: what is proposed, what differs from what is served, the law."""
    return _page(_waiting(identifier))


@pages.post("/review/<identifier>")
@keeping
@requires(Role.REVIEWER)
def decide(identifier: str) -> ResponseReturnValue:
    """Accept, with the attributes as chosen, or send back with the reason."""
    view = _waiting(identifier)
    act = request.form.get("act", "")
    if act in ("accept", "return") and not g.get("untrusted", False):
        try:
            return _accept(view) if act == "accept" else _return(view)
        except Invalid as invalid:
            return _page(view, invalid.problems, 422)
        except Stale:
            fresh = _waiting(identifier)
            return _page(fresh, (), 409, stale=True)
    return _page(view, resumed=True)


def _accept(view: EntryView) -> ResponseReturnValue:
    chosen = _attributes(view)
    with parts().database.writing() as db:
        now, revision = parts().clock.now(), _revision()
        review.accept(db, current_viewer(), view.identifier, revision, now, chosen or None)
    flash(_("已通过：%(title)s", title=_title(view)), "good")
    return redirect(_back(), 303)


def _return(view: EntryView) -> ResponseReturnValue:
    given = [*request.form.getlist("common"), request.form.get("reason", "").strip()]
    reason = "；".join(each for each in given if each)
    with parts().database.writing() as db:
        now, revision = parts().clock.now(), _revision()
        review.send_back(db, current_viewer(), view.identifier, revision, reason, now)
    flash(_("已退回：%(title)s", title=_title(view)), "good")
    return redirect(_back(), 303)


def _page(
    view: EntryView,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
    stale: bool = False,
    resumed: bool = False,
) -> ResponseReturnValue:
    assert view.pending is not None  # noqa: S101  _waiting() lets no other through
    language, pending = current_language(), view.pending.descriptor
    served = view.served.descriptor if view.served else None
    typed = posted.read(profile(view.kind), request.form) if request.form else {}
    html = render_template(
        "review-entry.html",
        view=view,
        summary=summarize(pending),
        pairs=compare(served, pending, language),
        fields=_fields(view.kind, {**pending.values, **typed}, problems),
        problems=problems,
        reasons=_reasons(),
        chosen=request.form.getlist("common"),
        reason=request.form.get("reason", ""),
        stale=stale,
        resumed=resumed,
        own=view.pending.author == current_viewer().name,
        back=request.values.get("back", ""),
    )
    return html, status


def _fields(kind: str, values: Mapping[str, Any], problems: tuple[Problem, ...]) -> list[Field]:
    """The fields of what is decided; grounds are listed with their law."""
    form = forms.build(kind, values, problems, current_language())
    wanted = {
        element.path.partition(".")[0]
        for role in ATTRIBUTES
        for element in profile(kind).card(role)
    }
    found = (field for part in form.parts for field in part.fields if field.name in wanted)
    return [replace(each, parts=tuple(_with_law(part) for part in each.parts)) for each in found]


def _with_law(field: Field) -> Field:
    explained = field.control == "combo" and all(option.why for option in field.options[:1])
    return replace(field, control="select") if explained else field


def _attributes(view: EntryView) -> dict[str, Any]:
    """What the reviewer chose otherwise than proposed, by role."""
    assert view.pending is not None  # noqa: S101  _waiting() lets no other through
    known = profile(view.kind)
    typed, proposed = posted.read(known, request.form), view.pending.descriptor.values
    chosen = {}
    for role in ATTRIBUTES:
        for element in known.card(role):
            top = element.path.partition(".")[0]
            if typed.get(top) and typed[top] != proposed.get(top):
                chosen[role] = typed[top]
    return chosen


def _waiting(identifier: str) -> EntryView:
    view = seeing.look_up(identifier)
    if view.pending is None or view.state != State.SUBMITTED:
        raise WrongState(identifier, view.state)
    return seeing.shown(view)


def _revision() -> int:
    return posted.whole(request.form.get("revision", "")) or 0


def _title(view: EntryView) -> str:
    return summarize((view.pending or view.shown).descriptor).title


def _back() -> str:
    """The queue as it was filtered."""
    query = request.form.get("back", "")
    return f"/review?{query}" if query and query.isprintable() else "/review"


def _reasons() -> list[str]:
    """What entries are most often returned for."""
    return [
        _("名称看不出资源的内容"),
        _("摘要过于简单"),
        _("分类不准确"),
        _("公开属性的依据不充分"),
        _("共享属性的依据不充分"),
        _("与已有条目重复"),
    ]
