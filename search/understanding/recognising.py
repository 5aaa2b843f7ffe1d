"""Recognising: the parts of a text, each where it stands and what it may mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from search.tokens import RUNS, is_han
from search.understanding.numbers import numbers
from search.understanding.parts import Kind, Meaning
from search.understanding.vocabulary import Vocabulary
from search.understanding.years import years
from search.words import cutter

LOOSE = frozenset({Kind.AGENCY})
"""Names that are long and telling enough to be seen within a longer word (区水务局)."""
LOOSE_FROM = 3
"""Characters from which such a name is."""
_TAKEN = "\0"
_ASIDE = re.compile(r'"[^"]*"|“[^”]*”|「[^」]*」|『[^』]*』|(?<!\S)[-−]\S+')
"""Phrases and exclusions: they were meant as they stand."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the folded text with everything that it may mean, the likeliest first."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]


def spans(folded: str, vocabulary: Vocabulary, today: date) -> list[Span]:
    """The pieces that mean something, in their order. Names do not overlap one another; a year
    and the name that it is part of may."""
    numbered = list(numbers(folded))
    open_text = _without(folded, [(each.start, each.end) for each in numbered if each.certain])
    open_text = _ASIDE.sub(lambda match: _TAKEN * len(match[0]), open_text)
    edges = _edges(open_text)
    found = [Span(each.start, each.end, (each.meaning,)) for each in numbered]
    found += [
        Span(start, end, (meaning,))
        for start, end, meaning in years(open_text, today)
        if _bounded(open_text, start, end, edges)
    ]
    found += _names(open_text, vocabulary, edges)
    return sorted(found, key=lambda span: (span.start, -span.end))


def _names(text: str, vocabulary: Vocabulary, edges: frozenset[int]) -> Iterator[Span]:
    """The longest name at each place, behind the one before it."""
    start = 0
    while start < len(text):
        span = _longest(text, start, vocabulary, edges)
        if span is not None:
            yield span
        start = span.end if span is not None else start + 1


def _longest(text: str, start: int, vocabulary: Vocabulary, edges: frozenset[int]) -> Span | None:
    for end, meanings in vocabulary.at(text, start):
        bounded = _bounded(text, start, end, edges)
        meant = tuple(each for each in meanings if bounded or _is_loose(each, text, start, end))
        if meant:
            return Span(start, end, meant)
    return None


def _is_loose(meaning: Meaning, text: str, start: int, end: int) -> bool:
    return meaning.kind in LOOSE and end - start >= LOOSE_FROM and is_han(text[start])


def _bounded(text: str, start: int, end: int, edges: frozenset[int]) -> bool:
    """Whether words begin and end there: 教育 is no part of 义务教育."""
    return start in edges and end in edges


def _edges(text: str) -> frozenset[int]:
    """The places where words begin or end, as the dictionary cuts them."""
    edges = {0, len(text)}
    for run in RUNS.finditer(text):
        at = run.start()
        edges |= {at, run.end()}
        if is_han(run[0]):
            for word in cutter().cut(run[0]):
                at += len(word)
                edges.add(at)
    return frozenset(edges)


def _without(text: str, taken: list[tuple[int, int]]) -> str:
    for start, end in taken:
        text = text[:start] + _TAKEN * (end - start) + text[end:]
    return text
