"""The report of a run, recalled from what it kept."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from catalog import runs
from catalog.database import Database
from catalog.runs import RunState, RunView
from harvesters.noting import line_of
from harvesters.preview import PLANNED
from harvesters.report import Line, Report
from harvesters.standing import Standing

_LINES = 500


def report_of(database: Database, run: int) -> Report:
    """The report of a run that was made before."""
    with database.reading() as session:
        view = runs.get(session, run)
    planned = view.state is RunState.DONE and view.options.get("plan")
    state = PLANNED if planned else view.state.value
    return report(database, view, Standing.from_dict(view.checkpoint), state)


def report(database: Database, view: RunView, standing: Standing, state: str) -> Report:
    """What is told of a run that stands so."""
    lines = partial(_lines, database, view.id)
    return standing.report(view.source, view.id, state, lines)


def _lines(database: Database, run: int) -> Iterator[Line]:
    after = 0
    while True:
        with database.reading() as session:
            rows = runs.records(session, run, after=after, size=_LINES)
        for _, row in rows:
            yield line_of(row)
        if len(rows) < _LINES:
            return
        after = rows[-1][0]
