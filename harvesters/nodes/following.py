"""Follows nodes: each is asked every few seconds for what changed after the last turn that is here.
One that does not answer is asked less and less often, and keeps no other waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import timedelta

import structlog

from catalog import leases, sources
from catalog.clock import Clock
from catalog.database import Database
from catalog.errors import CatalogError, NotFound, Unavailable
from catalog.federation import nodes
from catalog.federation.nodes import KEY, NodeView
from catalog.federation.tokens import token_of
from catalog.processes import new_owner
from catalog.sources import NODE, SourceView
from catalog.viewers import OPERATOR, Viewer
from harvesters.addresses import anywhere, is_public
from harvesters.faults import HarvestFault, problem
from harvesters.fetching import Fetcher, GuardedFetcher
from harvesters.nodes.asking import LIMITS, Asking
from harvesters.nodes.taking import Taker, standing_after
from standards.problems import Problem

POLL = 1.0
"""Seconds between two questions to a node that answers."""
LONGEST_PAUSE = 60.0
NOTED = timedelta(seconds=15)
"""So old may the last contact be on record while nothing changes: each note is a write."""
log = structlog.get_logger("mulu.following")


def catch_up(
    database: Database,
    source: SourceView,
    actor: Viewer,
    clock: Clock,
    fetcher: Fetcher,
    *,
    full: bool = False,
    going: Callable[[], bool] = lambda: True,
) -> NodeView:
    """Take in everything that the node has said up to now; all of it anew if ``full``.

    Raises HarvestFault, with the fault on record.
    """
    pinned = str(source.settings.options.get(KEY, ""))
    with database.reading() as session:
        node = nodes.standing(session, source.name, pinned)
    taker = Taker(database, source, actor)
    after = 0 if full else node.turn
    try:
        while going():
            said, key = Asking(fetcher, source.settings.location, node).changes(after)
            if said.head < after:
                told = problem(
                    "node-turned-back", value=str(said.head), before=after, severity="warning"
                )
                log.warning("node turned back", source=source.name, head=said.head, turn=after)
                node = taker.take(replace(node, turn=0), said, key, clock.now(), [told])
                after = 0
                continue
            if said.changes or _worth_noting(node, standing_after(node, said, key, clock.now())):
                node = taker.take(node, said, key, clock.now())
            after = said.last or after
            if after >= said.head:
                break
    except HarvestFault as failed:
        _note_fault(database, node, failed, clock)
        raise
    return node


def caught_up(
    database: Database,
    source: SourceView,
    actor: Viewer,
    clock: Clock,
    fetcher: Fetcher,
    *,
    full: bool,
) -> tuple[int, tuple[Problem, ...]]:
    """The same for whoever asks for it now: the run of the day, and what went wrong."""
    faults: tuple[Problem, ...] = ()
    try:
        catch_up(database, source, actor, clock, fetcher, full=full)
    except HarvestFault as failed:
        faults = (failed.problem,)
    with database.writing() as session:
        return nodes.run_of_day(session, source.name, actor.name, clock.now()), faults


def work(database: Database, clock: Clock, stop: threading.Event) -> None:
    """Follow every node until told to stop, each in a thread of its own."""
    threads: dict[str, threading.Thread] = {}
    while not stop.wait(POLL):
        try:
            with database.reading() as session:
                names = [each.name for each in sources.all(session) if _followed(each)]
        except Unavailable as away:
            log.warning("waiting", reason=str(away))
            continue
        for name in names:
            if name not in threads or not threads[name].is_alive():
                thread = threading.Thread(
                    target=_keep_up, args=(database, name, clock, stop), daemon=True
                )
                threads[name] = thread
                thread.start()
    for thread in threads.values():
        thread.join(timeout=2)


def opened(source: SourceView) -> AbstractContextManager[Fetcher]:
    """A client for the node of a source."""
    private = bool(source.settings.options.get("allow_private"))
    permit = anywhere if private else is_public
    return GuardedFetcher(LIMITS, permit=permit, token=token_of(source.name))


def _keep_up(database: Database, name: str, clock: Clock, stop: threading.Event) -> None:
    """Follow one node until it is not to be followed any more."""
    owner, lease, pause = new_owner(), f"node {name}"[:100], 0.0

    def ours() -> bool:
        return not stop.is_set() and leases.acquire(database, lease, owner, clock.now())

    while not stop.wait(pause):
        pause = min(LONGEST_PAUSE, max(POLL, pause * 2))
        try:
            with database.reading() as session:
                source = sources.get(session, name)
            if not _followed(source):
                break
            with opened(source) as fetcher:
                _while_well(database, source, clock, fetcher, stop, ours)
            pause = POLL
        except NotFound:
            break
        except (HarvestFault, CatalogError) as failed:
            log.warning("node fails", source=name, reason=str(failed), again_in=pause)
        except Exception:  # the worker outlives whatever one node does to it
            log.exception("following failed", source=name)
            pause = LONGEST_PAUSE
    with suppress(Unavailable):
        leases.release(database, lease, owner)


def _while_well(
    database: Database,
    source: SourceView,
    clock: Clock,
    fetcher: Fetcher,
    stop: threading.Event,
    ours: Callable[[], bool],
) -> None:
    """Ask over one connection while the node answers and its source is set as it was."""
    while ours():
        catch_up(database, source, OPERATOR, clock, fetcher, going=ours)
        if stop.wait(POLL):
            return
        with database.reading() as session:
            current = sources.get(session, source.name)
        if current != source:
            return


def _followed(source: SourceView) -> bool:
    return source.settings.protocol == NODE and not source.paused and source.retired is None


def _worth_noting(before: NodeView, after: NodeView) -> bool:
    """Whether an answer without changes is to be written down."""
    if before.contact is None or before.fault is not None or after.contact is None:
        return True
    still = replace(after, contact=before.contact) == before
    return not still or before.turn != before.head or after.contact - before.contact > NOTED


def _note_fault(database: Database, node: NodeView, failed: HarvestFault, clock: Clock) -> None:
    now, told = clock.now(), failed.problem.as_dict()
    with suppress(Unavailable), database.writing() as session:
        current = nodes.standing(session, node.source, node.pinned)
        if current.fault is None or current.fault["rule"] != failed.problem.rule:
            nodes.keep(session, replace(current, fault={**told, "since": now.isoformat()}))
