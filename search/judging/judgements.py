"""Judgements: what a person asks, and which entries are right. Read from tables that people edit.

A list is a TSV file with a heading. ``first`` names the entry that must come first by its whole
title or one of its numbers; the columns 3, 2 and 1 hold the rules of the entries of that grade.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from search.card import Card
from search.judging.rules import BadRule, Chosen, Rule, parse

COLUMNS = ("class", "query", "first", "3", "2", "1")
GRADES = (3, 2, 1)
BEST = GRADES[0]
SAMPLE = Path(str(files("search.judging") / "sample.tsv"))
"""The list over the invented sample, which comes with Mulu."""


class BadList(ValueError):
    """A list that cannot be read; names the line."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One query with its class, the entry that must come first, if any, and what else is right."""

    kind: str
    query: str
    first: str = ""
    rules: Mapping[int, Rule | Chosen] = field(default_factory=dict)
    """By grade, for entries other than the first."""

    def is_first(self, card: Card) -> bool:
        """Whether this is the known item. Titles need not be unique: each that bears it is."""
        return bool(self.first) and (card.title == self.first or self.first in card.numbers)

    def grade(self, card: Card) -> int:
        """How right the card is: 3 the best, 0 not at all."""
        if self.is_first(card):
            return BEST
        return next((grade for grade in GRADES if self._means(grade, card)), 0)

    def _means(self, grade: int, card: Card) -> bool:
        rule = self.rules.get(grade)
        return rule is not None and rule.holds(card)


def read(path: Path) -> list[Judgement]:
    """The judgements of a file. Raises BadList, and OSError when it cannot be opened."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        rows = [(lines.line_num, row) for row in lines if row and not row[0].startswith("#")]
    if not rows or tuple(rows[0][1]) != COLUMNS:
        raise BadList(f"{path}: the heading must be {' '.join(COLUMNS)}, separated by tabs")
    return [_judgement(f"{path}:{number}", row) for number, row in rows[1:]]


def _judgement(place: str, row: list[str]) -> Judgement:
    if len(row) > len(COLUMNS):
        raise BadList(f"{place}: more than {len(COLUMNS)} columns")
    cells = dict(zip(COLUMNS, [*row, *[""] * len(COLUMNS)], strict=False))
    try:
        rules = {grade: parse(cells[str(grade)]) for grade in GRADES if cells[str(grade)].strip()}
    except BadRule as bad:
        raise BadList(f"{place}: {bad}") from None
    if not cells["class"] or not cells["query"] or not (cells["first"] or rules):
        raise BadList(f"{place}: a class, a query and what is right are needed")
    return Judgement(cells["class"], cells["query"], cells["first"], rules)
