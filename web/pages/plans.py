"""What a run would do or is waiting to do, record by record, and what is decided about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog import agencies, entries, runs, sources, versions
from catalog.entries import EntryView
from catalog.errors import NotFound, WrongState
from catalog.runs import Held, RecordRow, RunState, RunView
from catalog.viewers import Role
from harvesters import deciding
from harvesters.plan import Action
from harvesters.preview import from_text
from harvesters.report import OUTCOMES, STATES
from standards.descriptor import Descriptor
from standards.problems import Problem
from standards.summary import summarize
from web import seeing
from web.language import current_language
from web.pages import comparing, source_words
from web.pages.comparing import Pair
from web.signin import current_viewer, parts, requires

pages = Blueprint("plans", __name__)
SIZE = 50
LISTED = (
    Action.WAITING,
    Action.DELETE,
    Action.RENAME,
    Action.UPDATE,
    Action.CREATE,
    Action.REJECTED,
    Action.DELETED,
    Action.RENAMED,
    Action.RESTORED,
    Action.KEPT,
)
"""What there is a list of, the gravest first."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A record of the plan: what it is called, what of it would be another, and what is wrong."""

    row: RecordRow
    title: str
    entry: str
    changes: tuple[Pair, ...] | None
    """None where there is nothing to compare."""
    problems: tuple[Problem, ...]
    becomes: str
    """The key under which a vanished record seems to have come back."""


@pages.get("/runs/<int:number>/plan")
@requires(Role.ADMINISTRATOR)
def one(number: int) -> ResponseReturnValue:
    """The records of one outcome, page by page."""
    run = _run(number)
    counts = {Action(name): n for name, n in run.counts.items() if n and name in set(Action)}
    listed = [(action, counts[action]) for action in LISTED if counts.get(action)]
    asked = request.args.get("action", "")
    chosen = next((a for a, _n in listed if a == asked), listed[0][0] if listed else None)
    after = request.args.get("cursor", "")
    with parts().database.reading() as db:
        rows = (
            runs.records(db, number, chosen, int(after) if _is_number(after) else 0, SIZE)
            if chosen
            else []
        )
        held = runs.held(db, run.source, [row.key for _n, row in rows])
    return render_template(
        "plan.html",
        run=run,
        listed=listed,
        chosen=chosen,
        planned=_planned([row for _n, row in rows], held),
        next=rows[-1][0] if len(rows) == SIZE else 0,
        outcomes=OUTCOMES,
        states=STATES,
        words=source_words,
        undoable=run.state is RunState.DONE and bool(counts.get(Action.DELETED)),
    )


@pages.post("/runs/<int:number>/decide")
@requires(Role.ADMINISTRATOR)
def decide(number: int) -> ResponseReturnValue:
    """Approve or refuse what waits, cancel what is under way, or undo what was deleted."""
    run = _run(number)
    act = ACTS.get(request.form.get("act", ""))
    if act is None:
        raise NotFound("act")
    try:
        flash(act(run, request.form.get("reason", "").strip()[:500]), "good")
    except WrongState as refused:
        flash(_("状态已变：%(state)s", state=refused.state), "bad")
    except NotFound:
        flash(_("已经有人处理过了。"), "bad")
    return redirect(url_for("sources.one", name=run.source), 303)


def _approve(run: RunView, reason: str) -> str:
    if run.state is not RunState.WAITING:
        raise NotFound("deletions that wait")
    options = {"approve": True, "reason": reason} if reason else {"approve": True}
    with parts().database.writing() as db:
        runs.enqueue(db, run.source, current_viewer().name, parts().clock.now(), options)
    return str(_("已同意，后台进程马上执行。"))


def _refuse(run: RunView, reason: str) -> str:
    deciding.refuse(parts().database, run.source, current_viewer(), parts().clock, reason)
    return str(_("已拒绝，什么都没有删除；下次采集重新判断。"))


def _cancel(run: RunView, reason: str) -> str:
    deciding.cancel(parts().database, run.source, current_viewer(), parts().clock)
    return str(_("已要求停止，已经登记的保留，不删除任何条目。"))


def _undo(run: RunView, reason: str) -> str:
    hand = deciding.hand(parts().database, current_viewer(), run.source)
    number = deciding.undo(parts().database, run.source, run.id, hand, parts().clock, reason)
    return str(_("已恢复 %(n)s 个条目，标识不变。", n=number))


ACTS: Mapping[str, Callable[[RunView, str], str]] = {
    "approve": _approve,
    "refuse": _refuse,
    "cancel": _cancel,
    "undo": _undo,
}


def _planned(rows: Sequence[RecordRow], held: Mapping[str, Held]) -> list[Planned]:
    """The records with what they are held as; whoever sees that is noted as with every entry."""
    known = [held[row.key].entry for row in rows if row.key in held]
    seeing.named(known)
    with parts().database.reading() as db:
        views = {each.identifier: each for each in entries.some(db, current_viewer(), known)}
    return [_one(row, held.get(row.key), views) for row in rows]


def _one(row: RecordRow, mine: Held | None, views: Mapping[str, EntryView]) -> Planned:
    said = from_text(row.raw)
    view = views.get(mine.entry) if mine else None
    return Planned(
        row=row,
        title=summarize(said).title if said else mine.title if mine else "",
        entry=mine.entry if mine else row.entry or "",
        changes=_changes(view, said) if view and said else None,
        problems=tuple(Problem.from_dict(each) for each in row.problems),
        becomes=row.place if row.action == Action.WAITING and row.raw else "",
    )


def _changes(view: EntryView, said: Descriptor) -> tuple[Pair, ...]:
    """What of the entry would be another; what the directory assigns itself stays."""
    before = view.shown.descriptor
    after = versions.completed(said, view.identifier, before.values)
    pairs = comparing.compare(before, after, current_language())
    return tuple(pair for pair in pairs if pair.changed)


def _run(number: int) -> RunView:
    with parts().database.reading() as db:
        run = runs.get(db, number)
        path = agencies.get(db, sources.get(db, run.source).agency).path
    if not current_viewer().may(Role.ADMINISTRATOR, path):
        raise NotFound(f"run {number}")
    return run


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 10
