"""Offering: of the ways to read a query those that find something for this viewer.

Each is counted by the engine within the request's own visibility and filters, with no cards, no
facets and no order; how many are counted is bounded, and a query in which nothing is recognised, or
whose document was found by its name or number, costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from search.analysis import number_keys
from search.card import Card
from search.clauses import Clause
from search.engine import Engine
from search.finding import Found, to_query
from search.folding import fold
from search.query import Words
from search.request import SearchRequest
from search.tokens import title_key
from search.understanding.parts import Filters, Kind, Meaning, Part, Reading, Understood

PASSES = 4
"""Readings that are counted, at most."""
MOST = 3
"""Offers that are made, at most."""
WEAK = frozenset({Kind.THEME, Kind.GENRE, Kind.RESOURCE})
"""What is no news when it narrows nothing."""
SHORTEST_ITEM = 3
"""Characters of a data item that is offered within a longer query."""


Holders = Callable[[str], Clause | None]
"""What holds the data item of that name, where the directory knows more of it than its name."""


def by_name(_: str) -> None:
    """No item is known but by the words of its name."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Another way to ask the same, and how much it finds: ``rest`` within the filters of the
    parts, or the holders of a data item."""

    parts: tuple[Part, ...]
    rest: str
    count: int
    item: str = ""

    @property
    def filters(self) -> Filters:
        return Reading(self.parts, self.rest).filters


def offers(
    engine: Engine,
    request: SearchRequest,
    found: Found,
    understood: Understood,
    holders: Holders = by_name,
) -> tuple[Offer, ...]:
    """What to offer beside the results of a request. Raises EngineUnavailable."""
    if request.cursor or (found.hits and named(found.hits[0].card, found.words)):
        return ()
    counted = _Counted(engine, request, found, holders)
    made = list(_worth(counted.readings(understood.readings), found))
    if not made:
        made = list(islice(_worth(counted.readings(understood.weaker), found), 1))
    return tuple(islice((*made, *counted.items(understood)), MOST))


def named(card: Card, words: Words) -> str:
    """Whether the words name just this card: ``number`` or ``title``; empty if they do not."""
    if set(words.numbers).intersection(number_keys(card)):
        return "number"
    return "title" if words.text and title_key(card.title) == title_key(words.text) else ""


def _worth(made: Iterable[Offer], found: Found) -> Iterator[Offer]:
    for offer in made:
        weak = all(part.kind in WEAK for part in offer.parts)
        if offer.count and not (weak and offer.count == found.total and not found.relaxed):
            yield offer


def suggestions(
    engine: Engine, visibility: Clause, meanings: Iterable[Meaning], holders: Holders = by_name
) -> tuple[Meaning, ...]:
    """Of these meanings the first that find something for this viewer."""
    request = SearchRequest(text="", visibility=visibility)
    counted = _Counted(engine, request, _NOTHING, holders)
    return tuple(islice((each for each in islice(meanings, PASSES) if counted.alive(each)), MOST))


_NOTHING = Found(0, (), {}, None, False, Words())


class _Counted:
    """Counts readings for one request, only so many."""

    def __init__(
        self, engine: Engine, request: SearchRequest, found: Found, holders: Holders
    ) -> None:
        self._engine = engine
        self._holders = holders
        self._request = request
        self._found = found
        self._left = PASSES

    def readings(self, readings: Iterable[Reading]) -> Iterator[Offer]:
        """The readings that do not touch a filter that is chosen already."""
        for reading in readings:
            if self._left and not reading.filters.keys() & self._request.filters.keys():
                filters = {**self._request.filters, **reading.filters}
                count = self._count(text=reading.rest, filters=filters)
                yield Offer(reading.parts, reading.rest, count)

    def alive(self, meaning: Meaning) -> bool:
        """Whether there is anything that the meaning filters by, or that holds the item."""
        if meaning.kind is Kind.ITEM:
            return self._held(meaning.value) > 0
        return self._count(text="", filters=meaning.filters) > 0

    def items(self, understood: Understood) -> Iterator[Offer]:
        """The longest data item that is named: the whole of the query, or much of it."""
        items = sorted(understood.of((Kind.ITEM,)), key=lambda part: part.start - part.end)
        held = _item_held(self._found)
        named = [(part.said, (part,)) for part in items] + ([(held, ())] if held else [])
        for name, parts in named[:1]:
            whole = name in (held, understood.text)
            if self._left and (whole or len(name) >= SHORTEST_ITEM):
                count = self._held(name)
                if count:
                    yield Offer(parts, "", count, item=name)

    def _held(self, item: str) -> int:
        """How many hold the item: those that are known to, else those that call one so."""
        known = self._holders(item)
        count = self._count(text="", filters={}, where=known) if known is not None else 0
        return count or self._count(text=item, filters={}, only_items=True)

    def _count(self, **asked: object) -> int:
        self._left -= 1
        request = replace(self._request, size=0, facets=(), cursor=None, **asked)  # type: ignore[arg-type]
        return self._engine.search(to_query(request)).total


def _item_held(found: Found) -> str:
    """The name of a data item of the cards found that is all that was typed."""
    typed = found.words.text
    names = (item.name for hit in found.hits for item in hit.card.items)
    alike = (name for name in names if len(name) == len(typed) and fold(name) == typed)
    return next(alike, "")
