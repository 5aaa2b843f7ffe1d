"""The query object and the result: what an engine is asked and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from search.card import Card
from search.clauses import EVERYTHING, Clause


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which a card may say what was typed: all the words, wherever each stands."""

    words: tuple[str, ...]
    weight: float = 1.0
    """1 as typed; a synonym less."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One term that was typed, with every form that stands for it; one of them must match."""

    said: str
    forms: tuple[Form, ...]
    weight: float = 1.0
    """How telling the term is, 0 to 1. What is near 0, as the stop phrases of titles are, is
    never required."""
    wish: bool = False
    """Telling, but not required: cards that have it come before those that have not."""
    looser: tuple[Form, ...] = ()
    """Words within it, which may be what was meant where nothing holds any of the forms."""

    @property
    def loosened(self) -> Wanted:
        """The term, content with a word within it."""
        return replace(self, forms=tuple(dict.fromkeys((*self.forms, *self.looser))), looser=())


def as_typed(said: str) -> Wanted:
    """A term that stands for itself alone."""
    return Wanted(said, (Form((said,)),))


@dataclass(frozen=True, slots=True)
class Words:
    """What a person typed, taken apart and analysed. All ``wanted`` and ``phrases`` must match.

    ``text`` is the folded whole, for the exact-title rule; ``numbers`` are match keys of document,
    index and other numbers recognised in it. Each phrase is a sequence of adjacent terms.
    """

    text: str = ""
    wanted: tuple[Wanted, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[str, ...] = ()
    share: float | None = None
    """What share of their weight must match, 0 being any; ``None``: all. Set by relaxation."""
    only_items: bool = False
    """Look only into the names of data items (locating), not into every field."""

    @property
    def terms(self) -> tuple[str, ...]:
        """The wanted terms as typed."""
        return tuple(each.said for each in self.wanted)

    def __bool__(self) -> bool:
        return bool(self.wanted or self.phrases or self.excluded or self.numbers)


@dataclass(frozen=True, slots=True)
class Query:
    """One question to an engine. ``visibility`` has no default: nobody can forget it."""

    visibility: Clause
    words: Words = Words()
    filters: Mapping[str, Clause] = field(default_factory=dict)
    """By filter name, so that a facet's counts can leave its own filter out."""
    where: Clause = EVERYTHING
    facets: tuple[str, ...] = ()
    """Names of card fields to count."""
    facet_size: int = 100
    sort: str = "relevance"
    """relevance, issued (newest first), updated (newest first), submitted (oldest first), title"""
    size: int = 20
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A card that matched."""

    card: Card
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many matching cards hold a value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Result:
    """What an engine found. ``next`` is the cursor of the following page, None on the last one."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[Bucket, ...]] = field(default_factory=dict)
    next: str | None = None
    relaxed: bool = False
    """No card held every word; these hold most of them."""


class BadQuery(ValueError):
    """A query that no engine can answer, e.g. a cursor that is not ours; tells the field."""

    def __init__(self, field_name: str, reason: str) -> None:
        super().__init__(f"{field_name}: {reason}")
        self.field = field_name
        self.reason = reason
