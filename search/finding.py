"""Finding: from a request to what a person sees. Parses, filters, asks, relaxes, marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from search.answering import answered
from search.card import Card
from search.clauses import Clause
from search.engine import Engine
from search.filters import BY_NAME, FILTERS
from search.folding import fold
from search.highlighting import mark, needles, snippet
from search.query import BadQuery, Bucket, Query, Words
from search.request import SearchRequest
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
    answer = answered(engine, query)
    result, words = answer.result, answer.words
    wanted = needles(words)
    return Found(
        total=result.total,
        hits=tuple(FoundHit(hit.card, highlight(hit.card, wanted)) for hit in result.hits),
        facets={name: result.facets[_counted(name)] for name in request.facets},
        next=result.next,
        relaxed=words.share is not None,
        words=words,
        corrected=words.text if answer.corrected else None,
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
