"""What is recognised in a query: its parts, and the ways to read the whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from standards.problems import Text
from standards.summary import Box

Filters = dict[str, tuple[str, ...]]
"""Values by the parameters of filters."""


class Kind(StrEnum):
    """What a part of a query may be, in the order in which parts are told; of two that are as long
    the earlier is meant first."""

    NUMBER = "number"
    PLACE = "place"
    AGENCY = "agency"
    YEAR = "year"
    ITEM = "item"
    THEME = "theme"
    GENRE = "genre"
    DISCLOSURE = "disclosure"
    SHARING = "sharing"
    RESOURCE = "kind"


ORDER = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name stands for. ``given`` are the parameters with their values that filter by it;
    a number and a data item have none: the one is searched for, the other located."""

    kind: Kind
    value: str
    label: Text
    given: tuple[tuple[str, tuple[str, ...]], ...] = ()
    extent: Box | None = None

    @property
    def filters(self) -> Filters:
        return dict(self.given)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the query, from ``start`` to before ``end``, with one thing that it may mean."""

    meaning: Meaning
    said: str
    start: int
    end: int

    @property
    def kind(self) -> Kind:
        return self.meaning.kind

    def overlaps(self, other: Part) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Reading:
    """Some parts taken as filters; ``rest`` is what is left to search for, may be empty."""

    parts: tuple[Part, ...]
    rest: str

    @property
    def filters(self) -> Filters:
        return {
            name: values for part in self.parts for name, values in part.meaning.filters.items()
        }


@dataclass(frozen=True, slots=True)
class Understood:
    """What was recognised. ``readings`` take in all that fits together, the best first;
    ``weaker`` are those with less of it, for when the others find nothing."""

    text: str = ""
    parts: tuple[Part, ...] = ()
    readings: tuple[Reading, ...] = ()
    weaker: tuple[Reading, ...] = ()

    def of(self, kinds: Iterable[Kind]) -> tuple[Part, ...]:
        """The parts of these kinds, in their order."""
        wanted = frozenset(kinds)
        return tuple(part for part in self.parts if part.kind in wanted)
