"""Ranking, as data: which fields are searched, and the tiers that matching cards fall into.

A card stands in the first tier that it fits, and within a tier the newest comes first. Nothing of
this depends on how often a word occurs in the whole index: so every engine gives the same order,
and a page's cursor stays good while others write.
"""

from __future__ import annotations

from dataclasses import dataclass

from search.clauses import EVERYTHING, Any_, Clause, Every, Holds, Not, Term
from search.query import Words
from search.tokens import title_key
from search.typed import phrase
from search.words import unit

TITLE = ("title",)
NAMES = (*TITLE, "numbers", "agencies", "keywords")
DETAILS = (*NAMES, "items")
EVERYWHERE = (*DETAILS, "abstract")
ITEMS = ("items",)
SCOPES: tuple[tuple[str, ...], ...] = (TITLE, NAMES, DETAILS)
"""All words within the first scope come before all words within the second, and so on."""
STEPS = 6
"""How many tiers relaxation tells apart by the number of words that matched."""

TITLE_KEYS = "title_keys"
NUMBER_KEYS = "number_keys"

Units = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What matches, and the tiers from the best down; what fits no tier comes last."""

    matches: Clause
    tiers: tuple[Clause, ...] = ()


def plan(words: Words) -> Plan:
    """Words as clauses."""
    if not words:
        return Plan(EVERYTHING)
    fields = ITEMS if words.only_items else EVERYWHERE
    terms = tuple(unit(term) for term in words.terms)
    asked = _asked(words, terms, fields)
    if words.only_items:
        return Plan(asked, _item_tiers(words, terms))
    exact = _exact(words)
    return Plan(Any_((exact, asked)), (exact, *_tiers(words, terms)))


def _exact(words: Words) -> Clause:
    """The card's whole title, or one of its numbers: first always, whatever else was typed."""
    title = Term(TITLE_KEYS, (title_key(words.text),))
    return Any_((title, Term(NUMBER_KEYS, words.numbers))) if words.numbers else title


def _asked(words: Words, terms: Units, fields: tuple[str, ...]) -> Clause:
    parts: list[Clause] = []
    if terms:
        minimum = len(terms) if words.minimum is None else words.minimum
        parts.append(Holds(fields, terms, minimum))
    if words.phrases:
        parts.append(Holds(fields, words.phrases, len(words.phrases)))
    parts += [Not(Holds(fields, (each,), 1)) for each in words.excluded]
    if not terms and not words.phrases and not words.excluded:
        return Any_()
    return Every(tuple(parts))


def _tiers(words: Words, terms: Units) -> tuple[Clause, ...]:
    units = terms + words.phrases
    if not units:
        return ()
    if words.minimum is not None:
        return _by_count(words, terms, EVERYWHERE)
    whole = phrase(words.text)
    together = (Holds(TITLE, (whole,), 1),) if whole and (whole,) != units else ()
    return (*together, *(Holds(scope, units, len(units)) for scope in SCOPES))


def _item_tiers(words: Words, terms: Units) -> tuple[Clause, ...]:
    """A data item named exactly so comes before one that has the words in its name."""
    exact = Term("item_keys", (title_key(words.text),))
    return (exact, *(_by_count(words, terms, ITEMS) if words.minimum is not None else ()))


def _by_count(words: Words, terms: Units, fields: tuple[str, ...]) -> tuple[Clause, ...]:
    lowest = max(words.minimum or 1, len(terms) - STEPS)
    return tuple(Holds(fields, terms, count) for count in range(len(terms) - 1, lowest, -1))
