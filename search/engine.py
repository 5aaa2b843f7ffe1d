"""The contract of a search engine. Two engines and a plain one in memory keep it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from search.card import Card
from search.clauses import Clause
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


class Rebuild(Protocol):
    """A new index filled beside the live one. Nothing is seen of it before ``swap``."""

    def apply(self, changes: Iterable[Card | Removal]) -> None: ...

    def fingerprints(self) -> Iterator[Fingerprint]: ...

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

        Raises EngineUnavailable. Idempotent: a batch may be applied again after a crash.
        """

    def search(self, query: Query) -> Result:
        """Raises BadQuery for a cursor that is not ours, EngineUnavailable when out of reach."""

    def suggest(self, prefix: str, visibility: Clause, size: int = 8) -> list[Hit]:
        """Cards whose title, number or agency begins like this, also in pinyin or its initials."""

    def similar(self, key: str, visibility: Clause, size: int = 5) -> list[Hit]:
        """Visible cards most like the one with this key, itself left out."""

    def get(self, keys: Sequence[str]) -> dict[str, Card]: ...

    def fingerprints(self) -> Iterator[Fingerprint]: ...

    def rebuild(self) -> Rebuild: ...

    def refresh(self) -> None:
        """See what other processes have committed."""

    def ready(self) -> bool:
        """Whether searches can be answered now; never raises."""

    def needs_rebuild(self) -> bool:
        """Whether cards applied earlier may be missing, since the index is new, was lost, is
        damaged or of another layout. It serves what it has; a rebuild's ``swap`` ends this state.
        """

    def close(self) -> None: ...
