"""Sources and their runs: what was harvested or uploaded, what became of each record."""

from __future__ import annotations

from itertools import islice

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog import agencies, runs, sources
from catalog.errors import NotFound
from catalog.runs import RunView
from catalog.sources import SourceView
from catalog.viewers import Role
from catalog.visibility import in_scope
from harvesters.plan import Action
from harvesters.report import OUTCOMES, STATES, as_csv
from harvesters.run import report_of
from harvesters.sources import known
from web.language import current_language
from web.signin import current_viewer, parts, requires, signed_in

pages = Blueprint("sources", __name__)
SHOWN = 100
TROUBLED = (Action.REJECTED, Action.WAITING)


@pages.get("/sources")
@requires(Role.ADMINISTRATOR)
def listing() -> ResponseReturnValue:
    """Every source with its latest run."""
    with parts().database.reading() as db:
        listed = [each for each in sources.all(db) if _manages(each)]
        latest = {each.name: runs.of_source(db, each.name, 1) for each in listed}
    return render_template(
        "sources.html", sources=listed, latest=latest, states=STATES, protocols=known()
    )


@pages.get("/sources/<path:name>")
@requires(Role.ADMINISTRATOR)
def one(name: str) -> ResponseReturnValue:
    """A source: how it is harvested, the columns confirmed for it, its runs."""
    source = _source(name)
    with parts().database.reading() as db:
        listed = runs.of_source(db, name)
    return render_template(
        "source.html",
        source=source,
        runs=listed,
        states=STATES,
        outcomes=_outcomes(),
        protocols=known(),
    )


@pages.post("/sources/<path:name>")
@requires(Role.ADMINISTRATOR)
def ask(name: str) -> ResponseReturnValue:
    """Ask the worker for a run; with ``approve`` for the deletions that wait."""
    _source(name)
    options = {"approve": True} if request.form.get("act") == "approve" else {}
    with parts().database.writing() as db:
        runs.enqueue(db, name, current_viewer().name, parts().clock.now(), options)
    flash(_("已排入队列，完成后这里会显示结果。"), "good")
    return redirect(f"/sources/{name}", 303)


@pages.get("/runs/<int:number>")
@signed_in
def run(number: int) -> ResponseReturnValue:
    """The report of a run, for whoever holds a role over its agency."""
    view, source = _run(number)
    report = report_of(parts().database, number)
    bad = list(islice((line for line in report.lines() if line.action in TROUBLED), SHOWN))
    return render_template(
        "run.html",
        run=view,
        report=report,
        bad=bad,
        waits=report.count(Action.WAITING),
        rejected=report.count(Action.REJECTED),
        outcomes=_outcomes(),
        states=STATES,
        manages=_manages(source),
    )


@pages.get("/runs/<int:number>.csv")
@signed_in
def run_table(number: int) -> ResponseReturnValue:
    """Every problem of every record as a table to work through."""
    _run(number)
    lines = as_csv(report_of(parts().database, number), current_language())
    answer = Response("".join(lines), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="run-{number}.csv"'
    return answer


def _run(number: int) -> tuple[RunView, SourceView]:
    with parts().database.reading() as db:
        view = runs.get(db, number)
        source = sources.get(db, view.source)
    if not _covers(source):
        raise NotFound(f"run {number}")
    return view, source


def _source(name: str) -> SourceView:
    with parts().database.reading() as db:
        source = sources.get(db, name)
    if not _manages(source):
        raise NotFound(f"source {name}")
    return source


def _manages(source: SourceView) -> bool:
    with parts().database.reading() as db:
        path = agencies.get(db, source.agency).path
    return current_viewer().may(Role.ADMINISTRATOR, path)


def _covers(source: SourceView) -> bool:
    with parts().database.reading() as db:
        return in_scope(current_viewer(), agencies.get(db, source.agency).path)


def _outcomes() -> dict[str, object]:
    return {action.value: text for action, text in OUTCOMES.items()}
