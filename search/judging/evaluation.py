"""Asking an engine every query of a list, and measuring its answers by class of query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from search.card import Card
from search.clauses import Clause
from search.engine import Engine
from search.finding import find
from search.judging import metrics
from search.judging.judgements import BEST, GRADES, Judgement
from search.judging.metrics import DEPTH
from search.request import SearchRequest

WHOLE = "all"
"""The line over every class."""


@dataclass(frozen=True)
class Outcome:
    """What came of one query: the grades of the cards that were given, in their order."""

    judgement: Judgement
    titles: tuple[str, ...]
    grades: tuple[int, ...]
    right: tuple[bool, ...]
    """Of each card whether it is the known item or, where there is none, whether it is relevant."""
    there: tuple[int, ...]
    """The grades of the relevant cards that the directory has, as many as a page holds."""

    @cached_property
    def ndcg(self) -> float:
        """nDCG@10."""
        return metrics.ndcg(self.grades, self.there)

    @property
    def reciprocal_rank(self) -> float:
        """Of the known item, else of the first relevant card."""
        return metrics.reciprocal_rank(self.right)

    @property
    def success(self) -> float | None:
        """success@1 of a known item; None where there is none."""
        return metrics.success(self.right) if self.judgement.first else None


@dataclass(frozen=True, slots=True)
class Line:
    """The means over a class of queries; ``success`` only where known items are asked for."""

    name: str
    queries: int
    success: float | None
    ndcg: float
    mrr: float
    zero: float

    @classmethod
    def of(cls, name: str, outcomes: Sequence[Outcome]) -> Line:
        """The line of these outcomes, of which there is at least one."""
        known = (each.success for each in outcomes)
        return cls(
            name,
            len(outcomes),
            metrics.mean(value for value in known if value is not None),
            metrics.mean(each.ndcg for each in outcomes) or 0.0,
            metrics.mean(each.reciprocal_rank for each in outcomes) or 0.0,
            metrics.mean(float(not each.titles) for each in outcomes) or 0.0,
        )


@dataclass(frozen=True, slots=True)
class Report:
    """The outcomes, and the judgements that were left out since nothing right is here."""

    outcomes: tuple[Outcome, ...]
    absent: tuple[Judgement, ...]

    def lines(self) -> list[Line]:
        """A line for each class in the list's order, then one over all where they are several."""
        classes = dict.fromkeys(each.judgement.kind for each in self.outcomes)
        lines = [Line.of(name, self._of(name)) for name in classes]
        return [*lines, Line.of(WHOLE, self.outcomes)] if len(lines) > 1 else lines

    def worst(self, most: int) -> list[Outcome]:
        """The queries that did worst, the worst first; none that did perfectly."""
        lacking = (each for each in self.outcomes if each.ndcg < 1 or each.success == 0)
        return sorted(lacking, key=lambda each: (each.ndcg, each.reciprocal_rank))[:most]

    def _of(self, name: str) -> list[Outcome]:
        return [each for each in self.outcomes if each.judgement.kind == name]


def evaluate(
    engine: Engine, visibility: Clause, judgements: Sequence[Judgement], cards: Iterable[Card]
) -> Report:
    """Ask every query. ``cards`` are all that the viewer may see: the measure of completeness.

    Raises EngineUnavailable.
    """
    there = relevant(judgements, cards)
    asked = [(each, grades) for each, grades in zip(judgements, there, strict=True) if grades]
    outcomes = tuple(_ask(engine, visibility, each, grades) for each, grades in asked)
    absent = tuple(each for each, grades in zip(judgements, there, strict=True) if not grades)
    return Report(outcomes, absent)


def relevant(judgements: Sequence[Judgement], cards: Iterable[Card]) -> list[tuple[int, ...]]:
    """For each judgement the grades of what is right for it, the best first, a page at most.

    Nothing is there for a judgement whose known item is not.
    """
    tallies = [_Tally(each) for each in judgements]
    by_name = _by_name(tallies)
    by_rule = [tally for tally in tallies if tally.judgement.rules]
    for card in cards:
        named = {id(t): t for name in (card.title, *card.numbers) for t in by_name.get(name, ())}
        for tally in named.values():
            tally.firsts += 1
        for tally in by_rule:
            if tally.open and id(tally) not in named:
                tally.add(tally.judgement.grade(card))
    return [tally.grades() for tally in tallies]


class _Tally:
    """How many cards of each grade there are for a judgement."""

    def __init__(self, judgement: Judgement) -> None:
        self.judgement = judgement
        self.firsts = 0
        self._counts = dict.fromkeys(GRADES, 0)

    @property
    def open(self) -> bool:
        """Whether more cards could change the ideal page."""
        return self._counts[BEST] < DEPTH

    def add(self, grade: int) -> None:
        if grade:
            self._counts[grade] += 1

    def grades(self) -> tuple[int, ...]:
        if self.judgement.first and not self.firsts:
            return ()
        counts = self._counts | {BEST: self._counts[BEST] + self.firsts}
        return tuple(grade for grade in GRADES for _ in range(counts[grade]))[:DEPTH]


def _by_name(tallies: Iterable[_Tally]) -> dict[str, list[_Tally]]:
    named: dict[str, list[_Tally]] = {}
    for tally in tallies:
        if tally.judgement.first:
            named.setdefault(tally.judgement.first, []).append(tally)
    return named


def _ask(
    engine: Engine, visibility: Clause, judgement: Judgement, there: tuple[int, ...]
) -> Outcome:
    found = find(engine, SearchRequest(judgement.query, visibility, size=DEPTH))
    cards = [hit.card for hit in found.hits]
    grades = tuple(judgement.grade(card) for card in cards)
    known = bool(judgement.first)
    right = tuple(
        judgement.is_first(card) if known else judgement.grade(card) > 0 for card in cards
    )
    return Outcome(judgement, tuple(card.title for card in cards), grades, right, there)
