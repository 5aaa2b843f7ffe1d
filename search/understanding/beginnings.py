"""Names that begin as typed, also in pinyin or its initials: for suggestions while typing."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from search.analysis import heads, prefix
from search.understanding.parts import ORDER, Kind, Meaning
from search.understanding.vocabulary import Names

SUGGESTED = frozenset({Kind.AGENCY, Kind.PLACE, Kind.THEME, Kind.ITEM})
SHORTEST_LATIN = 2
MOST_OF_A_KIND = 2
_LOOKED_AT = 40
"""Names that begin alike among which the suggested ones are chosen."""


@dataclass(frozen=True, slots=True)
class Beginnings:
    """The forms of names in their order, each with what it means."""

    forms: tuple[str, ...] = ()
    meanings: tuple[Meaning, ...] = ()

    @classmethod
    def of(cls, names: Names) -> Beginnings:
        """Of the names in a vocabulary, those that are worth suggesting."""
        made = {
            (form, meaning): None
            for name, meanings in names.table.items()
            for meaning in meanings
            if meaning.kind in SUGGESTED
            for form in _heads(name)
        }
        ordered = sorted(made, key=lambda pair: (pair[0], ORDER[pair[1].kind], pair[1].value))
        return cls(tuple(form for form, _ in ordered), tuple(meaning for _, meaning in ordered))

    def starting(self, typed: str) -> list[Meaning]:
        """What begins as typed, each once and only some of a kind; those that are called so
        themselves first, then the shortest."""
        wanted = prefix(typed)
        if len(wanted) < (SHORTEST_LATIN if wanted.isascii() else 1):
            return []
        at = bisect_left(self.forms, wanted)
        end = at + _LOOKED_AT
        near = zip(self.forms[at:end], self.meanings[at:end], strict=True)
        found = [(form, meaning) for form, meaning in near if form.startswith(wanted)]
        found.sort(key=lambda pair: (pair[0] not in _heads(pair[1].label.zh), len(pair[0])))
        left = Counter(dict.fromkeys(Kind, MOST_OF_A_KIND))
        chosen = []
        for meaning in dict.fromkeys(meaning for _, meaning in found):
            if left[meaning.kind]:
                left[meaning.kind] -= 1
                chosen.append(meaning)
        return chosen


@lru_cache(maxsize=65_536)
def _heads(name: str) -> tuple[str, ...]:
    """Reading a name aloud takes its time, and most of them stay."""
    return heads(name)
