"""A plan that is kept, so that it can be read page by page: what a run would do, nothing done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from catalog import ledger, runs
from catalog.clock import Clock
from catalog.database import Database
from catalog.runs import RecordRow, RunState, RunView
from catalog.viewers import Viewer
from harvesters import fitting
from harvesters.beating import Heart
from harvesters.budget import Budget
from harvesters.fetching import Fetcher
from harvesters.limits import Limits
from harvesters.preview import work_out
from harvesters.report import Line
from harvesters.standing import Phase, Standing

PLAN = "plan"
"""The option of a run that only plans."""
OPTIONS: dict[str, Any] = {PLAN: True}


def plan(
    database: Database, name: str, actor: Viewer, clock: Clock, fetcher: Fetcher | None = None
) -> RunView:
    """Plan a run of the source and keep the plan as a run of its own. Raises NotFound, and
    WrongState while another run of the source is going on.
    """
    fit = fitting.fit(database, name, clock, full=True, fetcher=fetcher)
    with database.writing() as session:
        run = runs.open(session, name, clock.now(), actor.name, OPTIONS, runs.new_owner())
        ledger.restart(session, name, run.id)  # a plan that was interrupted begins anew
    budget = Budget(Limits.of(fit.options))
    kept = _Kept(database, clock, run)
    with Heart(database, run, clock, budget), fit.fetcher(budget) as client:
        standing = work_out(database, fit.source, fit.job(client), kept)
    standing.phase, standing.spent = Phase.ENDING, budget.spent
    state = RunState.FAILED if standing.failed else RunState.DONE
    with database.writing() as session:
        kept.save(session, standing)
        return runs.close(session, run.id, state, dict(standing.counts), False, clock.now())


@dataclass(frozen=True, slots=True)
class _Kept:
    """Keeps the lines of a plan with its run."""

    database: Database
    clock: Clock
    run: RunView

    def again(self) -> None:
        """The source began anew."""
        with self.database.writing() as session:
            ledger.restart(session, self.run.source, self.run.id)

    def add(self, lines: Sequence[Line], standing: Standing) -> None:
        """Write the next lines, with where the plan stands."""
        with self.database.writing() as session:
            runs.record(session, self.run.id, [_row(line) for line in lines])
            self.save(session, standing)

    def save(self, session: ledger.Session, standing: Standing) -> None:
        """Say where the plan stands."""
        runs.checkpoint(session, self.run.id, standing.as_dict(), self.clock.now())


def _row(line: Line) -> RecordRow:
    problems = [each.as_dict() for each in line.problems]
    return RecordRow(line.key, line.place, line.action.value, line.entry, problems, line.raw)
