"""What a run would do, worked out without writing anything."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from catalog import agencies, ledger, runs
from catalog.database import Database
from catalog.ledger import Session
from catalog.proposals import Outcome, check
from catalog.sources import SourceView
from harvesters import guard, reading
from harvesters.deleting import PARTIAL
from harvesters.faults import HarvestFault, problem
from harvesters.fetched import Fetched, Job, Page
from harvesters.plan import Action, Known, plan
from harvesters.preparing import Preparing
from harvesters.report import Line, Report
from harvesters.standing import Standing
from standards.decisions import bars
from standards.problems import Problem

PLANNED = "planned"
MOST_LINES = 5000
"""Lines of the report that a plan keeps; a real run keeps all, in the database."""


def preview(database: Database, source: SourceView, job: Job) -> Report:
    """Read the whole source and say what a run would do with each record."""
    planning = _Planning(source)
    standing = planning.standing
    try:
        for page in reading.pages(source, job):
            if page.again:
                planning.begin_again()
            standing.facts.update(page.facts)
            standing.note(page.notes)
            with database.reading() as session:
                planning.add(session, page)
        standing.complete = True
    except HarvestFault as error:
        standing.failed = True
        standing.note([error.problem])
    with database.reading() as session:
        planning.judge(session)
    return standing.report(source.name, 0, PLANNED, partial(iter, planning.lines))


@dataclass
class _Planning:
    """The plan so far. Keys are kept as short digests, so that a million need little room."""

    source: SourceView
    standing: Standing = field(default_factory=Standing)
    lines: list[Line] = field(default_factory=list)
    met: set[bytes] = field(default_factory=set)
    refused: set[bytes] = field(default_factory=set)

    def begin_again(self) -> None:
        """The source began anew."""
        self.standing.begin_again()
        self.lines.clear()
        self.met.clear()
        self.refused.clear()

    def add(self, session: Session, page: Page) -> None:
        """Plan the records of one page."""
        keys = [record.key for record in page.records]
        digests = runs.known_digests(session, self.source.name, keys)
        preparing = Preparing(self.source, partial(agencies.match, session))
        for record in page.records:
            held = digests.get(record.key)
            known = None if held is None else Known(held, record.key, gone=not held)
            action, problems = self._planned(record, known, preparing)
            self.standing.fetched += 1
            self.standing.count(action)
            self.standing.remark(problems)
            self._line(record, action, problems)

    def _planned(
        self, record: Fetched, known: Known | None, preparing: Preparing
    ) -> tuple[Action, tuple[Problem, ...]]:
        name = hashlib.blake2b(record.key.encode(), digest_size=8).digest()
        if name in self.met:
            twin = problem("duplicate-key", value=record.key, first="…")
            return Action.REJECTED, (twin,)
        if record.deleted or any(each.is_error for each in record.problems):
            (self.met if record.deleted else self.refused).add(name)
            return plan(None, record.deleted, True, known), record.problems
        checked = check(preparing.proposal(record))
        if isinstance(checked, Outcome):
            self.refused.add(name)
            return Action.REJECTED, (*record.problems, *checked.problems)
        self.met.add(name)
        said = (*record.problems, *checked.validation.problems)
        return plan(checked.validation.descriptor.digest, False, False, known), said

    def _line(self, record: Fetched, action: Action, problems: tuple[Problem, ...]) -> None:
        if action is not Action.UNCHANGED and len(self.lines) < MOST_LINES:
            refused = action is Action.REJECTED and not any(map(bars, problems))
            raw = record.raw if refused else None
            self.lines.append(Line(record.place, record.key, action, None, problems, raw))

    def judge(self, session: Session) -> None:
        """Count what would be deleted, and say what the guard would."""
        standing = self.standing
        live = runs.living(session, self.source.name)
        part = standing.incremental or bool(self.source.settings.options.get(PARTIAL))
        if guard.infers(standing.complete, part):
            standing.missing = sum(1 for _ in self._missing(session))
            standing.count(Action.DELETE, standing.missing)
        deletions = standing.counts[Action.DELETE]
        fetch = guard.Fetch(standing.fetched, live, deletions, standing.complete, part)
        verdict = guard.judge(fetch, self.source.settings.deletion_limit)
        standing.note(verdict.notes)
        if not verdict.delete:
            left = Action.WAITING if standing.complete else Action.KEPT
            standing.turn(Action.DELETE, left)

    def _missing(self, session: Session) -> Iterator[str]:
        for key in ledger.living_keys(session, self.source.name):
            name = hashlib.blake2b(key.encode(), digest_size=8).digest()
            if name not in self.met and name not in self.refused:
                if len(self.lines) < MOST_LINES:
                    self.lines.append(Line("", key, Action.DELETE))
                yield key
