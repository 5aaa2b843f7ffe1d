"""What a run would do, worked out without writing anything."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Protocol

import orjson

from catalog import agencies, ledger, runs
from catalog.database import Database
from catalog.ledger import Session
from catalog.proposals import Outcome, check
from catalog.sources import SourceView
from harvesters import guard, reading, unread
from harvesters.deleting import PARTIAL
from harvesters.faults import HarvestFault, problem
from harvesters.fetched import Fetched, Job, Page
from harvesters.plan import Action, Known, plan
from harvesters.preparing import Preparing
from harvesters.report import Line, Report
from harvesters.standing import Standing
from standards.decisions import bars
from standards.descriptor import Descriptor
from standards.problems import Problem

PLANNED = "planned"
PIECE = 1000
MOST_LINES = 5000
"""Lines of the report that a plan for the terminal keeps; one for the pages keeps all."""


class Keep(Protocol):
    """Where the lines of a plan go as they are made."""

    def again(self) -> None:
        """The source began anew: what was kept does not count."""

    def add(self, lines: Sequence[Line], standing: Standing) -> None:
        """The next lines, and where the plan stands after them."""


@dataclass
class Few:
    """Keeps the first lines in memory."""

    lines: list[Line] = field(default_factory=list)

    def again(self) -> None:
        """The source began anew."""
        self.lines.clear()

    def add(self, lines: Sequence[Line], standing: Standing) -> None:
        """Keep what there is room for, without what the records said."""
        room = max(0, MOST_LINES - len(self.lines))
        self.lines += [
            line if line.action is Action.REJECTED else replace(line, raw=None)
            for line in lines[:room]
        ]


def preview(database: Database, source: SourceView, job: Job) -> Report:
    """Read the whole source and say what a run would do with each record."""
    few = Few()
    standing = work_out(database, source, job, few)
    return standing.report(source.name, 0, PLANNED, partial(iter, few.lines))


def work_out(database: Database, source: SourceView, job: Job, keep: Keep) -> Standing:
    """Read the whole source and work out what a run would do; `keep` is given a line for each
    record that would not stay as it is."""
    planning = _Planning(source)
    standing = planning.standing
    try:
        for page in reading.pages(source, job):
            if page.again:
                planning.begin_again()
                keep.again()
            standing.facts.update(page.facts)
            standing.note(page.notes)
            with database.reading() as session:
                lines = planning.add(session, replace(page, records=unread.read(page.records)))
            keep.add(lines, standing)
        standing.complete = True
    except HarvestFault as error:
        standing.failed = True
        standing.note([error.problem])
    with database.reading() as session:
        planning.judge(session, partial(keep.add, standing=standing))
    return standing


@dataclass
class _Planning:
    """The plan so far. Keys are kept as short digests, so that a million need little room."""

    source: SourceView
    standing: Standing = field(default_factory=Standing)
    met: set[bytes] = field(default_factory=set)
    refused: set[bytes] = field(default_factory=set)

    def begin_again(self) -> None:
        """The source began anew."""
        self.standing.begin_again()
        self.met.clear()
        self.refused.clear()

    def add(self, session: Session, page: Page) -> list[Line]:
        """Plan the records of one page: the lines of those that would not stay as they are."""
        lines: list[Line] = []
        keys = [record.key for record in page.records]
        digests = runs.known_digests(session, self.source.name, keys)
        preparing = Preparing(self.source, partial(agencies.match, session))
        for record in page.records:
            held = digests.get(record.key)
            known = None if held is None else Known(held, record.key, gone=not held)
            action, problems, said = self._planned(record, known, preparing)
            self.standing.fetched += 1
            self.standing.count(action)
            self.standing.remark(problems)
            if action is not Action.UNCHANGED:
                lines.append(_line(record, action, problems, said))
        return lines

    def _planned(
        self, record: Fetched, known: Known | None, preparing: Preparing
    ) -> tuple[Action, tuple[Problem, ...], Descriptor | None]:
        name = hashlib.blake2b(record.key.encode(), digest_size=8).digest()
        if name in self.met:
            twin = problem("duplicate-key", value=record.key, first="…")
            return Action.REJECTED, (twin,), None
        if record.deleted or any(each.is_error for each in record.problems):
            (self.met if record.deleted else self.refused).add(name)
            return plan(None, record.deleted, True, known), record.problems, None
        checked = check(preparing.proposal(record))
        if isinstance(checked, Outcome):
            self.refused.add(name)
            return Action.REJECTED, (*record.problems, *checked.problems), None
        self.met.add(name)
        problems = (*record.problems, *checked.validation.problems)
        descriptor = checked.validation.descriptor
        return plan(descriptor.digest, False, False, known), problems, descriptor

    def judge(self, session: Session, tell: Callable[[Sequence[Line]], None]) -> None:
        """Tell and count what would be deleted, and say what the guard would."""
        standing = self.standing
        live = runs.living(session, self.source.name)
        part = standing.incremental or bool(self.source.settings.options.get(PARTIAL))
        if guard.infers(standing.complete, part):
            for keys in pieces(self._missing(session), PIECE):
                tell([Line("", key, Action.DELETE) for key in keys])
                standing.missing += len(keys)
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
                yield key


def _line(
    record: Fetched, action: Action, problems: tuple[Problem, ...], said: Descriptor | None
) -> Line:
    """A line that holds what the record says: read where it is good, as it was sent where not."""
    raw = as_text(said) if said else None
    if action is Action.REJECTED and not any(map(bars, problems)):
        raw = record.raw
    return Line(record.place, record.key, action, None, problems, raw)


def as_text(said: Descriptor) -> str:
    """A descriptor as a plan keeps it."""
    return orjson.dumps({"kind": said.kind, "values": dict(said.values)}).decode()


def from_text(kept: str | None) -> Descriptor | None:
    """The descriptor that a plan kept; None where it holds none."""
    try:
        told = orjson.loads(kept or "")
        return Descriptor(told["kind"], told["values"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None


def pieces(keys: Iterator[str], size: int) -> Iterator[list[str]]:
    """The keys, so many at a time."""
    while piece := list(islice(keys, size)):
        yield piece
