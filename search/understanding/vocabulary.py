"""The names that may occur in a query, each with what it may mean.

Looking one up does not depend on how many there are: a text is asked at each of its characters for
the names that begin with the next two, the longest first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from search.folding import fold
from search.understanding.parts import ORDER, Meaning

LONGEST_NAME = 60
SHORTEST_NAME = 2
_HEAD = 2


class Vocabulary(Protocol):
    """What `understand` is given: by the web of what the public may know of."""

    def at(self, folded: str, start: int) -> Iterator[tuple[int, tuple[Meaning, ...]]]:
        """The names that stand in the text at a place: where each ends and what it may mean,
        the longest first."""


@dataclass(frozen=True, slots=True)
class Names:
    """A vocabulary that is a table of names, folded."""

    table: Mapping[str, tuple[Meaning, ...]] = field(default_factory=dict)
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Of the names that begin with two characters, the longest first."""

    @classmethod
    def of(cls, named: Iterable[tuple[str, Meaning]]) -> Names:
        """Names with their meanings; those that are too short or too long to be meant are left
        out, and of two meanings of one kind with the same filter one is made."""
        gathered: defaultdict[str, list[Meaning]] = defaultdict(list)
        for name, meaning in named:
            folded = key(name)
            if SHORTEST_NAME <= len(folded) <= LONGEST_NAME:
                _add(gathered[folded], meaning)
        table = {
            name: tuple(sorted(meanings, key=lambda each: (ORDER[each.kind], each.value)))
            for name, meanings in gathered.items()
        }
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for name in table:
            lengths[name[:_HEAD]].add(len(name))
        longest_first = {head: sorted(found, reverse=True) for head, found in lengths.items()}
        return cls(table, {head: tuple(found) for head, found in longest_first.items()})

    def at(self, folded: str, start: int) -> Iterator[tuple[int, tuple[Meaning, ...]]]:
        for length in self.lengths.get(folded[start : start + _HEAD], ()):
            end = start + length
            meanings = self.table.get(folded[start:end]) if end <= len(folded) else None
            if meanings is not None:
                yield end, meanings


def key(name: str) -> str:
    """A name as it is compared."""
    return " ".join(fold(name).split())


def _add(meanings: list[Meaning], meaning: Meaning) -> None:
    """A theme that two classifications call the same is one, with the codes of both."""
    for place, known in enumerate(meanings):
        if known == meaning:
            return
        if _mergeable(known, meaning):
            meanings[place] = _merged(known, meaning)
            return
    meanings.append(meaning)


def _mergeable(one: Meaning, other: Meaning) -> bool:
    return one.kind == other.kind and one.label == other.label and len(one.given) == 1


def _merged(one: Meaning, other: Meaning) -> Meaning:
    (name, values), (_, more) = one.given[0], other.given[0]
    both = tuple(dict.fromkeys((*values, *more)))
    return Meaning(one.kind, one.value, one.label, ((name, both),), one.extent or other.extent)
