"""A run under way, as it stands this moment: shown on pages and renewed by a script."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog import agencies, runs, sources
from catalog.errors import NotFound
from catalog.runs import RunState, RunView
from catalog.steering import UNDER_WAY
from catalog.visibility import in_scope
from harvesters.progress import Progress
from harvesters.report import OUTCOMES, STATES
from harvesters.standing import Phase
from web.signin import current_viewer, parts, signed_in

pages = Blueprint("progress", __name__)


@dataclass(frozen=True, slots=True)
class Live:
    """How far a run is, and in words what it does."""

    phase: str
    progress: Progress
    ended: bool


@pages.get("/runs/<int:number>/progress")
@signed_in
def fragment(number: int) -> ResponseReturnValue:
    """The piece of a page that tells how far the run is."""
    with parts().database.reading() as db:
        run = runs.get(db, number)
        path = agencies.get(db, sources.get(db, run.source).agency).path
    if not in_scope(current_viewer(), path):
        raise NotFound(f"run {number}")
    outcomes = {action.value: text for action, text in OUTCOMES.items()}
    return render_template(
        "parts/progress.html", run=run, live=of(run), outcomes=outcomes, states=STATES
    )


def of(run: RunView) -> Live:
    """How far a run is."""
    progress = Progress.kept(run.checkpoint)
    return Live(_phase(run, progress), progress, run.state not in UNDER_WAY)


def _phase(run: RunView, progress: Progress) -> str:
    if run.state is RunState.QUEUED:
        return str(_("排队中，后台进程空闲时开始"))
    if run.state is RunState.INTERRUPTED:
        return str(_("中断了，后台进程会从停下的地方继续"))
    words: dict[Phase, str] = {
        Phase.FETCHING: _("正在读取"),
        Phase.JUDGING: _("正在核对缺少的记录"),
        Phase.DELETING: _("正在删除"),
        Phase.ENDING: _("正在结束"),
    }
    return words[progress.phase]
