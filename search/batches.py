"""A batch of changes before it is written: one change for each card, none that is not worth it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from search.analysis import IndexedCard
from search.card import Card
from search.engine import Removal

Change = Card | IndexedCard | Removal


@dataclass(frozen=True, slots=True)
class Batch:
    """The newest change of each key, and the keys of the cards that came with them."""

    changes: dict[str, Change]
    coming: frozenset[str]

    def worth(self, held: Collection[str]) -> list[Change]:
        """The changes to write. A removal leaves a tombstone, which keeps an older card out, but
        not where there never was a card: every entry without a pending version tells of one."""
        known = self.coming.union(held)
        return [
            change
            for key, change in self.changes.items()
            if not isinstance(change, Removal) or key in known
        ]

    @property
    def removed(self) -> list[str]:
        """The keys whose newest change is a removal."""
        return [key for key, change in self.changes.items() if isinstance(change, Removal)]


def settled(changes: Iterable[Change]) -> Batch:
    """Of several changes of one key the newest, of equally new ones the last."""
    kept: dict[str, Change] = {}
    coming: set[str] = set()
    for change in changes:
        if not isinstance(change, Removal):
            coming.add(change.key)
        known = kept.get(change.key)
        if known is None or known.version <= change.version:
            kept[change.key] = change
    return Batch(kept, frozenset(coming))
