"""Sources: what is harvested or was uploaded, and the runs of each."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog import agencies, runs, source_health, sources
from catalog.errors import NotFound
from catalog.source_health import Health
from catalog.sources import SourceView
from catalog.viewers import Role
from harvesters.planning import OPTIONS, PLAN
from harvesters.report import OUTCOMES, STATES
from harvesters.sources import known
from web.pages import progress, source_words
from web.signin import current_viewer, parts, requires

pages = Blueprint("sources", __name__)
RUNS = 20
PAUSING = {"pause": True, "resume": False}


@pages.get("/sources")
@requires(Role.ADMINISTRATOR)
def listing() -> ResponseReturnValue:
    """Every source with its latest run."""
    with parts().database.reading() as db:
        listed = [each for each in sources.all(db) if _manages(each)]
        found = source_health.of(db, listed, parts().clock.now())
    tally = Counter(each.health for each in found)
    return render_template(
        "sources.html",
        sources=found,
        tally=[(health, tally[health]) for health in Health if tally[health]],
        chosen=request.args.get("health", ""),
        words=source_words,
        states=STATES,
        protocols=known(),
    )


@pages.get("/sources/<path:name>")
@requires(Role.ADMINISTRATOR)
def one(name: str) -> ResponseReturnValue:
    """A source: how it is harvested, the columns confirmed for it, its runs."""
    source = _source(name)
    with parts().database.reading() as db:
        (health,) = source_health.of(db, [source], parts().clock.now())
        listed = runs.of_source(db, name, RUNS, _number("before"))
    return render_template(
        "source.html",
        source=source,
        health=health,
        progress={run.id: progress.of(run) for run in health.runs},
        runs=listed,
        older=listed[-1].id if len(listed) == RUNS else 0,
        words=source_words,
        states=STATES,
        outcomes=_outcomes(),
        protocols=known(),
    )


@pages.post("/sources/<path:name>")
@requires(Role.ADMINISTRATOR)
def ask(name: str) -> ResponseReturnValue:
    """Ask the worker for a run or for a plan of one; or have the source harvested by itself no
    more, or again.
    """
    _source(name)
    act, now = request.form.get("act", ""), parts().clock.now()
    with parts().database.writing() as db:
        if act in PAUSING:
            sources.pause(db, current_viewer(), name, PAUSING[act], now)
        else:
            runs.enqueue(db, name, current_viewer().name, now, OPTIONS if act == PLAN else {})
    if act in PAUSING:
        flash(_("已暂停定时采集。") if PAUSING[act] else _("已恢复定时采集。"), "good")
    else:
        flash(_("已排入队列，完成后这里会显示结果。"), "good")
    return redirect(url_for("sources.one", name=name), 303)


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


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _outcomes() -> dict[str, object]:
    return {action.value: text for action, text in OUTCOMES.items()}
