"""Trying: when nothing holds every word, what would be found with fewer words or fewer filters.

Each attempt is counted, strictly, within the request's own visibility; attempts are few, and made
only where the answer was empty or relaxed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice

from search.engine import Engine
from search.filters import FILTERS
from search.finding import Found, to_query
from search.request import SearchRequest
from search.typed import parse

PASSES = 10
"""Attempts that are counted, at most."""
MOST = 4
"""Attempts that are offered, at most."""
MOST_TERMS = 4
"""Terms of which combinations are tried: the longest."""
_QUOTES = str.maketrans(dict.fromkeys('"“”「」『』', " "))

Values = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Attempt:
    """Another search, and how much it finds. ``dropped`` names the filters that it does without."""

    text: str
    filters: Values
    count: int
    dropped: tuple[str, ...] = ()


def attempts(engine: Engine, request: SearchRequest, found: Found) -> tuple[Attempt, ...]:
    """What finds something, closest to the request first. Raises EngineUnavailable."""
    if request.cursor or (found.total and not found.relaxed):
        return ()
    tried = islice(dict.fromkeys(_closest_first(request)), PASSES)
    counted = (
        Attempt(text, dict(kept), _count(engine, request, text, dict(kept)), dropped)
        for text, kept, dropped in tried
    )
    return tuple(islice((attempt for attempt in counted if attempt.count), MOST))


_Try = tuple[str, tuple[tuple[str, tuple[str, ...]], ...], tuple[str, ...]]


def _closest_first(request: SearchRequest) -> Iterator[_Try]:
    """All the words without one filter, or without any; then fewer words within the filters."""
    used = [each for each in FILTERS if any(request.filters.get(name) for name in each.parameters)]
    for each in used:
        yield request.text, _kept(request.filters, each.parameters), (each.name,)
    if len(used) > 1:
        yield request.text, (), tuple(each.name for each in used)
    whole = _kept(request.filters, ())
    for text in _fewer(request.text):
        yield text, whole, ()


def _fewer(text: str) -> Iterator[str]:
    """The same without quotes and exclusions; without one of the words; each word alone."""
    words = parse(text)
    if words.phrases or words.excluded:
        words = parse(text.translate(_QUOTES))
        yield " ".join(words.terms)
    terms = _telling(words.terms)
    sizes = dict.fromkeys(size for size in (len(terms) - 1, 1) if 0 < size < len(terms))
    for size in sizes:
        yield from (" ".join(chosen) for chosen in combinations(terms, size))


def _telling(terms: Sequence[str]) -> list[str]:
    """The longest terms, in the order in which they were typed."""
    longest = sorted(terms, key=len, reverse=True)[:MOST_TERMS]
    return [term for term in terms if term in longest][:MOST_TERMS]


def _kept(filters: Values, without: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, tuple(values)) for name, values in filters.items() if name not in without)


def _count(engine: Engine, request: SearchRequest, text: str, filters: Values) -> int:
    asked = replace(request, text=text, filters=filters, size=0, facets=())
    return engine.search(to_query(asked)).total
