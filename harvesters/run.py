"""The run of a harvest, from its beginning to its report."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from catalog.clock import Clock
from catalog.database import Database
from catalog.errors import WrongState
from catalog.runs import RunState
from catalog.sources import NODE
from catalog.viewers import Viewer
from harvesters import fitting
from harvesters.beating import Heart
from harvesters.budget import Budget
from harvesters.fetching import Fetcher
from harvesters.fitting import Fit
from harvesters.limits import Limits
from harvesters.nodes import following
from harvesters.preview import preview
from harvesters.progress import Tell
from harvesters.recalling import report_of
from harvesters.report import Report
from harvesters.running import ONLY, Running
from standards.problems import Text

__all__ = ["ONLY", "harvest", "report_of"]
REMOVED = Text("这个采集源已停用，不再采集。", "This source is removed and harvested no more.")


def harvest(
    database: Database,
    source_name: str,
    actor: Viewer,
    clock: Clock,
    *,
    plan_only: bool = False,
    approve: bool = False,
    full: bool = False,
    only: str | Sequence[str] = (),
    insist: bool = False,
    reason: str = "",
    progress: Tell | None = None,
    fetcher: Fetcher | None = None,
) -> Report:
    """Harvest a source once and report; `approve` lets the deletions of its waiting run happen,
    `insist` asks a host that is being left alone all the same. With `only`, nothing but the records
    with these keys (or all that are rejected) is read again.

    Raises NotFound for an unknown source, and WrongState for one that is removed or while another
    run of it is going on. A fault of the source never raises: it is in the report, and nothing is
    deleted.
    """
    anew = full or bool(only)
    fit = fitting.fit(database, source_name, clock, full=anew, insist=insist, fetcher=fetcher)
    if fit.source.retired and not approve:
        raise WrongState(f"source {source_name}", "removed", REMOVED)
    if plan_only:
        with fit.fetcher(Budget(Limits.of(fit.options))) as client:
            return preview(database, fit.source, fit.job(client))
    if fit.source.settings.protocol == NODE:
        return _caught_up(fit, actor, full)
    run = Running(database, fit.source, actor, clock, progress)
    run.open(reason if approve else None, _options(full, only))
    budget = Budget(Limits.of(fit.options), run.standing.spent)
    with Heart(database, run.view, clock, budget), fit.fetcher(budget) as client:
        run.fetch(fit.job(client), budget)
        run.judge()
        run.delete()
        return run.close(fit)


def _caught_up(fit: Fit, actor: Viewer, full: bool) -> Report:
    """What following a node has brought today, with what is new now."""
    source, database, given = fit.source, fit.database, fit.given
    with following.opened(source) if given is None else nullcontext(given) as client:
        run, faults = following.caught_up(database, source, actor, fit.clock, client, full=full)
    report = report_of(database, run)
    if not faults:
        return report
    notes = (*report.notes, *faults)
    return replace(report, state=RunState.FAILED.value, complete=False, notes=notes)


def _options(full: bool, only: str | Sequence[str]) -> dict[str, Any]:
    """What the run was asked for; one that is interrupted goes on for the same wish."""
    wish = only if isinstance(only, str) else sorted(set(only))
    return ({"full": True} if full else {}) | ({ONLY: wish} if only else {})
