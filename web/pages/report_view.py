"""A report as a page shows it: its tiers, its trend, what to choose from, and a page of records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import request

from catalog import record_problems
from catalog.record_problems import Wanted
from catalog.runs import RunView
from harvesters import noting, reporting
from harvesters.report import Line, Report, label_of
from harvesters.reporting import START, Step
from harvesters.run import report_of
from harvesters.standing import News
from standards.decisions import bars
from standards.places import bare
from standards.problems import Problem, Text
from standards.tiers import Tier, tier_of, tiers
from web.language import current_language
from web.signin import parts

SHOWN = 50
FIRST = 3
FILTERS = ("tier", "outcome", "rule")
MOST_RULES = 40
LOOKED_AT = 20_000
"""Of an older run at most so many records are looked through for those that are wanted."""
_CURSOR = re.compile(r"(\d{1,9})-(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Said:
    """One problem of a record, with everything that a publisher needs to put it right."""

    problem: Problem
    tier: Tier
    label: Text
    place: str
    day: str
    run: int
    value: str

    @property
    def named(self) -> bool:
        """Whether the message names the element itself."""
        language = current_language()
        return self.label.in_language(language) in self.problem.message.in_language(language)


@dataclass(frozen=True, slots=True)
class Record:
    """One record; its key is left out where it holds what must not be shown."""

    line: Line
    key: str
    said: tuple[Said, ...]
    rejected: bool

    @property
    def first(self) -> tuple[Said, ...]:
        """What is to be put right first: of a rejected record what bars it."""
        barring = tuple(each for each in self.said if each.problem.is_error)
        return barring or self.said[:FIRST]

    @property
    def rest(self) -> tuple[Said, ...]:
        """What can wait."""
        return self.said[len(self.first) :]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows of a report."""

    report: Report
    run: RunView
    steps: Sequence[Step]
    latest: bool
    wanted: Wanted
    records: tuple[Record, ...]
    next: str
    tiers: tuple[tuple[Tier, int], ...]
    rejected: int
    rules: tuple[tuple[int, Problem, Text, str], ...]

    @property
    def step(self) -> Step:
        """How the source stood after this run."""
        return next((each for each in self.steps if each.run.id == self.run.id), self._alone)

    @property
    def _alone(self) -> Step:
        return Step(self.run, News.from_dict(self.report.news))


def shown(report: Report, run: RunView, outside: bool = False) -> Shown:
    """The report of a run, as the address asks for it; `outside` without what is of the house."""
    with parts().database.reading() as db:
        latest = record_problems.latest(db, run.source) == run.id
        sums = record_problems.sums(db, run.source)
        steps = reporting.trend(db, run.source)
    counted = sums.tiers if latest else report.news.get("tiers", {})
    wanted = _wanted(counted)
    lines, following = _page(run, wanted) if latest else _older(run, wanted)
    if outside:
        lines = list(reporting.outside(lines))
    return Shown(
        report=report,
        run=run,
        steps=steps,
        latest=latest,
        wanted=wanted,
        records=tuple(record_of(report, line, wanted) for line in lines),
        next=following,
        tiers=tuple((tier, counted.get(tier.name, 0)) for tier in tiers()),
        rejected=sums.rejected if latest else run.counts.get("rejected", 0),
        rules=_rules(report),
    )


def record_of(report: Report, line: Line, wanted: Wanted | None = None) -> Record:
    """A record with those of its problems that are wanted."""
    said = tuple(_said(report, line, each) for each in line.problems)
    chosen = tuple(each for each in said if wanted is None or _is_wanted(each, wanted))
    key = "" if any(bars(each) for each in line.problems) else line.key
    order = [tier.name for tier in tiers()]
    ranked = sorted(chosen or said, key=lambda each: order.index(each.tier.name))
    return Record(line, key, tuple(ranked), line.action == "rejected")


