"""Where a run stands: what its checkpoint keeps, so that a killed one goes on as if nothing was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from catalog.record_problems import Troubled, name_of
from harvesters.budget import Spent
from harvesters.faults import problem
from harvesters.plan import Action
from harvesters.report import Line, Report
from standards.problems import Problem

MOST_NOTES = 100
MOST_REMARKS = 300
MOST_MENDED = 50


class Phase(StrEnum):
    """What a run does, in this order."""

    FETCHING = "fetching"
    JUDGING = "judging"
    DELETING = "deleting"
    ENDING = "ending"


@dataclass
class News:
    """What is new since the run before: problems that were not there, and those that are gone, of
    which the first are named (place, key, name, since).
    """

    new: int = 0
    mended: int = 0
    first: list[tuple[str, str, str, str]] = field(default_factory=list)
    tiers: dict[str, int] = field(default_factory=dict)
    """The source's problems by tier as the run left them."""

    def mend(self, place: str, key: str, name: str, since: str) -> None:
        """One problem is gone."""
        self.mended += 1
        if len(self.first) < MOST_MENDED:
            self.first.append((place, key, name, since))

    def leave(self, records: Iterable[Troubled]) -> None:
        """Records are gone from the source, and what was wrong with them."""
        for each in records:
            for kept in each.problems:
                self.mend(each.place, each.key, kept["name"], kept["since"])

    def as_dict(self) -> dict[str, Any]:
        """For the checkpoint."""
        first = [list(each) for each in self.first]
        return {"new": self.new, "mended": self.mended, "first": first, "tiers": self.tiers}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> News:
        """From the checkpoint; one of an older directory has none."""
        first = [(str(a), str(b), str(c), str(d)) for a, b, c, d in kept.get("first", ())]
        return cls(kept.get("new", 0), kept.get("mended", 0), first, dict(kept.get("tiers", {})))


@dataclass
class Standing:
    """The state of one run; `at` is the source's own checkpoint."""

    phase: Phase = Phase.FETCHING
    at: Mapping[str, Any] | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)
    remarks: dict[str, tuple[int, Problem]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    fetched: int = 0
    missing: int = 0
    complete: bool = False
    failed: bool = False
    news: News = field(default_factory=News)
    cancelled: bool = False
    spent: Spent = field(default_factory=Spent)
    place: str = ""

    @property
    def incremental(self) -> bool:
        """Whether only a part of the source was asked for."""
        return bool(self.facts.get("incremental"))

    def count(self, action: Action, by: int = 1) -> None:
        """One more (or less) record with that outcome."""
        self.counts[action.value] += by

    def turn(self, before: Action, after: Action) -> None:
        """All records of one outcome have another one now."""
        self.counts[after.value] += self.counts.pop(before.value, 0)

    def note(self, notes: Iterable[Problem]) -> None:
        """Add notes, each once."""
        for each in notes:
            if each not in self.notes and len(self.notes) < MOST_NOTES:
                self.notes.append(each)

    def remark(self, problems: Iterable[Problem]) -> None:
        """Count problems by rule and element; the first of each stands for the others."""
        for each in problems:
            name = f"{each.severity} {name_of(each.rule, each.path)}"
            number, first = self.remarks.get(name, (0, each))
            if number or len(self.remarks) < MOST_REMARKS:
                self.remarks[name] = (number + 1, first)

    def miss_agency(self, provider: str, records: int) -> None:
        """Count the records of a provider that the directory does not know."""
        told = problem("agency-unknown", value=provider, severity="warning")
        number, first = self.remarks.get(told.rule, (0, told))
        self.remarks[told.rule] = (number + records, first)
        names: dict[str, int] = self.facts.setdefault("unknown_agencies", {})
        if provider in names or len(names) < MOST_REMARKS:
            names[provider] = names.get(provider, 0) + records

    def begin_again(self) -> None:
        """Forget what was fetched: the source began anew."""
        self.at, self.fetched = None, 0
        self.counts.clear()
        self.remarks.clear()
        self.news = News()

    def report(
        self, source: str, run: int, state: str, lines: Callable[[], Iterator[Line]]
    ) -> Report:
        """What is told of a run that stands so."""
        return Report(
            source=source,
            run=run,
            state=state,
            complete=self.complete,
            fetched=self.fetched,
            missing=self.missing,
            counts={action: self.counts[action] for action in Action if self.counts[action]},
            notes=tuple(self.notes),
            remarks=self._sorted(errors=False),
            refusals=self._sorted(errors=True),
            facts=self.facts,
            news=self.news.as_dict(),
            lines=lines,
        )

    def _sorted(self, errors: bool) -> tuple[tuple[int, Problem], ...]:
        """What was said most often first."""
        found = [each for each in self.remarks.values() if each[1].is_error == errors]
        return tuple(sorted(found, key=lambda each: -each[0]))

    def as_dict(self) -> dict[str, Any]:
        """For the checkpoint."""
        return {
            "phase": self.phase.value,
            "at": dict(self.at) if self.at else None,
            "facts": self.facts,
            "notes": [each.as_dict() for each in self.notes],
            "remarks": {k: [n, each.as_dict()] for k, (n, each) in self.remarks.items()},
            "counts": dict(self.counts),
            "fetched": self.fetched,
            "missing": self.missing,
            "complete": self.complete,
            "failed": self.failed,
            "news": self.news.as_dict(),
            "cancelled": self.cancelled,
            "spent": asdict(self.spent),
            "place": self.place,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Standing:
        """From the checkpoint; an empty one is the beginning."""
        if not kept:
            return cls()
        remarks = kept["remarks"].items()
        return cls(
            phase=Phase(kept["phase"]),
            at=kept["at"],
            facts=dict(kept["facts"]),
            notes=[Problem.from_dict(each) for each in kept["notes"]],
            remarks={name: (n, Problem.from_dict(each)) for name, (n, each) in remarks},
            counts=Counter(kept["counts"]),
            fetched=kept["fetched"],
            missing=kept["missing"],
            complete=kept["complete"],
            failed=kept["failed"],
            news=News.from_dict(kept.get("news", {})),
            cancelled=kept.get("cancelled", False),
            spent=Spent(**kept.get("spent", {})),
            place=kept.get("place", ""),
        )
