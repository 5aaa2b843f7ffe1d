"""The reviewer's desk: one request, and every step of it. After a decision the next one opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog import saved
from catalog.errors import Invalid, NotFound, Stale
from catalog.requests import assigning, bulk, flow, leaving, reading
from catalog.requests.bulk import Bulk
from catalog.requests.model import LEAVING, WITH_CONTENT
from catalog.requests.reading import Line
from catalog.saved import Kind
from catalog.viewers import Viewer
from catalog.visibility import may_write
from standards.clocks import local_day
from standards.problems import Problem
from web import reviewing
from web.pages import deciding, deeds, requests_told
from web.pages.address import query_args
from web.pages.desk_view import Desk, desk
from web.pages.forms import Field
from web.pages.posted import whole
from web.pages.signing_in import keeping
from web.signin import current_viewer, parts, signed_in

pages = Blueprint("desk", __name__)
ONE = "/requests/<int(min=1, max=2147483647):number>"
LONGEST_REASON = 2000


@pages.get(ONE)
@signed_in
def one(number: int) -> ResponseReturnValue:
    """The request: what is proposed, what differs, its ground, its precedents, the decision."""
    return _page(number, chosen=_bulk(number))


@pages.post(ONE)
@keeping
def act(number: int) -> ResponseReturnValue:
    """Take the step whose button was pressed; what cannot be done brings the page back."""
    name, _, rest = request.form.get("act", "").partition(":")
    if name in ("add", "remove") or name not in ACTS or g.get("untrusted", False):
        return _page(number, more=rest if name == "add" else "", resumed=name in ACTS)
    try:
        return ACTS[name](number, rest)
    except Invalid as invalid:
        return _page(number, invalid.problems, status=422)
    except Stale:
        return _page(number, status=409)


@pages.get("/review/<identifier>")
@signed_in
def of_entry(identifier: str) -> ResponseReturnValue:
    """An entry's open request: about its content, else about its leaving."""
    with parts().database.reading() as db:
        found = reading.of_entry(db, current_viewer(), identifier)
    waiting = [each for each in found if each.is_open]
    if not waiting:
        raise NotFound(f"request of {identifier}")
    first = min(waiting, key=lambda each: each.purpose in LEAVING)
    return redirect(url_for("desk.one", number=first.number, back=_back() or None))


Act: TypeAlias = Callable[[int, str], ResponseReturnValue]
Step: TypeAlias = Callable[[Any, Viewer], object]


def _accept(number: int, _rest: str) -> ResponseReturnValue:
    line = _line(number)
    shown = desk(number).proposed
    chosen = deciding.chosen(line.kind, shown.descriptor.values) if shown else {}
    now, revision = parts().clock.now(), _revision()
    return _decide(
        line,
        lambda db, viewer: flow.accept(db, viewer, number, revision, now, chosen or None),
        _("已通过：%(title)s", title=line.title),
    )


def _return(number: int, _rest: str) -> ResponseReturnValue:
    line, now, revision, reason = _line(number), parts().clock.now(), _revision(), _reason()

    def step(db: Any, viewer: Viewer) -> None:
        flow.send_back(db, viewer, number, revision, reason, now)
        own = request.form.get("reason", "").strip()
        if own and request.form.get("keep"):
            saved.keep(db, viewer, Kind.REASON, own, own, now)

    return _decide(line, step, _("已退回：%(title)s", title=line.title))


def _refuse(number: int, _rest: str) -> ResponseReturnValue:
    line, now, revision, reason = _line(number), parts().clock.now(), _revision(), _reason()
    return _decide(
        line,
        lambda db, viewer: flow.refuse(db, viewer, number, revision, reason, now),
        _("不予通过：%(title)s", title=line.title),
    )


def _recall(number: int, _rest: str) -> ResponseReturnValue:
    line, now, revision = _line(number), parts().clock.now(), _revision()
    _write(lambda db, viewer: flow.recall(db, viewer, number, revision, now))
    flash(_("已收回，可以继续修改。"), "good")
    return redirect(url_for("editing.form", identifier=line.request.entry), 303)


def _cancel(number: int, _rest: str) -> ResponseReturnValue:
    """Asked once more: what was never served leaves the directory with it, for good."""
    if not request.form.get("sure"):
        return render_template("cancel.html", line=_line(number))
    now, revision = parts().clock.now(), _revision()
    reason = request.form.get("reason", "")
    _write(lambda db, viewer: flow.cancel(db, viewer, number, revision, reason, now))
    flash(_("已取消申请。"), "good")
    return redirect(url_for("desk.one", number=number), 303)


def _again(number: int, _rest: str) -> ResponseReturnValue:
    now, revision, reason = parts().clock.now(), _revision(), request.form.get("reason", "")
    _write(lambda db, viewer: leaving.ask_again(db, viewer, number, revision, reason, now))
    return _here(number, _("已重新提交。"))


