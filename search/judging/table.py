"""A report as lines of text, for terminals and tests."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from search.judging.accepted import Values, settings
from search.judging.evaluation import Line, Outcome

MEASURES = {"success": "success@1", "ndcg": "nDCG@10", "mrr": "MRR", "zero": "zero"}
_NAME, _COUNT, _VALUE = 24, 8, 18
_SHOWN = 3
"""Titles that are shown of a bad answer."""


def table(lines: Iterable[Line], accepted: Values, language: str = "en") -> Iterator[str]:
    """A line a class, each value with its difference to the accepted one."""
    head = "".join(title.rjust(_VALUE) for title in MEASURES.values())
    yield " " * _NAME + " " * _COUNT + head
    for line in lines:
        before = accepted.get(line.name, {})
        values = (_cell(getattr(line, name), before.get(name)) for name in MEASURES)
        yield (
            _padded(_title(line.name, language)) + str(line.queries).rjust(_COUNT) + "".join(values)
        )


def worst_lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Each query with its class and value, and below it what came first with its grade."""
    for each in outcomes:
        wanted = f"  → {each.judgement.first}" if each.judgement.first else ""
        yield f"{each.ndcg:.3f} {each.judgement.kind}: {each.judgement.query}{wanted}"
        for title, grade in zip(each.titles[:_SHOWN], each.grades, strict=False):
            yield f"      {grade} {title}"
        if not each.titles:
            yield "      –"


def _title(name: str, language: str) -> str:
    known: Mapping[str, str] = settings()["classes"].get(name, {})
    return f"{name} {known[language]}" if language == "zh" and known else name


def _cell(value: float | None, before: float | None) -> str:
    if value is None:
        return "–".rjust(_VALUE)
    change = round(value - before, 3) if before is not None else 0.0
    told = f" ({change:+.3f})" if change else ""
    return f"{value:.3f}{told.ljust(9)}".rjust(_VALUE)


def _padded(text: str) -> str:
    """The text filled up to the column's width, a Chinese character taking two places."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return text.ljust(_NAME - wide)
