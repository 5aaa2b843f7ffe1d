"""Finding: from a request to what a person sees. Parses, filters, asks, relaxes, marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from search import ranking
from search.card import Card
from search.clauses import Clause
from search.correcting import corrections
from search.engine import Engine
from search.filters import BY_NAME, FILTERS
from search.folding import fold
from search.highlighting import mark, needles, snippet
from search.query import BadQuery, Bucket, Query, Result, Words
from search.request import SearchRequest
from search.rules import rules
from search.typed import parse
from search.vocabulary import Vocabulary

LARGEST = 1000
"""Cards of one page."""


@dataclass(frozen=True, slots=True)
class FoundHit:
    """A card, and by field its text as safe HTML with the words marked.

    ``highlight`` always has ``title``; ``abstract`` (a snippet), ``numbers``, ``keywords``,
    ``items`` and ``agency`` are there when they hold something.
    """

    card: Card
    highlight: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a request. ``facets`` go by filter name."""

    total: int
    hits: tuple[FoundHit, ...]
    facets: Mapping[str, tuple[Bucket, ...]]
    next: str | None
    relaxed: bool
    words: Words
    corrected: str | None = None
    """What was searched instead, since nothing held what was typed."""


def find(engine: Engine, request: SearchRequest, vocabulary: Vocabulary | None = None) -> Found:
    """Answer a request. Raises BadQuery, naming the parameter, and EngineUnavailable."""
    query = to_query(request, vocabulary)
    result, step = _answered(engine, query)
    wanted = needles(step.words)
    return Found(
        total=result.total,
        hits=tuple(FoundHit(hit.card, highlight(hit.card, wanted)) for hit in result.hits),
        facets={name: result.facets[_counted(name)] for name in request.facets},
        next=result.next,
        relaxed=step.words.share is not None,
        words=step.words,
        corrected=step.words.text if step.corrected else None,
    )


def to_query(request: SearchRequest, vocabulary: Vocabulary | None = None) -> Query:
    """The request in an engine's terms."""
    if not 0 <= request.size <= LARGEST:
        raise BadQuery("size", f"0 to {LARGEST} is expected")
    return Query(
        visibility=request.visibility,
        words=parse(request.text, only_items=request.only_items, vocabulary=vocabulary),
        filters=clauses(request.filters),
        where=request.where,
        facets=tuple(dict.fromkeys(_counted(name) for name in request.facets)),
        sort=request.sort,
        size=request.size,
        cursor=request.cursor,
    )


def clauses(values: Mapping[str, object]) -> dict[str, Clause]:
    """The clauses of the filters that a request uses, by filter name."""
    lists = {
        name: [given] if isinstance(given, str) else list(given)  # type: ignore[call-overload]
        for name, given in values.items()
    }
    parsed = ((each.name, each.parse(lists)) for each in FILTERS)
    return {name: clause for name, clause in parsed if clause is not None}


def _counted(name: str) -> str:
    """The card field that a facet counts."""
    known = BY_NAME.get(name)
    if known is None or known.field is None:
        raise BadQuery("facets", f"{name} cannot be counted")
    return known.field


@dataclass(frozen=True, slots=True)
class _Step:
    """One way to understand what was typed, good when it finds at least so many."""

    words: Words
    least: int = 1
    corrected: bool = False


def _steps(engine: Engine, query: Query) -> Iterator[_Step]:
    """As typed; with the years as wishes; corrected; then less and less of the words."""
    words = query.words
    wishing = ranking.wishing(words)
    yield _Step(words, 1 if wishing is None else rules().few)
    if wishing is not None:
        yield _Step(wishing)
    yield from (_Step(meant, corrected=True) for meant in corrections(engine, query))
    yield from map(_Step, ranking.relaxations(words))


def _answered(engine: Engine, query: Query) -> tuple[Result, _Step]:
    """The first step that finds enough, with what it finds.

    A cursor tells by itself which step its search was: it is bound to the words.
    """
    answered: list[tuple[Result, _Step]] = []
    problem: BadQuery | None = None
    for step in _steps(engine, query):
        try:
            result = engine.search(replace(query, words=step.words))
        except BadQuery as bad:
            if bad.field != "cursor":
                raise
            problem = bad
            continue
        if result.total >= step.least or query.cursor is not None:
            return result, step
        answered.append((result, step))
    if not answered:
        raise problem or AssertionError("a search has at least one step")
    return max(answered, key=lambda each: each[0].total)


def highlight(card: Card, wanted: tuple[str, ...]) -> dict[str, str]:
    """The card's texts with the words marked."""
    marked = {"title": mark(card.title, wanted)}
    if card.abstract:
        marked["abstract"] = snippet(card.abstract, wanted)
    lists = {
        "agency": card.agency_name,
        "numbers": "；".join(card.numbers),
        "keywords": "；".join(card.keywords),
        "items": "；".join(_first_matching(card, wanted)),
    }
    for name, text in lists.items():
        if text and "<mark>" in (found := mark(text, wanted)):
            marked[name] = found
    return marked


def _first_matching(card: Card, wanted: tuple[str, ...], most: int = 10) -> list[str]:
    """The names of the data items that hold a word, for a card may have hundreds."""
    heads = tuple(each.split(" ")[0] for each in wanted)
    found = (item.name for item in card.items if any(head in fold(item.name) for head in heads))
    return list(islice(found, most))
