"""The live index as this process sees it; follows what other processes commit or swap."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from tantivy import DocAddress, Index, Order, Query, Searcher

from search.card import Card
from search.encoding import decode, digest
from search.engine import EngineUnavailable, Fingerprint
from search.query import BadQuery
from search.tantivy_engine.places import read_pointer, signature
from search.tantivy_engine.querying import keyed, live
from search.tantivy_engine.schema import schema

_ATTEMPTS = 5
FAULTS = (ValueError, OSError)
"""What Tantivy raises for damaged or missing files."""


@contextmanager
def working() -> Iterator[None]:
    """Tells every failure of Tantivy as EngineUnavailable, so that bad files fail one request.

    A file that rotted inside makes Tantivy panic, which Python knows as no ordinary exception.
    """
    try:
        yield
    except BadQuery:
        raise
    except FAULTS as error:
        raise EngineUnavailable(f"the index fails: {error}") from error
    except BaseException as error:
        if type(error).__module__ == "pyo3_runtime":
            raise EngineUnavailable(f"the index is damaged: {error}") from error
        raise


@dataclass(frozen=True, slots=True)
class View:
    """One committed state of one index; never changes."""

    searcher: Searcher
    folder: str | None
    """None for the empty stand-in of a missing or damaged index."""
    watched: str | None
    whole: bool
    signature: tuple[object, ...]

    def count(self, query: Query) -> int:
        """How many match. An aggregation, since a search would also score them all."""
        if not self.searcher.num_docs:
            return 0
        found = self.aggregated(query, {"all": {"value_count": {"field": "version"}}})
        return int(found["all"]["value"])

    def ordered(self, query: Query, limit: int, field: str) -> list[tuple[str, DocAddress]]:
        """The first cards in an order, each with its place in it."""
        found = self.searcher.search(
            query, limit, count=False, order_by_field=field, order=Order.Asc
        )
        return list(found.hits)

    def scored(self, query: Query, limit: int) -> list[tuple[float, DocAddress]]:
        """The first cards by score, ties in any order."""
        return list(self.searcher.search(query, limit, count=False).hits)

    def aggregated(self, query: Query, asked: dict[str, Any]) -> dict[str, Any]:
        return self.searcher.aggregate(query, asked)

    def body(self, address: DocAddress) -> bytes | None:
        """The stored card; None for a tombstone."""
        body = self.searcher.doc(address).get_first("body")
        return None if body is None else bytes(body)

    def card(self, address: DocAddress) -> Card:
        body = self.body(address)
        if body is None:
            raise EngineUnavailable("the index holds a card without a body")
        return decode(body)

    def cards(self, keys: Sequence[str]) -> dict[str, Card]:
        hits = self.searcher.search(keyed(keys), len(keys), count=False).hits if keys else []
        bodies = (self.body(address) for _, address in hits)
        cards = (decode(body) for body in bodies if body is not None)
        return {card.key: card for card in cards}

    def versions(self, keys: Sequence[str]) -> dict[str, int]:
        """The version held of each key, tombstones too. Most keys of a batch are new, which the
        dictionary of terms tells without a search."""
        held: dict[str, int] = {}
        for key in keys:
            if not self.searcher.doc_freq("key", key):
                continue
            hits = self.searcher.search(keyed([key]), 1, count=False).hits
            if hits:
                (version,) = self.searcher.fast_field_values("version", [hits[0][1]])
                held[key] = int(version or 0)
        return held

    def fingerprints(self) -> Iterator[Fingerprint]:
        total = self.searcher.num_docs
        hits = self.searcher.search(live(), total, count=False).hits if total else []
        for _, address in hits:
            body = self.body(address)
            if body is not None:
                told = orjson.loads(body)
                yield Fingerprint(told["key"], told["version"], digest(body))


class Reader:
    """Gives the newest view. A look at two files tells whether there is a newer one."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._view: View | None = None

    def view(self) -> View:
        """What is committed now."""
        seen = self._view
        if seen is not None and seen.signature == signature(self._home, seen.watched):
            return seen
        with self._lock:
            return self._renewed()

    def _renewed(self) -> View:
        for _ in range(_ATTEMPTS):
            pointer = read_pointer(self._home)
            folder = watched = pointer.folder if pointer else None
            before = signature(self._home, folder)
            if self._view is not None and self._view.signature == before:
                return self._view
            try:
                searcher = self._searcher(folder)
            except FAULTS:
                # Either swapped away under our eyes, then the next look finds the new index,
                # or damaged, then an empty one stands in.
                self._index = None
                if read_pointer(self._home) != pointer:
                    continue
                folder, searcher = None, _empty()
            whole = bool(pointer and pointer.whole and folder)
            self._view = View(searcher, folder, watched, whole, before)
            return self._view
        raise EngineUnavailable("the index is being replaced too often")

    def _searcher(self, folder: str | None) -> Searcher:
        if folder is None:
            return _empty()
        if self._index is None or self._view is None or self._view.folder != folder:
            self._index = open_index(self._home / folder)
        self._index.reload()
        return self._index.searcher()


def open_index(folder: Path) -> Index:
    """Open an index; raises one of FAULTS when it is missing or damaged."""
    index = Index.open(str(folder))
    index.config_reader("manual")
    return index


def _empty() -> Searcher:
    return Index(schema()).searcher()
