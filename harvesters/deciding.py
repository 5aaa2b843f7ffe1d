"""What people decide about runs: they approve or refuse deletions that wait, cancel a run, and undo
what one has deleted. Each is an audit event with who and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from catalog import audit, ledger, restoring, runs, sources, steering
from catalog.audit import Event
from catalog.clock import Clock
from catalog.database import Database
from catalog.errors import NotFound, WrongState
from catalog.ledger import Session
from catalog.runs import RunState, RunView
from catalog.sources import NODE
from catalog.viewers import Grant, Role, Viewer
from harvesters.options import value
from harvesters.plan import Action
from harvesters.standing import Phase, Standing
from standards.problems import Text

PAGE = 200


def approved(session: Session, run: RunView, actor: Viewer, reason: str, now: datetime) -> Standing:
    """Somebody decided: what waited is renamed or deleted now."""
    standing = Standing.from_dict(run.checkpoint)
    renamed = ledger.turn_pairs(session, run.id, Action.WAITING, Action.RENAME)
    standing.count(Action.WAITING, -renamed)
    standing.count(Action.RENAME, renamed)
    _told(session, actor, "deletions approved", run, reason, now)
    ledger.turn(session, run.id, Action.WAITING, Action.DELETE)
    standing.turn(Action.WAITING, Action.DELETE)
    standing.phase = Phase.DELETING
    steering.fence(session, run.id, run.owner)
    runs.checkpoint(session, run.id, standing.as_dict(), now)
    return standing


def refuse(database: Database, source: str, actor: Viewer, clock: Clock, reason: str) -> RunView:
    """Let nothing of what waits be deleted. The next run of the source decides anew.

    Raises NotFound if nothing waits.
    """
    now = clock.now()
    with database.writing() as session:
        waiting = steering.waiting(session, source)
        if not waiting:
            raise NotFound(f"run of {source} that waits")
        for run in waiting:
            _told(session, actor, "deletions refused", run, reason, now)
            superseded(session, run, now, f"{actor.name}: {reason}" if reason else actor.name)
        return runs.get(session, waiting[0].id)


def superseded(session: Session, run: RunView, now: datetime, note: str = "") -> None:
    """Nothing of what waited is deleted: it was refused, or a newer run decides anew."""
    standing = Standing.from_dict(run.checkpoint)
    ledger.turn(session, run.id, Action.WAITING, Action.KEPT)
    standing.turn(Action.WAITING, Action.KEPT)
    runs.checkpoint(session, run.id, standing.as_dict(), now)
    runs.close(session, run.id, RunState.DONE, dict(standing.counts), run.complete, now, note)


def cancel(database: Database, source: str, actor: Viewer, clock: Clock) -> RunView:
    """Stop the run of a source that waits for a worker or is under way; what it has registered
    stays, and it deletes nothing. Raises NotFound if there is none.
    """
    now = clock.now()
    with database.writing() as session:
        run = steering.cancel(session, source, actor.name, now)
        _told(session, actor, "run cancelled", run, "", now)
        return run


def hand(database: Database, actor: Viewer, source: str) -> Viewer:
    """Whoever manages a source may take back what its runs did, whatever else they may write."""
    with database.reading() as session:
        agency = sources.get(session, source).agency
    return replace(actor, grants=(*actor.grants, Grant(Role.REGISTRAR, agency)))


_HOMES = Text(
    "来源节点撤下的条目只有该节点能恢复，恢复后会自动回来。",
    "What a node withdrew, that node alone restores; then it comes back by itself.",
)


def undo(
    database: Database, source: str, run: int, actor: Viewer, clock: Clock, reason: str
) -> int:
    """Restore all that a run deleted, under the old permanent identifiers; how many entries.

    Raises NotFound for what is no run of the source, WrongState for one that is not over, too long
    ago or of a node, and Forbidden for who may not write for an agency.
    """
    with database.reading() as session:
        view = runs.get(session, run)
        if view.source != source:
            raise NotFound(f"run {run} of {source}")
        settings = sources.get(session, source).settings
        days = value(settings.options, "grace_days")
    if settings.protocol == NODE:
        raise WrongState(f"run {run}", "of a node", _HOMES)
    if view.finished is None:
        raise WrongState(f"run {run}", view.state)
    if clock.now() - view.finished > timedelta(days=days):
        told = Text(f"已过 {days} 天，不能再撤销。", f"It is more than {days} days ago.")
        raise WrongState(f"run {run}", "over for too long", told)
    total = 0
    while rows := _undone_page(database, view, actor, clock.now(), reason):
        total += rows[1]
    return total


def _undone_page(
    database: Database, run: RunView, actor: Viewer, now: datetime, reason: str
) -> tuple[int, int] | None:
    """Restore one page: how many records it had and how many entries came back; None at the end."""
    with database.writing() as session:
        rows = runs.records(session, run.id, Action.DELETED, size=PAGE)
        if not rows:
            return None
        entries = [row.entry for _, row in rows if row.entry]
        back = restoring.restore(session, actor, entries, reason, now, run=run.id)
        outcomes = {
            number: Action.RESTORED.value if row.entry in back else Action.KEPT.value
            for number, row in rows
        }
        ledger.settle(session, run.id, outcomes)
        latest = runs.get(session, run.id)
        standing = Standing.from_dict(latest.checkpoint)
        for action in outcomes.values():
            standing.count(Action.DELETED, -1)
            standing.count(Action(action))
        runs.checkpoint(session, run.id, standing.as_dict(), now)
        counts, note = dict(standing.counts), latest.note
        finished = run.finished or now
        runs.close(session, run.id, latest.state, counts, latest.complete, finished, note)
        _told(session, actor, "deletions undone", run, reason, now, entries=len(back))
        return len(rows), len(back)


def _told(
    session: Session,
    actor: Viewer,
    action: str,
    run: RunView,
    reason: str,
    now: datetime,
    **more: object,
) -> None:
    details = {"run": run.id, "source": run.source, "reason": reason, **more}
    waiting = run.counts.get(Action.WAITING)
    if waiting:
        details["waiting"] = waiting
    audit.append(session, actor.name, [Event(action, None, details)], now)
