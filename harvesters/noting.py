"""Keeps what is wrong with each record of a source, and since when: compared page by page with what
was wrong before, so that what is new and what was mended can be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from catalog import record_problems
from catalog.ledger import Session
from catalog.record_problems import Troubled, fitting, name_of
from catalog.runs import RecordRow
from harvesters.plan import Action
from harvesters.report import Line, Since
from harvesters.standing import News
from standards.decisions import bars
from standards.places import part_at, within
from standards.problems import Problem
from standards.profile import KINDS
from standards.tiers import tier_of, tiers
from standards.validation import obligations

MOST = 100
"""The problems of one record that are kept: more say nothing new."""


@dataclass(frozen=True, slots=True)
class Noted:
    """One record of a page, what became of it, and what is to be kept of what was said."""

    key: str
    place: str
    kind: str
    action: Action
    entry: str | None
    problems: tuple[Problem, ...]
    places: Mapping[str, str]
    twin: bool = False
    """Whether it bears the key of a record before it, which has a row of its own."""
    same: bool = False
    """Whether it was sent as before, so that what is kept of it holds."""

    @property
    def name(self) -> str:
        """The key under which its problems are kept."""
        return fitting(f"{self.place} {self.key}" if self.twin else self.key)


@dataclass
class Noting:
    """The problems of one run's records; `day` is today, `news` what is new since the last."""

    session: Session
    source: str
    run: int
    day: str
    start: int
    news: News = field(default_factory=News)
    whole: bool = True
    """Whether the run reads the source in its order, and not only chosen records."""

    def keep(self, records: Sequence[Noted]) -> list[dict[str, Since]]:
        """Keep the problems of a page's records; gives since when each has had which."""
        names = [each.name for each in records]
        before = record_problems.held(self.session, self.source, names)
        kept: list[Troubled] = []
        good: list[int] = []
        since: list[dict[str, Since]] = []
        for at, each in enumerate(records):
            known = before.pop(each.name, None)
            now = self._now(each, known, self.start + at)
            since.append({each["name"]: _since(each) for each in now.problems})
            self._compare(each, known, now)
            if now.problems and now != known:
                kept.append(now)
            elif known and known.id and not now.problems:
                good.append(known.id)
        record_problems.see(self.session, self.source, self.run, names)
        record_problems.keep(self.session, self.source, self.run, kept)
        record_problems.drop(self.session, good)
        return since

    def _now(self, each: Noted, known: Troubled | None, position: int) -> Troubled:
        if each.same and known:
            return replace(known, position=position)
        first = {problem["name"]: problem for problem in known.problems} if known else {}
        kept = _kept(each)
        problems = [self._told(each, said, first) for said in kept]
        counted = Counter([tier_of(said).name for said in kept])
        return Troubled(
            id=known.id if known else None,
            key=each.name,
            place=each.place,
            position=known.position if known and not self.whole else position,
            entry=each.entry or (known.entry if known else None),
            kind=each.kind,
            rejected=each.action is Action.REJECTED,
            problems=problems,
            **{tier.name: counted[tier.name] for tier in tiers()},
        )

    def _told(
        self, each: Noted, said: Problem, first: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, Any]:
        """A problem as it is kept. What is lacking is said of every record in the same words: only
        its name is kept then."""
        name = name_of(said.rule, said.path)
        known = first.get(name)
        run, day = (known["run"], known["since"]) if known else (self.run, self.day)
        since = {"name": name, "run": run, "since": day}
        if _plain(each.kind, said):
            return since
        part = part_at(each.places, said.path)
        where = {"place": within(each.place, part)} if part else {}
        return {**since, **where, **said.as_dict()}

    def _compare(self, each: Noted, known: Troubled | None, now: Troubled) -> None:
        """Count what is new in this run, and what was mended."""
        names = set()
        for problem in now.problems:
            names.add(problem["name"])
            self.news.new += problem["run"] == self.run
        for problem in known.problems if known else ():
            if problem["name"] not in names:
                self.news.mend(each.place, each.key, problem["name"], problem["since"])


def problems_of(kept: Troubled) -> tuple[Problem, ...]:
    """The problems that were kept of a record."""
    told = (_unfolded(kept.kind, one) for one in kept.problems)
    return tuple(said for said in told if said)


def lines(kept: Iterable[Troubled]) -> Iterator[Line]:
    """What was kept of records, as lines of a report."""
    for each in kept:
        told = [(said, one) for one in each.problems if (said := _unfolded(each.kind, one))]
        yield Line(
            place=each.place,
            key=each.key,
            action=Action.REJECTED if each.rejected else Action.UNCHANGED,
            entry=each.entry,
            problems=tuple(said for said, _ in told),
            places={said.path: one["place"] for said, one in told if "place" in one},
            since={one["name"]: _since(one) for _, one in told},
        )


def line_of(row: RecordRow) -> Line:
    """What became of one record in a run, as a line of its report."""
    told = [(Problem.from_dict(each), each) for each in row.problems]
    return Line(
        place=row.place,
        key=row.key,
        action=Action(row.action),
        entry=row.entry,
        problems=tuple(said for said, _ in told),
        raw=row.raw,
        places={said.path: str(each["place"]) for said, each in told if "place" in each},
        since={
            name_of(said.rule, said.path): _since(each) for said, each in told if "since" in each
        },
    )


def _since(kept: Mapping[str, Any]) -> Since:
    return Since(int(kept["run"]), str(kept["since"]))


def _unfolded(kind: str, kept: Mapping[str, Any]) -> Problem | None:
    """The problem that was kept; None where the standard does not demand it any more."""
    if "message" in kept:
        return Problem.from_dict(kept)
    rule, _, path = str(kept["name"]).partition(" ")
    return obligations(kind).get((rule, path))


def _kept(each: Noted) -> Sequence[Problem]:
    """What may be kept: a state secret leaves no text behind."""
    if each.action is Action.REJECTED and (
        barred := [said for said in each.problems if bars(said)]
    ):
        return barred
    return each.problems[:MOST]


def _plain(kind: str, said: Problem) -> bool:
    """Whether the problem is told by its name alone."""
    if said.value is not None or said.severity == "error" or kind not in KINDS:
        return False
    return (said.rule, said.path) in obligations(kind)
