"""The plain engine: everything in a dictionary, every rule spelled out. For tests, and as the
measure of the other two."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from search import cursors
from search.analysis import IndexedCard, indexed
from search.analysis import prefix as beginning
from search.batches import Change, settled
from search.card import Card
from search.clauses import (
    Any_,
    Clause,
    Every,
    Holds,
    Not,
    Overlaps,
    Range,
    Term,
    Unit,
    Within,
    concerns,
)
from search.condition import Condition
from search.cursors import Cursor
from search.encoding import digest
from search.engine import Fingerprint, Removal
from search.fields import BEGINNINGS, SORTS, check
from search.moments import number
from search.query import Bucket, Hit, Query, Result
from search.ranking import Plan, plan
from search.resemblance import resembling
from search.spatial import lies_within, touches
from search.window import Standing, page


def matches(card: IndexedCard, clause: Clause) -> bool:  # noqa: PLR0911 - one for each kind
    """Whether a clause holds for a card: the meaning that the engines' own queries must have."""
    match clause:
        case Term(name, values):
            return any(value in card.codes.get(name, ()) for value in values)
        case Range(name, lower, upper):
            value = card.moments.get(name)
            return value is not None and (
                (lower is None or value >= number(lower))
                and (upper is None or value <= number(upper))
            )
        case Overlaps(box):
            return touches(card.boxes, box)
        case Within(box):
            return lies_within(card.boxes, box)
        case Every(parts):
            return all(matches(card, part) for part in parts)
        case Any_(parts):
            return any(matches(card, part) for part in parts)
        case Not(part):
            return not matches(card, part)
        case Holds(names, units, minimum):
            texts = [card.texts.get(name, "") for name in names]
            return sum(_holds(texts, unit) for unit in units) >= minimum


def _holds(texts: Sequence[str], unit: Unit) -> bool:
    return any(
        all(any(f" {' '.join(run)} " in text for text in texts) for run in alternative)
        for alternative in unit
    )


class MemoryEngine:
    """Keeps its cards as long as the process lives."""

    name = "memory"

    def __init__(self) -> None:
        self._cards: dict[str, IndexedCard] = {}
        self._gone: dict[str, int] = {}
        self._lock = threading.Lock()
        self._whole = False

    def apply(self, changes: Sequence[Card | Removal]) -> None:
        with self._lock:
            cards, gone = dict(self._cards), dict(self._gone)
            _apply(cards, gone, changes)
            self._cards, self._gone = cards, gone

    def search(self, query: Query) -> Result:
        check(query)
        after = cursors.read(query)
        ranked = plan(query.words, query.sort)
        asked = Every((query.visibility, query.where, ranked.matches))
        found = self._matching(Every((asked, *query.filters.values())))
        standing = sorted(
            (_standing(card, ranked, query.sort) for card in found), key=lambda each: each.place
        )

        def run(behind: Cursor | None, limit: int) -> list[Standing]:
            at = (behind.tier, behind.order) if behind else (-1, "")
            return [each for each in standing if each.place > at][:limit]

        shown = page(query, ranked, after, run)
        return Result(
            total=len(found),
            hits=shown.hits,
            facets={name: self._facet(query, asked, name) for name in query.facets},
            next=shown.next,
        )

    def suggest(self, prefix: str, visibility: Clause, size: int = 8) -> list[Hit]:
        typed = beginning(prefix)
        visible = self._matching(visibility) if typed else []
        visible.sort(key=lambda card: card.orders["issued"])
        found = {
            card.card.key: Hit(card.card)
            for field in BEGINNINGS
            for card in visible
            if any(head.startswith(typed) for head in card.begins[field])
        }
        return list(found.values())[:size]

    def similar(self, key: str, visibility: Clause, size: int = 5) -> list[Hit]:
        card = self._cards.get(key)
        return [] if card is None else resembling(self.search, card.card, visibility, size)

    def get(self, keys: Sequence[str]) -> dict[str, Card]:
        return {key: self._cards[key].card for key in keys if key in self._cards}

    def fingerprints(self) -> Iterator[Fingerprint]:
        yield from _fingerprints(self._cards)

    def rebuild(self, cards: int = 0) -> MemoryRebuild:
        return MemoryRebuild(self)

    def replace(self, cards: dict[str, IndexedCard], gone: dict[str, int]) -> None:
        """Take over what a rebuild has filled."""
        with self._lock:
            self._cards, self._gone, self._whole = cards, gone, True

    def refresh(self) -> None:
        """There is no other process."""

    def ready(self) -> bool:
        return True

    def condition(self) -> Condition:
        return Condition(self.ready())

    def needs_rebuild(self) -> bool:
        return not self._whole

    def close(self) -> None:
        """Nothing is held."""

    def _matching(self, clause: Clause) -> list[IndexedCard]:
        return [card for card in self._cards.values() if matches(card, clause)]

    def _facet(self, query: Query, asked: Clause, name: str) -> tuple[Bucket, ...]:
        others = [clause for clause in query.filters.values() if not concerns(clause, name)]
        counts = Counter(
            value
            for card in self._matching(Every((asked, *others)))
            for value in card.codes.get(name, ())
        )
        return top_buckets(counts, query.facet_size)


class MemoryRebuild:
    """A second dictionary."""

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self._cards: dict[str, IndexedCard] = {}
        self._gone: dict[str, int] = {}

    def apply(self, changes: Iterable[Change]) -> None:
        _apply(self._cards, self._gone, changes)

    def fingerprints(self) -> Iterator[Fingerprint]:
        yield from _fingerprints(self._cards)

    def swap(self) -> None:
        self._engine.replace(self._cards, self._gone)

    def abandon(self) -> None:
        self._cards, self._gone = {}, {}


def _apply(cards: dict[str, IndexedCard], gone: dict[str, int], changes: Iterable[Change]) -> None:
    held = {key: card.card.version for key, card in cards.items()} | gone
    for change in settled(changes).worth(held):
        if held.get(change.key, change.version) > change.version:
            continue
        cards.pop(change.key, None)
        gone.pop(change.key, None)
        if isinstance(change, Removal):
            gone[change.key] = change.version
        else:
            cards[change.key] = indexed(change)


def _standing(card: IndexedCard, ranked: Plan, sort: str) -> Standing:
    fits = (at for at, clause in enumerate(ranked.tiers) if matches(card, clause))
    tier = next(fits, len(ranked.tiers))
    return Standing(tier, card.orders[SORTS[sort]], lambda: card.card)


def _fingerprints(cards: Mapping[str, IndexedCard]) -> Iterator[Fingerprint]:
    for key, card in cards.items():
        yield Fingerprint(key, card.card.version, digest(card.body))


def top_buckets(counts: Mapping[str, int], size: int) -> tuple[Bucket, ...]:
    """The most frequent values, those of one count in the order of their codes."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Bucket(value, count) for value, count in ordered[:size])
