"""Which entries a judgement means, told by what stands on their cards.

``养老机构 agency:市民政局 | item:床位`` means the cards whose title holds 养老机构 and that are of
市民政局, and those with a data item that holds 床位. Parts are separated by spaces and all must
hold; alternatives by ``|``; a ``-`` in front turns a part around. Rules outlive identifiers: what
is registered tomorrow is judged by them too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from search.card import Card


class BadRule(ValueError):
    """A rule that cannot be understood; says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """One condition: a field, what it must hold, and whether it must."""

    field: str
    value: str
    wanted: bool = True

    def holds(self, card: Card) -> bool:
        """Whether the card is as the part says."""
        return FIELDS[self.field](card, self.value) is self.wanted


@dataclass(frozen=True, slots=True)
class Rule:
    """Alternatives, each a set of parts that must all hold."""

    alternatives: tuple[tuple[Part, ...], ...]

    def holds(self, card: Card) -> bool:
        """Whether the rule means the card."""
        return any(all(part.holds(card) for part in parts) for parts in self.alternatives)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rule that means these entries and no others."""

    identifiers: frozenset[str]

    def holds(self, card: Card) -> bool:
        """Whether the card is of one of them."""
        return card.identifier in self.identifiers


def parse(text: str) -> Rule:
    """Read a rule. Raises BadRule."""
    found = [tuple(_part(word) for word in each.split()) for each in text.split("|")]
    if not all(found):
        raise BadRule(f"an alternative of {text!r} says nothing")
    return Rule(tuple(found))


def _part(word: str) -> Part:
    wanted = not word.startswith("-")
    field, colon, value = word.removeprefix("-").rpartition(":")
    if not value or (colon and field not in FIELDS):
        raise BadRule(f"{word!r} is none of {', '.join(f'{name}:…' for name in FIELDS)}")
    return Part(field or "title", value, wanted)


def _title(card: Card, value: str) -> bool:
    return value in card.title


def _agency(card: Card, value: str) -> bool:
    return value in card.agency_names or value in card.provider


def _item(card: Card, value: str) -> bool:
    return any(value in item.name for item in card.items)


def _place(card: Card, value: str) -> bool:
    return value in card.title or value in card.place_names


def _year(card: Card, value: str) -> bool:
    return f"{value}年" in card.title or (card.written or card.issued).startswith(value)


def _listed(name: str, card: Card, value: str) -> bool:
    return value in getattr(card, name)


def _same(name: str, card: Card, value: str) -> bool:
    return bool(getattr(card, name) == value)


FIELDS: Mapping[str, Callable[[Card, str], bool]] = {
    "title": _title,
    "agency": _agency,
    "item": _item,
    "place": _place,
    "year": _year,
    "abstract": partial(_listed, "abstract"),
    "theme": partial(_listed, "themes"),
    "number": partial(_listed, "numbers"),
    "kind": partial(_same, "kind"),
    "genre": partial(_same, "genre"),
    "identifier": partial(_same, "identifier"),
}
"""What a part can ask: whether the title holds the text (said without a field), whether the agency
has the name, a data item's name holds it, the place stands in the title or the card, the title or
the day it was written has the year; whether the code or number is among the card's."""
