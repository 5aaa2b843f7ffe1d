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
from search.condition import Condition
from search.engine import EngineUnavailable, Fingerprint, Removal
from search.fields import BEGINNINGS, check
from search.query import Hit, Query, Result
from search.ranking import plan
from search.resemblance import resembling
from search.tantivy_engine.counting import Counter
from search.tantivy_engine.paging import Base
from search.tantivy_engine.querying import beginning, compiled
from search.tantivy_engine.reading import Reader, View, working
from search.tantivy_engine.rebuilding import TantivyRebuild
from search.tantivy_engine.schema import order_field
from search.tantivy_engine.writing import LiveWriter
from search.window import Page, page


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
        ranked = plan(query.words, query.sort)
        around = Every((query.visibility, query.where))
        with working():
            view = self._reader.view()
            counts = self._counter.counts(view, query, Every((around, ranked.matches)))
            within = Every((around, *query.filters.values()))
            base = Base(view, within, ranked, query.sort, counts.total)
            shown = page(query, ranked, after, base.run) if counts.total else Page()
        return Result(counts.total, shown.hits, counts.facets, shown.next)

    def suggest(self, prefix: str, visibility: Clause, size: int = 8) -> list[Hit]:
        typed = beginning_of(prefix)
        if not typed:
            return []
        found: dict[str, Hit] = {}
        with working():
            view = self._reader.view()
            for field in BEGINNINGS:
                for card in self._beginning(view, field, typed, visibility, size):
                    found.setdefault(card.key, Hit(card))
                if len(found) >= size:
                    break
        return list(found.values())[:size]

    def similar(self, key: str, visibility: Clause, size: int = 5) -> list[Hit]:
        card = self.get([key]).get(key)
        return [] if card is None else resembling(self.search, card, visibility, size)

    def get(self, keys: Sequence[str]) -> dict[str, Card]:
        with working():
            return self._reader.view().cards(keys)

    def fingerprints(self) -> Iterator[Fingerprint]:
        with working():
            yield from self._reader.view().fingerprints()

    def rebuild(self, cards: int = 0) -> TantivyRebuild:
        return TantivyRebuild(self._home)

    def refresh(self) -> None:
        self._reader.view()

    def ready(self) -> bool:
        try:
            self._reader.view()
        except EngineUnavailable:
            return False
        return True

    def condition(self) -> Condition:
        return Condition(self.ready())

    def needs_rebuild(self) -> bool:
        return not self._reader.view().whole

    def close(self) -> None:
        with self._applying:
            self._writer.close()

    @staticmethod
    def _beginning(view: View, field: str, typed: str, visibility: Clause, size: int) -> list[Card]:
        query = TantivyQuery.boolean_query(
            [(Occur.Must, compiled(visibility)), (Occur.Must, beginning(field, typed))]
        )
        found = view.ordered(query, size, order_field("issued"))
        return [view.card(address) for _, address in found]
