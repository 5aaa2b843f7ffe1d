"""What a harvest needs before it begins: its source, from when on to ask, and a client that is as
polite, as patient and as careful as the source's options say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog import fetch_marks, runs, sources
from catalog.clock import Clock
from catalog.database import Database
from catalog.federation.tokens import token_of
from catalog.ledger import Session
from catalog.runs import RunState, RunView
from catalog.sources import SourceView
from harvesters.addresses import anywhere, is_public
from harvesters.budget import Budget
from harvesters.circuits import SharedCircuits
from harvesters.fetched import Job
from harvesters.fetching import Fetcher, GuardedFetcher
from harvesters.limits import Limits
from harvesters.marks import Mark, Marks
from harvesters.options import value
from harvesters.plan import Action

LOOKED_BACK = 20


@dataclass(frozen=True, slots=True)
class Fit:
    """A source ready to be harvested; `given` is the client of a test."""

    source: SourceView
    database: Database
    clock: Clock
    since: datetime | None = None
    marks: Marks = field(default_factory=Marks)
    insist: bool = False
    given: Fetcher | None = None

    @property
    def options(self) -> Mapping[str, Any]:
        """Those of the source."""
        return self.source.settings.options

    def job(self, client: Fetcher) -> Job:
        """What the source is asked to read, from the start."""
        settings = self.source.settings
        return Job(
            location=settings.location,
            kind=settings.kind or None,
            fetcher=client,
            options=settings.options,
            mapping=self.source.mapping or {},
            since=self.since,
        )

    def fetcher(self, budget: Budget) -> AbstractContextManager[Fetcher]:
        """The client, which spends from the budget."""
        if self.given is not None:
            return nullcontext(self.given)
        options = self.options
        faults, rest = value(options, "faults"), value(options, "rest")
        return GuardedFetcher(
            Limits.of(options),
            permit=anywhere if value(options, "allow_private") else is_public,
            budget=budget,
            circuits=SharedCircuits(self.database, self.clock, faults, rest, self.insist),
            marks=self.marks,
            token=token_of(self.source.name),
        )

    def keep_marks(self, session: Session) -> None:
        """Remember what the servers said, so that the next harvest asks for changes only."""
        learned = {name: (mark.etag, mark.modified) for name, mark in self.marks.learned.items()}
        fetch_marks.keep(session, self.source.name, learned)


def fit(
    database: Database,
    name: str,
    clock: Clock,
    *,
    full: bool = False,
    insist: bool = False,
    fetcher: Fetcher | None = None,
) -> Fit:
    """The source of that name ready to be harvested; `full`: whatever it sent before. Raises
    NotFound."""
    with database.reading() as session:
        source = sources.get(session, name)
        latest = runs.of_source(session, name, LOOKED_BACK)
        begun = [run for run in latest if run.started and not run.options.get("plan")]
        same = not full and bool(begun) and settled(begun[0], source)
        kept = fetch_marks.of(session, name) if same else {}
    since = None if full else _since(source, begun)
    marks = Marks({address: Mark(*said) for address, said in kept.items()})
    return Fit(source, database, clock, since, marks, insist, fetcher)


def settled(run: RunView, source: SourceView) -> bool:
    """Whether the directory holds what that run read, and it would be read alike today."""
    done = run.state is RunState.DONE and run.complete and not _undone(run)
    return done and run.created >= source.updated


def _since(source: SourceView, latest: Sequence[RunView]) -> datetime | None:
    """The moment that the last complete run stands for, as its source told the time. None where
    everything must be asked for: the source is set differently now, or deletions were not done.
    """
    for run in latest:
        moment = run.checkpoint.get("facts", {}).get("moment") if run.complete else None
        if moment and not _undone(run):
            return datetime.fromisoformat(moment) if run.created >= source.updated else None
    return None


def _undone(run: RunView) -> bool:
    """Whether a run left deletions undone, or they were undone after it."""
    left = (Action.WAITING, Action.KEPT, Action.RESTORED)
    return any(run.counts.get(action) for action in left)
