"""The contract of a search engine. Two engines and a plain one in memory keep it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from search.analysis import IndexedCard
from search.card import Card
from search.clauses import Clause
from search.condition import Condition
from search.query import Hit, Query, Result


@dataclass(frozen=True, slots=True)
class Removal:
    """A card to take out, told with the sequence number of the change that removed it."""

    key: str
    version: int


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What `index verify` compares: which version of which card the index holds, and its digest."""

    key: str
    version: int
    digest: str


class EngineUnavailable(Exception):
    """The engine is out of reach or cannot write; nothing is lost, the change log keeps it."""


class CardsRefused(Exception):
    """The engine cannot take these cards, ever; all others of the batch are kept."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__(f"the engine does not take {', '.join(sorted(reasons))}")
        self.reasons = dict(reasons)
        """Why, by key."""


class Rebuild(Protocol):
    """A new index filled beside the live one. Nothing is seen of it before ``swap``."""

    def apply(self, changes: Iterable[Card | IndexedCard | Removal]) -> None:
        """Cards may have been analysed before, in another process. Raises EngineUnavailable, and
        CardsRefused for cards of this batch or an earlier one.
        """

    def fingerprints(self) -> Iterator[Fingerprint]:
        """Of all that was applied. Raises CardsRefused before the first, once for each card."""

    def swap(self) -> None:
        """Make the new index the live one, at once for every reader, and drop the old one."""

    def abandon(self) -> None:
        """Throw the new index away; the live one was never touched. After a swap it does nothing:
        what was swapped in is the live one.
        """


class Engine(Protocol):
    """Finds cards. An engine never decides who may see what: the query's ``visibility`` does."""

    @property
    def name(self) -> str: ...

    def apply(self, changes: Sequence[Card | Removal]) -> None:
        """Index a batch durably and make it findable. Older versions than those held are ignored.

        Raises EngineUnavailable, and CardsRefused once all other cards are kept. Idempotent: a
        batch may be applied again after a crash.
        """

    def search(self, query: Query) -> Result:
        """Raises BadQuery for a cursor that is not ours, EngineUnavailable when out of reach."""

    def suggest(self, prefix: str, visibility: Clause, size: int = 8) -> list[Hit]:
        """Cards whose title, number or agency begins like this, also in pinyin or its initials."""

    def similar(self, key: str, visibility: Clause, size: int = 5) -> list[Hit]:
        """Visible cards most like the one with this key, itself left out."""

    def get(self, keys: Sequence[str]) -> dict[str, Card]: ...

    def fingerprints(self) -> Iterator[Fingerprint]: ...

    def rebuild(self, cards: int = 0) -> Rebuild:
        """Begin a new index of about so many cards."""

    def refresh(self) -> None:
        """See what other processes have committed."""

    def ready(self) -> bool:
        """Whether searches can be answered now; never raises."""

    def condition(self) -> Condition:
        """What a look at it shows, for the operator; never raises."""

    def needs_rebuild(self) -> bool:
        """Whether cards applied earlier may be missing, since the index is new, was lost, is
        damaged or of another layout. It serves what it has; a rebuild's ``swap`` ends this state.
        """

    def close(self) -> None: ...
