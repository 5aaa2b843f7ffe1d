"""The report of a source as it stands, and how it came to stand so over its last runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from catalog import record_problems, runs
from catalog.database import Database
from catalog.ledger import Session
from catalog.record_problems import Wanted
from catalog.runs import RunState, RunView
from harvesters import noting
from harvesters.faults import outward
from harvesters.report import Line, Report
from harvesters.run import ONLY, report_of
from harvesters.standing import News
from standards.decisions import bars

RUNS = 10
PAGE = 500
START = (-1, 0)
_ENDED = (RunState.DONE, RunState.FAILED, RunState.WAITING)


@dataclass(frozen=True, slots=True)
class Step:
    """How a source stood after one of its runs."""

    run: RunView
    news: News

    @property
    def known(self) -> bool:
        """Whether the run has counted the problems of its source."""
        return bool(self.news.tiers)

    @property
    def still(self) -> int:
        """The problems that were there before the run."""
        return max(0, sum(self.news.tiers.values()) - self.news.new)

    @property
    def chosen(self) -> bool:
        """Whether it read only chosen records again."""
        return bool(self.run.options.get(ONLY))

    def count(self, action: str) -> int:
        """How many records had that outcome."""
        return self.run.counts.get(action, 0)


def trend(session: Session, source: str) -> list[Step]:
    """The last ten runs of a source that have ended, the oldest first."""
    views = runs.of_source(session, source, RUNS * 2)
    ended = [view for view in views if view.state in _ENDED][:RUNS]
    return [Step(view, News.from_dict(view.checkpoint.get("news", {}))) for view in ended[::-1]]


def current(database: Database, source: str, wanted: Wanted | None = None) -> Report | None:
    """The report of the latest run of a source that has ended, with every record that has a
    problem now, also those that the run found as they were before; None before the first run.
    """
    with database.reading() as session:
        run = record_problems.latest(session, source)
    if not run:
        return None
    lines = partial(standing_lines, database, source, wanted or Wanted())
    return replace(report_of(database, run), lines=lines)


def standing_lines(database: Database, source: str, wanted: Wanted) -> Iterator[Line]:
    """Every record of a source that has problems now, in the order of the source."""
    after = START
    while True:
        with database.reading() as session:
            rows = record_problems.page(session, source, wanted, after, PAGE)
        yield from noting.lines(rows)
        if len(rows) < PAGE:
            return
        after = rows[-1].cursor


def shareable(report: Report, location: str) -> Report:
    """The report as it may be shown outside: nothing of this house, and of a record that holds a
    state secret not even its key.
    """
    name = location.rstrip("/").rpartition("/")[2]
    notes = tuple(outward(note, location, name) for note in report.notes)
    return replace(
        report,
        notes=notes,
        lines=lambda: outside(report.lines()),
        refusals=tuple((count, outward(first)) for count, first in report.refusals),
        facts=_columns(report.facts),
    )


def outside(lines: Iterable[Line]) -> Iterator[Line]:
    """Records as they may be shown outside."""
    for line in lines:
        secret = any(bars(each) for each in line.problems)
        key = "" if secret else line.key
        problems = tuple(outward(each) for each in line.problems)
        if secret:
            problems = tuple(replace(each, value=None) for each in problems)
        yield replace(line, key=key, entry=None, raw=None, problems=problems)


def _columns(facts: Mapping[str, object]) -> dict[str, object]:
    """What places are worked out from; nothing else of the facts is shown outside."""
    return {name: facts[name] for name in ("columns", "incremental") if name in facts}
