"""Ranking, as data: which fields are searched, and the tiers that matching cards fall into.

A card stands in the first tier that it fits, and within a tier the newest comes first. Nothing of
this depends on how often a word occurs in the whole index: so every engine gives the same order,
and a page's cursor stays good while others write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from search.clauses import EVERYTHING, NOTHING, Any_, Clause, Every, Holds, Not, Run, Term, Unit
from search.query import Wanted, Words
from search.tokens import HAN, title_key
from search.typed import phrase
from search.words import unit

TITLE = "title"
NAMES = "names"
"""Title, numbers, agency and keywords together."""
ITEMS = "items"
EVERYTHING_SAID = "everything"
"""All that the card says, the abstract too. Wider fields repeat the narrower ones, so that a word
is looked up once, not once for each part of the card."""
TEXTS = (TITLE, NAMES, ITEMS, EVERYTHING_SAID)
SCOPES: tuple[tuple[str, ...], ...] = ((TITLE,), (NAMES,), (NAMES, ITEMS))
"""All words within the first scope come before all words within the second, and so on."""
STEPS = 2
"""How many tiers relaxation tells apart by the number of words that matched."""

TITLE_KEYS = "title_keys"
NUMBER_KEYS = "number_keys"
ITEM_KEYS = "item_keys"

_BETWEEN = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")

Units = tuple[Unit, ...]
Clauses = tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What matches, and the tiers from the best down; what fits no tier comes last.

    Every tier is part of what matches. The first stands for itself, each other one holds the one
    before it.
    """

    matches: Clause
    tiers: tuple[Clause, ...] = ()


def plan(words: Words) -> Plan:
    """Words as clauses."""
    if not words:
        return Plan(EVERYTHING)
    terms = tuple(map(_alternatives, words.wanted))
    return _items_plan(words, terms) if words.only_items else _whole_plan(words, terms)


def _whole_plan(words: Words, terms: Units) -> Plan:
    exact = _exact(words)
    limits = _limits(words, EVERYTHING_SAID)
    wanted = _enough(words, terms, EVERYTHING_SAID)
    asked = Every((*wanted, *limits)) if wanted or limits else NOTHING
    return Plan(Any_((exact, asked)), (exact, *_tiers(words, terms, limits)))


def _items_plan(words: Words, terms: Units) -> Plan:
    """A data item named exactly so comes before one that has the words in its name."""
    limits = _limits(words, ITEMS)
    asked = Every((*_enough(words, terms, ITEMS), *limits))
    named = Every((Term(ITEM_KEYS, (title_key(words.text),)), asked))
    return Plan(asked, (named, *_by_count(words, terms, ITEMS, limits)))


def _exact(words: Words) -> Clause:
    """The card's whole title, or one of its numbers: first always, whatever else was typed."""
    title = Term(TITLE_KEYS, (title_key(words.text),))
    return Any_((title, Term(NUMBER_KEYS, words.numbers))) if words.numbers else title


def _enough(words: Words, terms: Units, field: str) -> Clauses:
    if not terms:
        return ()
    minimum = len(terms) if words.minimum is None else words.minimum
    return (Holds((field,), terms, minimum),)


def _limits(words: Words, field: str) -> Clauses:
    """What holds in every tier: the phrases, and nothing that was excluded."""
    phrases = tuple(map(_standing, words.phrases))
    held = (Holds((field,), phrases, len(phrases)),) if phrases else ()
    return (*held, *(Not(Holds((field,), (_standing(each),), 1)) for each in words.excluded))


def _alternatives(wanted: Wanted) -> Unit:
    return tuple(tuple(map(unit, form.words)) for form in wanted.forms)


def _standing(run: Run) -> Unit:
    """A run that has no other form."""
    return ((run,),)


def _tiers(words: Words, terms: Units, limits: Clauses) -> Clauses:
    if words.minimum is not None:
        return _by_count(words, terms, EVERYTHING_SAID, limits)
    units = terms + tuple(map(_standing, words.phrases))
    if not units:
        return ()
    within: list[Clause] = [Every((Holds(scope, units, len(units)), *limits)) for scope in SCOPES]
    whole = phrase(_BETWEEN.sub("", words.text))
    if whole and (_standing(whole),) != units:
        within.insert(0, Every((Holds((TITLE,), (_standing(whole),), 1), within[0])))
    return tuple(within)


def _by_count(words: Words, terms: Units, field: str, limits: Clauses) -> Clauses:
    """When not all words must match: the more of them do, the better."""
    if words.minimum is None:
        return ()
    counts = range(len(terms) - 1, words.minimum, -1)
    chosen = counts[:: -(-len(counts) // STEPS)] if counts else ()
    return tuple(Every((Holds((field,), terms, count), *limits)) for count in chosen)