def _said(report: Report, line: Line, problem: Problem) -> Said:
    since = line.first(problem)
    told = problem.value or ""
    return Said(
        problem=problem,
        tier=tier_of(problem),
        label=label_of(problem),
        place=report.place(line, problem),
        day=since.day if since else "",
        run=since.run if since else 0,
        value="" if told in problem.message.zh else told,
    )


def _wanted(counted: Mapping[str, int]) -> Wanted:
    """What the address asks for; where it asks for nothing, the gravest there is."""
    names = [tier.name for tier in tiers()]
    tier = request.args.get("tier", "")
    if not any(request.args.get(name) for name in FILTERS):
        tier = next((name for name in names if counted.get(name)), "")
    outcome = {"rejected": True, "registered": False}.get(request.args.get("outcome", ""))
    return Wanted(
        tier=tier if tier in names else "",
        rule=request.args.get("rule", "")[:100],
        path=request.args.get("path", "")[:200],
        rejected=outcome,
    )


def _is_wanted(said: Said, wanted: Wanted) -> bool:
    name = record_problems.name_of(said.problem.rule, said.problem.path)
    if wanted.rule and not f"{name} ".startswith(f"{wanted.rule} {wanted.path}".rstrip() + " "):
        return False
    return not wanted.tier or said.tier.name == wanted.tier


def _page(run: RunView, wanted: Wanted) -> tuple[list[Line], str]:
    """A page of the records as they stand now."""
    found = _CURSOR.fullmatch(request.args.get("cursor", ""))
    after = (int(found[1]), int(found[2])) if found else START
    with parts().database.reading() as db:
        rows = record_problems.page(db, run.source, wanted, after, SHOWN + 1)
    more = len(rows) > SHOWN
    position, number = rows[SHOWN - 1].cursor if more else (0, 0)
    return list(noting.lines(rows[:SHOWN])), f"{position}-{number}" if more else ""


def _older(run: RunView, wanted: Wanted) -> tuple[list[Line], str]:
    """A page of what an older run said of the records that it wrote down."""
    text = request.args.get("cursor", "")
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    report = report_of(parts().database, run.id)
    lines: list[Line] = []
    for at, line in enumerate(report.lines()):
        if at < start or not _fits(report, line, wanted):
            continue
        if len(lines) == SHOWN or at > start + LOOKED_AT:
            return lines, str(at)
        lines.append(line)
    return lines, ""


def _fits(report: Report, line: Line, wanted: Wanted) -> bool:
    if not line.problems or wanted.rejected not in (None, line.action == "rejected"):
        return False
    return any(_is_wanted(_said(report, line, each), wanted) for each in line.problems)


def _rules(report: Report) -> tuple[tuple[int, Problem, Text, str], ...]:
    """What is wrong most often, the gravest tier first."""
    order = [tier.name for tier in tiers()]
    found = [*report.refusals, *report.remarks]
    found.sort(key=lambda each: (order.index(tier_of(each[1]).name), -each[0]))
    return tuple(
        (count, each, label_of(each), bare(each.path)) for count, each in found[:MOST_RULES]
    )


def checked(lines: Sequence[Line]) -> tuple[Record, ...]:
    """The records of a file that was checked and not kept, those with problems."""
    report = Report("", 0, "", True, 0, 0, {})
    return tuple(record_of(report, line) for line in lines if line.problems)


def tally(lines: Sequence[Line]) -> tuple[tuple[Tier, int], ...]:
    """How many problems of each tier there are."""
    counted = Counter(tier_of(each).name for line in lines for each in line.problems)
    return tuple((tier, counted[tier.name]) for tier in tiers())


def mended(shown: Shown) -> Iterator[Mapping[str, object]]:
    """What was wrong and is right now."""
    for place, key, name, since in shown.step.news.first:
        rule, _, path = name.partition(" ")
        label = label_of(Problem(path, rule, "", "warning", Text("", "")))
        yield {"place": place, "key": key, "label": label, "since": since}
