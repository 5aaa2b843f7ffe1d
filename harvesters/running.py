"""One run at work: it fetches page by page and applies, judges what is missing, deletes what may be
deleted. A killed one goes on where its last transaction ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from catalog import agencies, ledger, record_problems, runs, sources, steering
from catalog.clock import Clock
from catalog.database import Database
from catalog.ledger import Session
from catalog.runs import RunState, RunView
from catalog.sources import SourceView
from catalog.viewers import Viewer
from harvesters import again, fitting, reading, recalling
from harvesters.applying import Applied, Applier
from harvesters.budget import Budget
from harvesters.deciding import approved, superseded
from harvesters.deleting import delete_page, judge_run
from harvesters.faults import HarvestFault, fault, problem
from harvesters.fetched import Job, Page
from harvesters.noting import Noting
from harvesters.plan import Action
from harvesters.preparing import Preparing
from harvesters.progress import Progress, Tell
from harvesters.report import Report
from harvesters.standing import Phase, Standing
from standards.clocks import local_day
from standards.decisions import bars

ONLY = "only"
"""The option of a run that reads chosen records again."""
CANCELLED = "run-cancelled"


class Running:
    """One run and its state; each step writes its outcome and its checkpoint together."""

    def __init__(
        self,
        database: Database,
        source: SourceView,
        actor: Viewer,
        clock: Clock,
        progress: Tell | None,
    ) -> None:
        self._database, self._source, self._actor = database, source, actor
        self._clock, self._progress = clock, progress
        self.view: RunView
        self.standing = Standing()

    def open(self, approval: str | None, options: Mapping[str, Any]) -> None:
        """Take up the run that was interrupted or is to be approved, or begin a new one."""
        owner, now, name = runs.new_owner(), self._clock.now(), self._source.name
        with self._database.writing() as session:
            for waiting in [] if options.get(ONLY) else steering.waiting(session, name):
                if approval is not None:
                    taken = steering.reopen(session, waiting.id, owner, now)
                    if taken:
                        self.view = taken
                        self.standing = approved(session, taken, self._actor, approval, now)
                        return
                superseded(session, waiting, now)
            self.view = runs.open(session, name, now, self._actor.name, options, owner)
        self.standing = Standing.from_dict(self.view.checkpoint)

    def fetch(self, job: Job, budget: Budget) -> None:
        """Read the source from the checkpoint on, and apply each page in one transaction."""
        standing = self.standing
        if standing.phase is not Phase.FETCHING:
            return
        job = replace(job, checkpoint=standing.at)
        try:
            for page in self._wanted(job):
                budget.check()
                standing.spent = budget.spent
                self._store(page)
            standing.complete = not self._some
        except HarvestFault as error:
            standing.failed = True
            standing.cancelled = error.problem.rule == CANCELLED
            standing.note([error.problem])
        with self._database.writing() as session:
            standing.phase = Phase.JUDGING
            standing.spent = budget.spent
            self._save(session)

    @property
    def _some(self) -> bool:
        """Whether only chosen records are read again: then nothing is missing, nothing deleted."""
        return bool(self.view.options.get(ONLY))

    def _wanted(self, job: Job) -> Iterator[Page]:
        fetched = self.standing.fetched
        if not self._some:
            return reading.pages(self._source, job, fetched)
        with self._database.reading() as session:
            chosen = again.chosen(session, self._source.name, self.view.options[ONLY])
        self.standing.note([problem("only-some", value=str(len(chosen)), severity="warning")])
        picked = again.pages(reading.protocol(self._source), job, chosen)
        return reading.bounded(self._source, picked, fetched)

    def _store(self, page: Page) -> None:
        standing = self.standing
        with self._database.writing() as session:
            if by := steering.fence(session, self.view.id, self.view.owner):
                raise fault(CANCELLED, value=by)
            if page.again:
                ledger.restart(session, self._source.name, self.view.id)
                standing.begin_again()
            standing.facts.update(page.facts)
            standing.note(page.notes)
            preparing = Preparing(self._source, partial(agencies.match, session))
            applied = self._applier(session, preparing).apply(page.records)
            self._tally(applied, preparing)
            standing.at = page.checkpoint or standing.at
            standing.place = page.records[-1].place if page.records else standing.place
            self._save(session)
        self._tell()

    def _applier(self, session: Session, preparing: Preparing) -> Applier:
        day, standing = local_day(self._clock.now()).isoformat(), self.standing
        name, run, at = self._source.name, self.view.id, standing.fetched
        noting = Noting(session, name, run, day, at, standing.news, whole=not self._some)
        return Applier(session, self._actor, preparing, noting, run, self._clock.now())

    def _tally(self, applied: list[Applied], preparing: Preparing) -> None:
        self.standing.fetched += len(applied)
        for each in applied:
            self.standing.count(each.action)
            barred = [said for said in each.problems if bars(said)]
            self.standing.remark(barred or each.problems)
        for provider, number in preparing.unknown.items():
            self.standing.miss_agency(provider, number)

    def judge(self) -> None:
        """Work out what is missing, and whether it may be deleted."""
        if self.standing.phase is not Phase.JUDGING:
            return
        with self._database.writing() as session:
            if self._some:
                self._spare(session)
            else:
                judge_run(session, self._source, self.view.id, self.standing)
            self._save(session)
        self._tell()

    def _spare(self, session: Session) -> None:
        """Chosen records that the source has deleted stay until a whole run has weighed it."""
        ledger.turn(session, self.view.id, Action.DELETE, Action.KEPT)
        if self.standing.counts[Action.DELETE]:
            self.standing.turn(Action.DELETE, Action.KEPT)
        if not self.standing.failed:
            only = self.view.options[ONLY]
            gone = again.forget(session, self._source.name, self.view.id, only)
            self.standing.news.leave(gone)
        self.standing.phase = Phase.ENDING

    def delete(self) -> None:
        """Carry out page by page what the guard or a person let through."""
        standing = self.standing
        while standing.phase is Phase.DELETING:
            with self._database.writing() as session:
                by = steering.fence(session, self.view.id, self.view.owner)
                if by and not standing.cancelled:
                    self._give_up(session, by)
                now, run = self._clock.now(), self.view.id
                if not delete_page(session, self._actor, self._source, run, standing, now):
                    standing.phase = Phase.ENDING
                self._save(session)
            self._tell()

    def _give_up(self, session: Session, by: str) -> None:
        """Cancelled while it deletes: what is left stays."""
        self.standing.cancelled = True
        self.standing.note([fault(CANCELLED, value=by).problem])
        for planned in (Action.DELETE, Action.RENAME):
            ledger.turn(session, self.view.id, planned, Action.KEPT)
            self.standing.turn(planned, Action.KEPT)

    def close(self, fit: fitting.Fit) -> Report:
        """End the run, remember the mapping of its columns, and report."""
        standing, now = self.standing, self._clock.now()
        state = _ended(standing)
        with self._database.writing() as session:
            mapping = standing.facts.get("mapping")
            if mapping and not self._source.mapping and state is not RunState.FAILED:
                sources.save_mapping(session, self._source.name, mapping, self.view.created)
            if standing.complete and state is RunState.DONE:
                fit.keep_marks(session)
            counts = dict(standing.counts)
            standing.news.tiers = dict(record_problems.sums(session, self._source.name).tiers)
            self._save(session)
            runs.close(session, self.view.id, state, counts, standing.complete, now)
        return recalling.report(self._database, self.view, standing, state.value)

    def _save(self, session: Session) -> None:
        steering.fence(session, self.view.id, self.view.owner)
        runs.checkpoint(session, self.view.id, self.standing.as_dict(), self._clock.now())

    def _tell(self) -> None:
        if self._progress:
            self._progress(Progress.of(self.standing))


def _ended(standing: Standing) -> RunState:
    """How a run ended."""
    if standing.cancelled:
        return RunState.CANCELLED
    if standing.counts.get(Action.WAITING):
        return RunState.WAITING
    return RunState.FAILED if standing.failed else RunState.DONE
