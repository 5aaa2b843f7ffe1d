"""The worker's side of the queue of runs: what was asked for or left behind, one at a time."""

from __future__ import annotations

import threading

import structlog

from catalog import runs, sources
from catalog.clock import Clock
from catalog.database import Database
from catalog.errors import CatalogError, Unavailable, WrongState
from catalog.runs import RunState, RunView
from catalog.viewers import OPERATOR, Grant, Role, Viewer
from harvesters.run import ONLY, harvest
from harvesters.sources import others

POLL = 1.0
log = structlog.get_logger("mulu.queue")


def work(database: Database, clock: Clock, stop: threading.Event) -> None:
    """Carry out queued and abandoned runs until told to stop; a database that is away is waited
    for, and the run goes on at its checkpoint.
    """
    for each in others().refused:
        log.warning("plug-in left out", plugin=each.path, reason=each.message.en)
    while not stop.wait(POLL):
        try:
            step(database, clock)
        except Unavailable as away:
            log.warning("waiting", reason=str(away))


def step(database: Database, clock: Clock) -> int:
    """Carry out every run that waits now; how many there were."""
    with database.writing() as session:
        runs.bury_dead(session, clock.now())
        waiting = runs.queued(session)
    for run in waiting:
        _carry_out(database, clock, run)
    return len(waiting)


def _carry_out(database: Database, clock: Clock, run: RunView) -> None:
    """One run, on behalf of whoever asked for it; one that cannot be done is closed with why."""
    try:
        report = harvest(
            database,
            run.source,
            _actor(database, run),
            clock,
            approve=bool(run.options.get("approve")),
            full=bool(run.options.get("full")),
            only=run.options.get(ONLY, ()),
        )
    except WrongState:
        return  # somebody harvests it at this moment: it stays queued
    except Unavailable:
        raise
    except CatalogError as refused:
        log.warning("run refused", run=run.id, source=run.source, reason=str(refused))
        _close(database, clock, run, RunState.FAILED, str(refused))
    except Exception as error:  # the worker outlives a faulty run, which would return for ever
        log.exception("run failed", run=run.id, source=run.source)
        _close(database, clock, run, RunState.FAILED, f"{type(error).__name__}: {error}")
    else:
        log.info("run ended", run=report.run, source=report.source, state=report.state)
        if report.run != run.id:  # an approval is carried out by the run that waited for it
            _close(database, clock, run, RunState.DONE, f"→ {report.run}")


def _actor(database: Database, run: RunView) -> Viewer:
    """Who asked, with no more rights than the source needs, whatever else they may do."""
    if run.requested_by == OPERATOR.name:
        return OPERATOR
    with database.reading() as session:
        agency = sources.get(session, run.source).agency
    return Viewer(None, run.requested_by, (Grant(Role.REGISTRAR, agency),))


def _close(database: Database, clock: Clock, run: RunView, state: RunState, note: str) -> None:
    with database.writing() as session:
        latest = runs.get(session, run.id)
        runs.close(session, run.id, state, latest.counts, False, clock.now(), note)
