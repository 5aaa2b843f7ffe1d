"""The embedded engine, put together of its reader, its writer and its rebuild."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from tantivy import Occur
from tantivy import Query as TantivyQuery

from search import cursors
from search.analysis import prefix as beginning_of
from search.card import Card
from search.clauses import Clause, Every
from search.cursors import Cursor
from search.engine import EngineUnavailable, Fingerprint, Removal
from search.fields import BEGINNINGS, SORTS, check
from search.query import Hit, Query, Result
from search.ranking import Plan, plan
from search.resemblance import resembling
from search.tantivy_engine.counting import Counter
from search.tantivy_engine.paging import Place, page
from search.tantivy_engine.querying import beginning, compiled
from search.tantivy_engine.reading import FAULTS, Reader
from search.tantivy_engine.rebuilding import TantivyRebuild
from search.tantivy_engine.schema import order_field
from search.tantivy_engine.writing import LiveWriter


class TantivyEngine:
    """An index in a folder. Any number of processes search it; the one that applies writes it."""

    name = "tantivy"

    def __init__(self, home: Path) -> None:
        self._home = home
        self._reader = Reader(home)
        self._writer = LiveWriter(home, self._reader)
        self._counter = Counter()
        self._applying = threading.Lock()

    def apply(self, changes: Sequence[Card | Removal]) -> None:
        with self._applying:
            self._writer.apply(changes)

    def search(self, query: Query) -> Result:
        check(query)
        after = cursors.read(query)
        ranked = plan(query.words)
        if query.sort != "relevance":
            ranked = Plan(ranked.matches)
        around = Every((query.visibility, query.where))
        field = order_field(SORTS[query.sort])
        view = self._reader.view()
        try:
            counts = self._counter.counts(view, query, Every((around, ranked.matches)))
            around = Every((around, *query.filters.values()))
            places = (
                page(view, around, ranked, field, query.size + 1, counts.total, after)
                if query.size and counts.total
                else []
            )
            shown = places[: query.size]
            hits = tuple(
                Hit(view.card(place.address), float(len(ranked.tiers) - place.tier))
                for place in shown
            )
        except FAULTS as error:
            raise EngineUnavailable(f"the index cannot be read: {error}") from error
        more = len(places) > len(shown)
        return Result(counts.total, hits, counts.facets, _next(query, shown, after, more=more))

    def suggest(self, prefix: str, visibility: Clause, size: int = 8) -> list[Hit]:
        typed = beginning_of(prefix)
        if not typed:
            return []
        view = self._reader.view()
        found: dict[str, Hit] = {}
        for field in BEGINNINGS:
            query = TantivyQuery.boolean_query(
                [(Occur.Must, compiled(visibility)), (Occur.Must, beginning(field, typed))]
            )
            for _, address in view.ordered(query, size, order_field("issued")):
                card = view.card(address)
                found.setdefault(card.key, Hit(card))
            if len(found) >= size:
                break
        return list(found.values())[:size]

    def similar(self, key: str, visibility: Clause, size: int = 5) -> list[Hit]:
        card = self.get([key]).get(key)
        return [] if card is None else resembling(self.search, card, visibility, size)

    def get(self, keys: Sequence[str]) -> dict[str, Card]:
        return self._reader.view().cards(keys)

    def fingerprints(self) -> Iterator[Fingerprint]:
        yield from self._reader.view().fingerprints()

    def rebuild(self) -> TantivyRebuild:
        return TantivyRebuild(self._home)

    def refresh(self) -> None:
        self._reader.view()

    def ready(self) -> bool:
        try:
            self._reader.view()
        except EngineUnavailable:
            return False
        return True

    def needs_rebuild(self) -> bool:
        return not self._reader.view().whole

    def close(self) -> None:
        with self._applying:
            self._writer.close()


def _next(query: Query, shown: list[Place], after: Cursor | None, *, more: bool) -> str | None:
    if not shown:
        return None
    last = shown[-1]
    count = len(shown) + (after.shown if after else 0)
    return cursors.following(query, Cursor(last.tier, last.order, count), more=more)
