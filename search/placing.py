"""The close comparison of the first cards: how well a card fits what was typed, part by part.

The parts and their weights stand in ranking.yaml. Everything is read from the card itself, so each
engine gives a card the same points, whatever else the index holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from search.card import Card
from search.folding import fold
from search.query import Form, Wanted, Words
from search.rules import rules
from search.tokens import is_han, squeezed
from standards.codelists import codelist

SCALE = 1_000_000
"""Points of a part that is wholly there at weight 1."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_OLDEST, _NEWEST = 1980, 2040
_LONGEST = 20_000
_AROUND = 8
"""Spaces and punctuation that a name may have beside what was typed."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of why a card stands where it does: how far it is there, 0 to 1, and its weight."""

    name: str
    value: float
    weight: float


class Judge:
    """Compares cards with one search's words."""

    def __init__(self, words: Words) -> None:
        self._wanted = [each for each in words.wanted if each.weight > 0]
        self._total = sum(each.weight for each in self._wanted)
        self._weights = [(name, part.weight) for name, part in rules().parts.items()]
        self._typed = squeezed(words.text)
        self._pairs = _pairs(self._typed)

    def points(self, card: Card, *, exact: bool) -> int:
        """How well the card fits, all in all."""
        values = self._values(card, exact=exact)
        total = sum(values[name] * weight for name, weight in self._weights)
        return max(0, round(total * SCALE))

    def reasons(self, card: Card, *, exact: bool) -> tuple[Reason, ...]:
        """What the points come from; ``exact`` tells that the card stands in the first tier."""
        values = self._values(card, exact=exact)
        return tuple(Reason(name, values[name], weight) for name, weight in self._weights)

    def _values(self, card: Card, *, exact: bool) -> dict[str, float]:
        title = fold(card.title)
        bare = _pairs(squeezed(title))
        shared = len(bare & self._pairs)
        return {
            "exact": float(exact),
            "held": self._held(_Texts(card, title)),
            "together": shared / len(self._pairs) if self._pairs else 0.0,
            "item": float(self._named(card)),
            "focus": shared / len(bare) if bare else 0.0,
            "recent": _recent(card.issued or card.written),
            "lapsed": float(card.validity in _lapsed()),
        }

    def _named(self, card: Card) -> bool:
        """Whether a data item is named as typed; most names are told apart by their length."""
        length = len(self._typed)
        return any(
            length <= len(item.name) <= length + _AROUND
            and squeezed(fold(item.name)) == self._typed
            for item in card.items
        )

    def _held(self, texts: _Texts) -> float:
        if not self._total:
            return 0.0
        return sum(each.weight * texts.best(each) for each in self._wanted) / self._total


class _Texts:
    """A card's texts, folded as far as they are asked for."""

    def __init__(self, card: Card, title: str) -> None:
        self._card = card
        self._read: dict[str, str] = {"title": title}
        self._years = {card.issued[:4], card.written[:4]}

    def best(self, wanted: Wanted) -> float:
        """What the best form of a term is worth here."""
        best = 0.0
        for form in wanted.forms:
            if form.weight > best:  # else it cannot be worth more
                best = max(best, form.weight * self._form(form))
        return best

    def _form(self, form: Form) -> float:
        """All words of a form must be there; it is worth their mean."""
        total = 0.0
        for word in form.words:
            worth = self._word(word)
            if not worth:
                return 0.0
            total += worth
        return total / len(form.words)

    def _word(self, word: str) -> float:
        for place, worth in rules().places.items():
            if self._stands(word, place):
                return worth
        return 0.0

    def _stands(self, word: str, place: str) -> bool:
        if place == "dated":
            return word in self._years and bool(_YEAR.fullmatch(word))
        if place == "item":
            return f"\n{word}\n" in self._text(place)
        text = self._text(place)
        return word in text and (is_han(word) or bool(_alone(word).search(text)))

    def _text(self, place: str) -> str:
        if place not in self._read:
            self._read[place] = fold(_TEXTS[place](self._card)[:_LONGEST])
        return self._read[place]


def _items(card: Card) -> str:
    return "\n".join(("", *(item.name for item in card.items), ""))


_TEXTS: Mapping[str, Callable[[Card], str]] = {
    "names": lambda card: "\n".join(
        (
            card.agency_name,
            *card.agency_names,
            card.provider,
            *card.keywords,
            *card.theme_names,
            *card.place_names,
            card.document_number,
            *card.numbers,
            card.identifier,
        )
    ),
    "item": _items,
    "items": _items,
    "everything": lambda card: "\n".join(
        (card.abstract, *(item.definition for item in card.items))
    ),
}


@lru_cache(maxsize=4096)
def _alone(word: str) -> re.Pattern[str]:
    """Letters and digits count where they stand as a word."""
    return re.compile(rf"(?<![^\W_\u3400-\u9fff]){re.escape(word)}(?![^\W_\u3400-\u9fff])")


@cache
def _lapsed() -> frozenset[str]:
    codes = codelist("validity").codes
    return frozenset(code.code for code in codes if code.extra.get("in_force") is False)


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _recent(date: str) -> float:
    year = int(date[:4]) if date[:4].isdecimal() else _OLDEST
    return min(max(0.0, (year - _OLDEST) / (_NEWEST - _OLDEST)), 1.0)
