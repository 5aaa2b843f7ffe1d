"""The run of a harvest: fetch page by page and apply, judge what is missing, delete what may be
deleted, report. A killed run goes on where its last transaction ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from catalog import agencies, ledger, record_problems, runs, sources
from catalog.clock import Clock
from catalog.database import Database
from catalog.runs import RunState, RunView
from catalog.sources import SourceView
from catalog.viewers import Viewer
from harvesters import again
from harvesters.addresses import anywhere, is_public
from harvesters.applying import Applied, Applier
from harvesters.deleting import delete_page, judge_run
from harvesters.faults import HarvestFault, problem
from harvesters.fetched import Job, Page, Source
from harvesters.fetching import Fetcher, GuardedFetcher
from harvesters.noting import Noting, line_of
from harvesters.plan import Action
from harvesters.preparing import Preparing
from harvesters.preview import preview
from harvesters.report import Line, Report
from harvesters.sources import known
from harvesters.standing import Phase, Standing
from standards.clocks import local_day

Progress = Callable[[int, Mapping[str, int]], None]
ONLY = "only"
"""The option of a run that reads chosen records again."""
_LINES = 500


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
    progress: Progress | None = None,
    fetcher: Fetcher | None = None,
) -> Report:
    """Harvest a source once and report; `approve` lets the deletions of its waiting run happen.
    With `only`, nothing but the records with these keys (or all that are rejected) is read again.

    Raises NotFound for an unknown source, and WrongState while another run of it is going on.
    A fault of the source never raises: it is in the report, and nothing is deleted.
    """
    with database.reading() as session:
        source = sources.get(session, source_name)
        since = None if full else _since(source, runs.of_source(session, source_name))
    with _fetcher(source, fetcher) as client:
        job = Job(
            location=source.settings.location,
            kind=source.settings.kind or None,
            fetcher=client,
            options=source.settings.options,
            mapping=source.mapping or {},
            since=since,
        )
        if plan_only:
            return preview(database, source, job, _pages(source, job))
        run = _Run(database, source, actor, clock, progress)
        run.open(approve, _options(full, only))
        run.fetch(job)
    run.judge()
    run.delete()
    return run.close()


def report_of(database: Database, run: int) -> Report:
    """The report of a run that was made before."""
    with database.reading() as session:
        view = runs.get(session, run)
    return _report(database, view, Standing.from_dict(view.checkpoint), view.state.value)


class _Run:
    """One run and its state; each step writes its outcome and its checkpoint together."""

    def __init__(
        self,
        database: Database,
        source: SourceView,
        actor: Viewer,
        clock: Clock,
        progress: Progress | None,
    ) -> None:
        self._database, self._source, self._actor = database, source, actor
        self._clock, self._progress = clock, progress
        self._view: RunView
        self._standing = Standing()
        self._approved = False

    def open(self, approve: bool, options: Mapping[str, Any]) -> None:
        """Take up the run that was interrupted or is to be approved, or begin a new one."""
        owner, now, name = runs.new_owner(), self._clock.now(), self._source.name
        with self._database.writing() as session:
            for waiting in [] if options.get(ONLY) else ledger.waiting(session, name):
                if approve and (taken := ledger.reopen(session, waiting.id, owner, now)):
                    self._approve(session, taken)
                    return
                ledger.turn(session, waiting.id, Action.WAITING, Action.KEPT)
                self._supersede(session, waiting, now)
            self._view = runs.open(session, name, now, self._actor.name, options, owner)
        self._standing = Standing.from_dict(self._view.checkpoint)

    def _approve(self, session: ledger.Session, view: RunView) -> None:
        """Somebody decided: what waited may be deleted now."""
        self._view, self._approved = view, True
        self._standing = Standing.from_dict(view.checkpoint)
        ledger.turn(session, view.id, Action.WAITING, Action.DELETE)
        self._standing.turn(Action.WAITING, Action.DELETE)
        self._standing.phase = Phase.DELETING
        self._save(session)

    def _supersede(self, session: ledger.Session, view: RunView, now: datetime) -> None:
        """A newer run decides anew what an unapproved one would have deleted."""
        standing = Standing.from_dict(view.checkpoint)
        standing.turn(Action.WAITING, Action.KEPT)
        runs.checkpoint(session, view.id, standing.as_dict(), now)
        runs.close(session, view.id, RunState.DONE, dict(standing.counts), view.complete, now)

    def fetch(self, job: Job) -> None:
        """Read the source from the checkpoint on, and apply each page in one transaction."""
        if self._standing.phase is not Phase.FETCHING:
            return
        job = _at(job, self._standing)
        try:
            for page in self._wanted(job):
                self._store(page)
            self._standing.complete = not self._some
        except HarvestFault as error:
            self._standing.failed = True
            self._standing.note([error.problem])
        with self._database.writing() as session:
            self._standing.phase = Phase.JUDGING
            self._save(session)

    @property
    def _some(self) -> bool:
        """Whether only chosen records are read again: then nothing is missing, nothing deleted."""
        return bool(self._view.options.get(ONLY))

    def _wanted(self, job: Job) -> Iterator[Page]:
        if not self._some:
            return _pages(self._source, job)
        with self._database.reading() as session:
            chosen = again.chosen(session, self._source.name, self._view.options[ONLY])
        self._standing.note([problem("only-some", value=str(len(chosen)), severity="warning")])
        return again.pages(_protocol(self._source), job, chosen)

    def _store(self, page: Page) -> None:
        standing = self._standing
        with self._database.writing() as session:
            if page.again:
                ledger.restart(session, self._source.name, self._view.id)
                standing.begin_again()
            standing.facts.update(page.facts)
            standing.note(page.notes)
            preparing = Preparing(self._source, partial(agencies.match, session))
            noting = self._noting(session)
            applied = self._applier(session, preparing, noting).apply(page.records)
            self._tally(applied, preparing)
            standing.at = page.checkpoint or standing.at
            self._save(session)
        if self._progress:
            self._progress(standing.fetched, standing.counts)

    def _noting(self, session: ledger.Session) -> Noting:
        day = local_day(self._clock.now()).isoformat()
        standing = self._standing
        name, run, at = self._source.name, self._view.id, standing.fetched
        return Noting(session, name, run, day, at, standing.news, whole=not self._some)

    def _applier(self, session: ledger.Session, preparing: Preparing, noting: Noting) -> Applier:
        return Applier(session, self._actor, preparing, noting, self._view.id, self._clock.now())

    def _tally(self, applied: list[Applied], preparing: Preparing) -> None:
        self._standing.fetched += len(applied)
        for each in applied:
            self._standing.count(each.action)
            self._standing.remark(each.problems)
        for provider, number in preparing.unknown.items():
            self._standing.miss_agency(provider, number)

    def judge(self) -> None:
        """Work out what is missing, and whether it may be deleted."""
        if self._standing.phase is not Phase.JUDGING:
            return
        with self._database.writing() as session:
            if self._some:
                self._spare(session)
            else:
                judge_run(session, self._source, self._view.id, self._standing)
            self._save(session)

    def _spare(self, session: ledger.Session) -> None:
        """Chosen records that the source has deleted stay until a whole run has weighed it."""
        ledger.turn(session, self._view.id, Action.DELETE, Action.KEPT)
        self._standing.turn(Action.DELETE, Action.KEPT)
        if not self._standing.failed:
            again.forget(session, self._source.name, self._view.id, self._view.options[ONLY])
        self._standing.phase = Phase.ENDING

    def delete(self) -> None:
        """Delete page by page what the guard or a person let through."""
        while self._standing.phase is Phase.DELETING:
            with self._database.writing() as session:
                left = delete_page(
                    session,
                    self._actor,
                    self._source,
                    self._view.id,
                    self._standing,
                    self._clock.now(),
                    merging=self._approved,
                )
                if not left:
                    self._standing.phase = Phase.ENDING
                self._save(session)

    def close(self) -> Report:
        """End the run, remember the mapping of its columns, and report."""
        standing, now = self._standing, self._clock.now()
        state = _ended(standing)
        with self._database.writing() as session:
            mapping = standing.facts.get("mapping")
            if mapping and not self._source.mapping and state is not RunState.FAILED:
                sources.save_mapping(session, self._source.name, mapping, now)
            counts = dict(standing.counts)
            standing.news.tiers = dict(record_problems.sums(session, self._source.name).tiers)
            self._save(session)
            runs.close(session, self._view.id, state, counts, standing.complete, now)
        return _report(self._database, self._view, standing, state.value)

    def _save(self, session: ledger.Session) -> None:
        ledger.fence(session, self._view.id, self._view.owner)
        runs.checkpoint(session, self._view.id, self._standing.as_dict(), self._clock.now())


def _ended(standing: Standing) -> RunState:
    if standing.counts.get(Action.WAITING):
        return RunState.WAITING
    return RunState.FAILED if standing.failed else RunState.DONE


def _at(job: Job, standing: Standing) -> Job:
    """The job from the checkpoint on."""
    return replace(job, checkpoint=standing.at)


def _pages(source: SourceView, job: Job) -> Iterator[Page]:
    """The pages of a source."""
    yield from _protocol(source).pages(job)


def _protocol(source: SourceView) -> Source:
    """How the source is read; a protocol that nobody knows is its first fault."""
    protocol = known().get(source.settings.protocol)
    if protocol is None:
        raise HarvestFault(problem("protocol-unknown", value=source.settings.protocol))
    return protocol


def _options(full: bool, only: str | Sequence[str]) -> dict[str, Any]:
    """What the run was asked for; one that is interrupted goes on for the same wish."""
    wish = only if isinstance(only, str) else sorted(set(only))
    return ({"full": True} if full else {}) | ({ONLY: wish} if only else {})


def _since(source: SourceView, latest: list[RunView]) -> datetime | None:
    """The moment that the last complete run stands for, as its source told the time. None where
    everything must be asked for: the source is set differently now, or deletions were not done.
    """
    for view in latest:
        moment = view.checkpoint.get("facts", {}).get("moment") if view.complete else None
        undone = view.counts.get(Action.WAITING) or view.counts.get(Action.KEPT)
        if moment and not undone:
            return datetime.fromisoformat(moment) if view.created >= source.updated else None
    return None


def _fetcher(source: SourceView, given: Fetcher | None) -> AbstractContextManager[Fetcher]:
    if given is not None:
        return nullcontext(given)
    trusted = bool(source.settings.options.get("allow_private"))
    return GuardedFetcher(permit=anywhere if trusted else is_public)


def _report(database: Database, view: RunView, standing: Standing, state: str) -> Report:
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
