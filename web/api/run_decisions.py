"""What people decide about runs, for programs: approve, refuse, cancel, undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response

from catalog import agencies, runs, sources
from catalog.errors import NotFound, WrongState
from catalog.runs import RunState, RunView
from catalog.viewers import Role
from harvesters import deciding
from web.api.guard import guarded
from web.api.resource import Resource
from web.api.shapes import Shape, code, line
from web.api.sources import RUN, Run, own_run, run_view
from web.jsonio import answer
from web.signin import current_viewer, parts

api = Resource("api-run-decisions", __name__, url_prefix="/api/v1", description="Harvesting")


def _approve(run: RunView, reason: str) -> None:
    if run.state is not RunState.WAITING:
        raise WrongState(f"run {run.id}", run.state)
    options = {"approve": True, **({"reason": reason} if reason else {})}
    with parts().database.writing() as db:
        runs.enqueue(db, run.source, current_viewer().name, parts().clock.now(), options)


def _refuse(run: RunView, reason: str) -> None:
    deciding.refuse(parts().database, run.source, current_viewer(), parts().clock, reason)


def _cancel(run: RunView, _reason: str) -> None:
    deciding.cancel(parts().database, run.source, current_viewer(), parts().clock)


def _undo(run: RunView, reason: str) -> None:
    hand = deciding.hand(parts().database, current_viewer(), run.source)
    deciding.undo(parts().database, run.source, run.id, hand, parts().clock, reason)


DECISIONS: Mapping[str, Callable[[RunView, str], None]] = {
    "approve": _approve,
    "refuse": _refuse,
    "cancel": _cancel,
    "undo": _undo,
}


class Decision(Shape):
    """What is decided, and why."""

    decision = code(*DECISIONS)
    reason = line(0, 500, required=False)


@api.post("/runs/<int:run>/decision")
@guarded(Role.ADMINISTRATOR)
@api.doc(parameters=[RUN])
@api.arguments(Decision)
@api.response(202, Run)
def decide(body: Mapping[str, Any], run: int) -> Response:
    """Approve or refuse the deletions that wait, cancel the run under way, or undo, within the
    grace time, all that a run has deleted. An approval is carried out by a worker.
    """
    with parts().database.reading() as db:
        found = own_run(db, run)
        path = agencies.get(db, sources.get(db, found.source).agency).path
    if not current_viewer().may(Role.ADMINISTRATOR, path):
        raise NotFound(str(run))
    DECISIONS[body["decision"]](found, body.get("reason", "").strip())
    with parts().database.reading() as db:
        latest = runs.get(db, run)
    return answer(run_view(latest), 202)
