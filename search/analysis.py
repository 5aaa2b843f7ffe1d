"""From a card to what is indexed of it: done once, in Python, the same for every engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from search.card import Card
from search.encoding import encode
from search.fields import CARD_CODES, MOMENTS
from search.folding import fold
from search.moments import newest_first, number, oldest_first
from search.numbers import card_keys
from search.pinyin import syllables
from search.ranking import EVERYTHING_SAID, ITEMS, NAMES, TITLE
from search.sounds import FIELD as SOUNDS
from search.sounds import line as sounds
from search.spatial import halves
from search.thesaurus.organs import short_names
from search.tokens import joined, line, squeezed, title_key
from standards.summary import Box

LONGEST_PREFIX = 24
"""How much of a prefix suggestions compare."""
_MOST_ITEMS = 40
"""Data items of a card that are found by pinyin."""
_HEAD = 16
"""Characters of a title or name that are read aloud for suggestions."""


@dataclass(frozen=True, slots=True)
class IndexedCard:
    """A card analysed. ``texts`` are lines of tokens; ``orders`` sort ascending as text."""

    card: Card
    body: bytes
    texts: dict[str, str]
    codes: dict[str, tuple[str, ...]]
    moments: dict[str, int]
    orders: dict[str, str]
    begins: dict[str, tuple[str, ...]]
    boxes: tuple[Box, ...]

    @property
    def key(self) -> str:
        """The card's."""
        return self.card.key

    @property
    def version(self) -> int:
        """The card's."""
        return self.card.version


def indexed(card: Card | IndexedCard) -> IndexedCard:
    """Analyse a card, unless that was done before."""
    if isinstance(card, IndexedCard):
        return card
    numbers = number_keys(card)
    moments = {name: number(text) for name in MOMENTS if (text := getattr(card, name))}
    return IndexedCard(
        card=card,
        body=encode(card),
        texts=_texts(card),
        codes=_codes(card, numbers),
        moments=moments,
        orders=_orders(card, moments),
        begins={
            "begins": heads(card.title) + tuple(key[:LONGEST_PREFIX] for key in numbers),
            "agency_begins": agency_heads((card.agency_name, *card.agency_names)),
        },
        boxes=halves(card.box) if card.box else (),
    )


def _texts(card: Card) -> dict[str, str]:
    title = line((card.title,))
    numbers = line(dict.fromkeys((card.document_number, *card.numbers, card.identifier)))
    agency = agency_line((card.agency_name, *card.agency_names, card.provider))
    keywords = line(dict.fromkeys((*card.keywords, *card.theme_names, *card.place_names)))
    years = line(dict.fromkeys((card.issued[:4], card.written[:4])))
    items = line([item.name for item in card.items])
    rest = line((card.abstract, *(item.definition for item in card.items)))
    texts = {
        TITLE: title,
        NAMES: joined((title, numbers, agency, keywords, years)),
        ITEMS: items,
        EVERYTHING_SAID: joined((title, numbers, agency, keywords, years, items, rest)),
    }
    texts[SOUNDS] = sounds(
        dict.fromkeys(
            (
                card.title,
                card.agency_name,
                *card.agency_names,
                *(item.name for item in card.items[:_MOST_ITEMS]),
            )
        )
    )
    return {name: text for name, text in texts.items() if text}


def _codes(card: Card, numbers: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    told = {name: getattr(card, name) for name in CARD_CODES}
    several = {
        name: (str(value),) if isinstance(value, str) else tuple(dict.fromkeys(value))
        for name, value in told.items()
        if value
    }
    made = {
        "title_keys": (title_key(card.title),) if card.title else (),
        "number_keys": numbers,
        "item_keys": tuple(dict.fromkeys(title_key(item.name) for item in card.items)),
    }
    return several | {name: values for name, values in made.items() if values}


def number_keys(card: Card) -> tuple[str, ...]:
    """Match keys of everything that names the card."""
    numbers = (card.document_number, *card.numbers, card.identifier)
    return tuple(dict.fromkeys(key for each in dict.fromkeys(numbers) for key in card_keys(each)))


def place_in(order: str, card: Card) -> str:
    """The card's place in one order."""
    moments = {name: number(text) for name in MOMENTS if (text := getattr(card, name))}
    return _orders(card, moments)[order]


def _orders(card: Card, moments: Mapping[str, int]) -> dict[str, str]:
    """The card's place in each order."""
    title = "".join(syllables(fold(card.title[:_HEAD])))[:LONGEST_PREFIX]
    return {
        "issued": newest_first(moments.get("issued", 0), card.key),
        "updated": newest_first(moments.get("updated", 0), card.key),
        "submitted": oldest_first(moments.get("submitted", 0), card.key),
        "title": f"{title} {card.key}",
    }


@lru_cache(maxsize=4096)
def agency_line(names: tuple[str, ...]) -> str:
    """Agencies are few and their cards many. Of each name the usual short forms are found too."""
    short = (form for name in names for form in short_names(name))
    return line(dict.fromkeys((*names, *short)))


@lru_cache(maxsize=4096)
def agency_heads(names: tuple[str, ...]) -> tuple[str, ...]:
    """The beginnings of an agency's full and short names."""
    return tuple(dict.fromkeys(head for name in names for head in heads(name)))


def heads(text: str) -> tuple[str, ...]:
    """What a suggestion for the text may begin with: itself, its pinyin, its initials."""
    folded = fold(text[: 2 * LONGEST_PREFIX])
    read = syllables(folded[:_HEAD])
    forms = (squeezed(folded), "".join(read), "".join(part[0] for part in read))
    return tuple(dict.fromkeys(form[:LONGEST_PREFIX] for form in forms if form))


def prefix(typed: str) -> str:
    """The typed beginning in the form of ``begins``."""
    return squeezed(fold(typed[: 4 * LONGEST_PREFIX]))[:LONGEST_PREFIX]
