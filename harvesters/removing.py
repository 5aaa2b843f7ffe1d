"""Removing a source with its entries: these wait, like all large deletions, for a person."""

from __future__ import annotations

from itertools import islice

from catalog import ledger, runs, sources, steering
from catalog.clock import Clock
from catalog.database import Database
from catalog.runs import RecordRow, RunState
from catalog.viewers import Viewer
from harvesters.deciding import superseded
from harvesters.faults import problem
from harvesters.plan import Action
from harvesters.report import Report
from harvesters.run import report_of
from harvesters.standing import Phase, Standing

REMOVE = {"remove": True}
"""The options of the run that holds what is to leave."""
PIECE = 1000


def remove(database: Database, name: str, actor: Viewer, clock: Clock, reason: str) -> Report:
    """Harvest a source no more, and let a run wait that would delete all its entries.

    Raises NotFound, Forbidden, or WrongState for one that is removed already or under way.
    """
    now = clock.now()
    with database.writing() as session:
        for waiting in steering.waiting(session, name):
            superseded(session, waiting, now)
        run = runs.open(session, name, now, actor.name, REMOVE, runs.new_owner())
        sources.retire(session, actor, name, reason, now)
        standing = Standing(phase=Phase.ENDING, complete=True)
        keys = ledger.living_keys(session, name)
        while piece := list(islice(keys, PIECE)):
            held = ledger.entries_of(session, name, piece)
            rows = [RecordRow(key, "", Action.WAITING, held.get(key)) for key in piece]
            runs.record(session, run.id, rows)
            standing.missing += len(rows)
        standing.count(Action.WAITING, standing.missing)
        told = problem("source-removed", value=str(standing.missing), severity="warning")
        standing.note([told])
        runs.checkpoint(session, run.id, standing.as_dict(), now)
        state = RunState.WAITING if standing.missing else RunState.DONE
        runs.close(session, run.id, state, dict(standing.counts), True, now)
    return report_of(database, run.id)
