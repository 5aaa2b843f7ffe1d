"""Judgements over a collection whose records have numbers: no text of it stands in the list."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from search.judging import Judgement
from search.judging.judgements import GRADES
from search.judging.rules import Chosen


def read_numbered(path: Path, entries: Mapping[str, str]) -> list[Judgement]:
    """The judgements of the file, each number led to its entry. KeyError for an unknown one."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(
            (line for line in file if not line.startswith("#")),
            delimiter="\t",
            quoting=csv.QUOTE_NONE,
        )
        return [_judgement(row, entries) for row in rows]


def _judgement(row: Mapping[str, str | None], entries: Mapping[str, str]) -> Judgement:
    rules = {
        grade: Chosen(frozenset(entries[number] for number in numbers.split()))
        for grade in GRADES
        if (numbers := row.get(str(grade)) or "")
    }
    return Judgement(row["class"] or "", row["query"] or "", rules=rules)