def _comment(number: int, _rest: str) -> ResponseReturnValue:
    now, text = parts().clock.now(), request.form.get("comment", "")[:LONGEST_REASON]
    _write(lambda db, viewer: flow.comment(db, viewer, number, text, now))
    return _here(number, _("意见已记录。"))


def _take(number: int, _rest: str) -> ResponseReturnValue:
    now = parts().clock.now()
    _write(lambda db, viewer: assigning.take(db, viewer, number, now))
    return _here(number, _("由您办理。"))


def _release(number: int, _rest: str) -> ResponseReturnValue:
    now, reason = parts().clock.now(), request.form.get("release-reason", "")
    _write(lambda db, viewer: assigning.release(db, viewer, number, reason, now))
    return _here(number, _("已放回队列。"))


def _assign(number: int, _rest: str) -> ResponseReturnValue:
    now, to = parts().clock.now(), request.form.get("to", "")
    _write(lambda db, viewer: assigning.assign(db, viewer, number, to, now))
    return _here(number, _("已交给 %(name)s 办理。", name=to))


def _drop(number: int, rest: str) -> ResponseReturnValue:
    _write(lambda db, viewer: saved.drop(db, viewer, Kind.REASON, rest))
    return _here(number, _("已删除这条常用理由。"))


ACTS: dict[str, Act] = {
    "accept": _accept,
    "return": _return,
    "refuse": _refuse,
    "recall": _recall,
    "cancel": _cancel,
    "again": _again,
    "comment": _comment,
    "take": _take,
    "release": _release,
    "assign": _assign,
    "drop": _drop,
}


def _decide(line: Line, step: Step, done: str) -> ResponseReturnValue:
    """Decide, and go on to the request that came behind it in the same queue."""
    filters = _filters()
    with parts().database.reading() as db:
        now = parts().clock.now()
        following = reading.after(db, current_viewer(), filters, line.request.number, now)
    _write(step)
    flash(done, "good")
    back = _back()
    if following is None:
        return redirect(f"/review?{back}" if back else "/review", 303)
    return redirect(url_for("desk.one", number=following, back=back or None), 303)


def _write(step: Step) -> None:
    with parts().database.writing() as db:
        step(db, current_viewer())


def _here(number: int, done: str) -> ResponseReturnValue:
    flash(done, "good")
    return redirect(url_for("desk.one", number=number, back=_back() or None), 303)


def _page(
    number: int,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
    more: str = "",
    resumed: bool = False,
    chosen: Bulk | None = None,
) -> ResponseReturnValue:
    found, viewer = desk(number), current_viewer()
    line, now = found.line, parts().clock.now()
    with parts().database.reading() as db:
        following = reading.after(db, viewer, _filters(), number, now) if line.mine else None
        reasons = saved.kept(db, viewer, Kind.REASON)
    html = render_template(
        "request.html",
        desk=found,
        line=line,
        asked=line.request,
        fields=_fields(found, problems, more),
        problems=problems,
        common=requests_told.reasons(),
        reasons=reasons,
        chosen=request.form.getlist("common"),
        reason=request.form.get("reason", ""),
        stale=status == 409,
        resumed=resumed,
        own=viewer.name in (line.request.proposed_by, *line.request.authors),
        proposes=_proposes(line),
        follow=following,
        bulk=chosen,
        back=_back(),
        requested=requests_told,
        deed=deeds.deed,
        why=deeds.reason,
        today=local_day(now).isoformat(),
        warned_by=reviewing.warned_by(now),
    )
    return html, status


def _fields(found: Desk, problems: tuple[Problem, ...], more: str) -> list[Field]:
    line = found.line
    if found.proposed is None or not line.mine or line.request.purpose not in WITH_CONTENT:
        return []
    values = deciding.typed(line.kind, found.proposed.descriptor.values)
    return deciding.fields(line.kind, values, (*problems, *found.bars), more)


def _proposes(line: Line) -> bool:
    """Whether the viewer may take it back."""
    viewer = current_viewer()
    with parts().database.reading() as db:
        path = reading.path_of(db, line.request)
    return line.request.is_open and (
        may_write(viewer, path) or viewer.name == line.request.proposed_by
    )


def _bulk(number: int) -> Bulk | None:
    """The selection whose sample this request belongs to; opening it is remembered."""
    chosen = whole(request.args.get("bulk", ""))
    if chosen is None:
        return None
    with parts().database.writing() as db:
        return bulk.opened(db, current_viewer(), chosen, number)


def _line(number: int) -> Line:
    with parts().database.reading() as db:
        return reading.get(db, current_viewer(), number)


def _filters() -> reading.QueueFilters:
    """Those of the queue from which the request was opened."""
    args = query_args(_back())
    return reviewing.read(args, current_viewer(), parts().clock.now()).filters


def _back() -> str:
    """The queue as it was filtered."""
    query = request.values.get("back", "")
    return query if query.isprintable() else ""


def _revision() -> int:
    return whole(request.form.get("revision", "")) or 0


def _reason() -> str:
    given = [*request.form.getlist("common"), request.form.get("reason", "").strip()]
    return "；".join(each for each in given if each)[:LONGEST_REASON]
