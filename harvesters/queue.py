"""The worker's side of the queue of runs: what is due, was asked for, or was left behind."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import structlog

from catalog import accounts, agencies, runs, sources, steering
from catalog.clock import Clock
from catalog.database import Database
from catalog.errors import CatalogError, Forbidden, NotFound, Unavailable, WrongState
from catalog.ledger import Session
from catalog.runs import RunState, RunView
from catalog.viewers import OPERATOR, TIMES_HAND, Grant, Role, Viewer
from harvesters.planning import PLAN, plan
from harvesters.run import ONLY, harvest
from harvesters.sources import others
from standards.problems import Text

POLL = 1.0
MAY_ASK = (Role.ADMINISTRATOR, Role.REGISTRAR)
HANDS = 4
"""Runs that a worker carries out at once."""

GONE = Text(
    "申请这次采集的账号已停用，或不再有权采集这个来源。",
    "The account that asked for this run is closed, or may not harvest the source any more.",
)
log = structlog.get_logger("mulu.queue")


def work(database: Database, clock: Clock, stop: threading.Event) -> None:
    """Carry out runs that are due, queued or abandoned until told to stop, some of them at once, so
    that a slow source keeps no other from its turn. A database that is away is waited for, and the
    runs go on at their checkpoints.
    """
    for each in others().refused:
        log.warning("plug-in left out", plugin=each.path, reason=each.message.en)
    hands = _Hands(database, clock)
    while not stop.wait(POLL):
        try:
            hands.take(due(database, clock))
        except Unavailable as away:
            log.warning("waiting", reason=str(away))


def step(database: Database, clock: Clock) -> int:
    """Carry out every run that waits now, one after another; how many there were."""
    waiting = due(database, clock)
    for run in waiting:
        _carry_out(database, clock, run)
    return len(waiting)


def due(database: Database, clock: Clock) -> list[RunView]:
    """The runs to carry out now: those that were asked for or abandoned, and one of each source
    whose moment has come, unless it has one already."""
    now = clock.now()
    with database.writing() as session:
        for source in sources.due(session, now):
            if steering.idle(session, source.name):
                runs.enqueue(session, source.name, TIMES_HAND, now)
            log.info("source due", source=source.name, next=str(source.due))
        runs.bury_dead(session, now)
        return runs.queued(session)


class _Hands:
    """The runs that this worker has in hand, each in a thread that ends with the process."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._busy: set[int] = set()
        self._lock = threading.Lock()

    def take(self, waiting: Sequence[RunView]) -> None:
        """Begin what there is a hand for."""
        for run in waiting:
            with self._lock:
                if run.id in self._busy or len(self._busy) >= HANDS:
                    continue
                self._busy.add(run.id)
            threading.Thread(target=self._work, args=(run,), daemon=True).start()

    def _work(self, run: RunView) -> None:
        try:
            _carry_out(self._database, self._clock, run)
        except Unavailable as away:
            log.warning("waiting", reason=str(away))
        finally:
            with self._lock:
                self._busy.discard(run.id)


def _carry_out(database: Database, clock: Clock, run: RunView) -> None:
    """One run, on behalf of whoever asked for it; one that cannot be done is closed with why."""
    try:
        actor = _actor(database, run)
        if run.options.get(PLAN):
            plan(database, run.source, actor, clock)
            return
        report = harvest(
            database,
            run.source,
            actor,
            clock,
            approve=bool(run.options.get("approve")),
            full=bool(run.options.get("full")),
            only=run.options.get(ONLY, ()),
            reason=str(run.options.get("reason", "")),
        )
    except WrongState as busy:
        if busy.told:  # it will never be otherwise
            _close(database, clock, run, RunState.FAILED, _words(busy))
        return  # somebody harvests it at this moment: it stays queued
    except Unavailable:
        raise
    except CatalogError as refused:
        log.warning("run refused", run=run.id, source=run.source, reason=str(refused))
        _close(database, clock, run, RunState.FAILED, _words(refused))
    except Exception as error:  # the worker outlives a faulty run, which would return for ever
        log.exception("run failed", run=run.id, source=run.source)
        _close(database, clock, run, RunState.FAILED, f"{type(error).__name__}: {error}")
    else:
        log.info("run ended", run=report.run, source=report.source, state=report.state)
        if report.run != run.id:  # an approval is carried out by the run that waited for it
            _close(database, clock, run, RunState.DONE, f"→ {report.run}")


def _words(refused: CatalogError) -> str:
    """Why, in both languages where it is told so."""
    told = getattr(refused, "told", None)
    return f"{told.zh} {told.en}" if isinstance(told, Text) else str(refused)


def _actor(database: Database, run: RunView) -> Viewer:
    """Who asked, with no more rights than the source needs, whatever else they may do. Raises
    Forbidden for somebody whose account is closed, or who has lost that role, since they asked."""
    if run.requested_by == OPERATOR.name:
        return OPERATOR
    with database.reading() as session:
        agency = sources.get(session, run.source).agency
        path = agencies.get(session, agency).path
        if run.requested_by != TIMES_HAND and not _may_still(session, run.requested_by, path):
            raise Forbidden(f"{run.requested_by} may not harvest {run.source} any more", GONE)
    return Viewer(None, run.requested_by, (Grant(Role.REGISTRAR, agency),))


def _may_still(session: Session, username: str, path: Sequence[str]) -> bool:
    try:
        account = accounts.by_username(session, username).account
    except NotFound:
        return False
    found = accounts.viewer_of_account(session, account) if account else None
    return bool(found and any(found.may(role, path) for role in MAY_ASK))


def _close(database: Database, clock: Clock, run: RunView, state: RunState, note: str) -> None:
    with database.writing() as session:
        latest = runs.get(session, run.id)
        runs.close(session, run.id, state, latest.counts, False, clock.now(), note)
