"""Words as clauses: what matches, and the tiers that matching cards fall into (ranking.yaml).

A card stands in the first tier that it fits, and within a tier the newest comes first. Nothing of
this depends on how often a word occurs in the index: so every engine gives the same order, and a
page's cursor stays good while others write. The first cards of this order are then compared
closely (``search.placing``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from search.clauses import EVERYTHING, NOTHING, Any_, Clause, Every, Holds, Not, Run, Term, Unit
from search.query import Wanted, Words, as_typed
from search.rules import Tier, rules
from search.thesaurus import organs
from search.tokens import HAN, is_han, pairs, title_key
from search.typed import phrase
from search.words import unit
from standards.codelists import codelist

TITLE = "title"
NAMES = "names"
"""Title, numbers, agency, keywords and the years of its dates together."""
ITEMS = "items"
EVERYTHING_SAID = "everything"
"""All that the card says, the abstract too. Wider fields repeat the narrower ones, so that a word
is looked up once, not once for each part of the card."""
TEXTS = (TITLE, NAMES, ITEMS, EVERYTHING_SAID)

TITLE_KEYS = "title_keys"
NUMBER_KEYS = "number_keys"
ITEM_KEYS = "item_keys"

_BETWEEN = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")

_YEAR = re.compile(r"(?:19|20)\d\d")

Units = tuple[Unit, ...]
Clauses = tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What matches, and the tiers from the best down; what fits no tier comes last.

    Every tier is part of what matches. ``kind`` names the tiers in the rules; where ``exact``, the
    first tier is what was typed itself.
    """

    matches: Clause
    tiers: tuple[Clause, ...] = ()
    kind: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Terms and how many points each is worth."""

    wanted: tuple[Wanted, ...]
    points: tuple[int, ...]

    def holding(self, fields: tuple[str, ...], share: float) -> Clause:
        """So much of the weight stands in the fields; at least one term."""
        units = tuple(
            unit_of
            for each, points in zip(self.wanted, self.points, strict=True)
            for unit_of in (alternatives(each),) * points
        )
        return Holds(fields, units, max(1, math.ceil(share * len(units) - 1e-9)))


def plan(words: Words, sort: str = "relevance") -> Plan:
    """Words as clauses. Any other order than by relevance knows no tiers."""
    if not words:
        return Plan(EVERYTHING)
    made = _items_plan(words) if words.only_items else _whole_plan(words)
    return made if sort == "relevance" else Plan(made.matches)


def required(words: Words) -> tuple[Wanted, ...]:
    """The terms that say enough to be required; all where none does."""
    least = rules().required
    telling = (each for each in words.wanted if each.weight >= least and not each.wish)
    return tuple(telling) or words.wanted


def relaxations(words: Words) -> list[Words]:
    """Weaker forms of what was typed, the strongest first."""
    loosened = _loosened(words)
    if loosened == words:
        return _fewer(words)
    return [loosened, *_fewer(loosened)]


def most(words: Words) -> list[Words]:
    """What most of the weight must match; nothing where that is all of it."""
    if words.only_items or len(required(words)) < 2:
        return []
    return _with_share(words, rules().relaxed[:1])


def _loosened(words: Words) -> Words:
    return replace(words, wanted=tuple(each.loosened for each in words.wanted))


def _with_share(words: Words, shares: Iterable[float]) -> list[Words]:
    total = sum(_asked(words).points)
    return [replace(words, share=each) for each in shares if _minimum(words, each) < total]


def _fewer(words: Words) -> list[Words]:
    """With most of the weight of what was typed, then with any of it."""
    whole = replace(words, wanted=tuple(dict.fromkeys((*words.wanted, *_parts(words)))))
    pieces = dict.fromkeys(piece for each in whole.wanted for piece in _pieces(each))
    last = replace(whole, wanted=tuple(pieces), phrases=(), share=rules().pieces)
    if len(required(whole)) < 2:
        return [last] if len(pieces) > 1 else []
    *shares, any_ = rules().relaxed
    return [
        *_with_share(words, shares),
        replace(whole, phrases=(), share=any_),
        last,
    ]


def wishing(words: Words) -> Words | None:
    """With its years, places and agencies as wishes; None where there is none of them, or nothing
    else that is required."""
    wishes = [each for each in required(words) if _is_wish(each.said)]
    if not wishes or len(wishes) == len(required(words)):
        return None
    wanted = (replace(each, wish=True) if each in wishes else each for each in words.wanted)
    return replace(words, wanted=tuple(wanted))


def alternatives(wanted: Wanted) -> Unit:
    """The forms of a term as runs of tokens."""
    return tuple(tuple(map(unit, form.words)) for form in wanted.forms)


def _whole_plan(words: Words) -> Plan:
    exact = _exact(words)
    kind = "all" if words.share is None else "some"
    limits = _limits(words, EVERYTHING_SAID)
    wanted = _enough(words, EVERYTHING_SAID)
    asked = Every((*wanted, *limits)) if wanted or limits else NOTHING
    tiers = [("exact", exact), *_tiers(words, kind, limits)]
    return _planned(Any_((exact, asked)), tiers, kind)


def _items_plan(words: Words) -> Plan:
    """A data item named exactly so comes before one that has the words in its name."""
    limits = _limits(words, ITEMS)
    asked = Every((*_enough(words, ITEMS), *limits))
    named = Every((Term(ITEM_KEYS, (title_key(words.text),)), asked))
    some = () if words.share is None else _tiers(words, "items", limits)
    return _planned(asked, [("exact", named), *some], "items")


def _planned(matches: Clause, tiers: Iterable[tuple[str, Clause]], kind: str) -> Plan:
    names, clauses = zip(*tiers, strict=True)
    return Plan(matches, clauses, kind, names)


def _exact(words: Words) -> Clause:
    """The card's whole title, or one of its numbers: first always, whatever else was typed."""
    title = Term(TITLE_KEYS, (title_key(words.text),))
    return Any_((title, Term(NUMBER_KEYS, words.numbers))) if words.numbers else title


def _enough(words: Words, field: str) -> Clauses:
    if not words.wanted:
        return ()
    if words.share is None:
        terms = tuple(map(alternatives, required(words)))
        return (Holds((field,), terms, len(terms)),)
    return (_asked(words).holding((field,), words.share),)


def _minimum(words: Words, share: float) -> int:
    return max(1, math.ceil(share * sum(_asked(words).points) - 1e-9))


def _asked(words: Words) -> Asked:
    """The most telling terms with their points, as small as their proportions allow."""
    steps = rules().steps
    telling = sorted(required(words), key=lambda each: -each.weight)[: rules().most_relaxed]
    points = [max(1, round(each.weight * steps)) for each in telling]
    common = math.gcd(*points) if points else 1
    return Asked(tuple(telling), tuple(each // common for each in points))


def _limits(words: Words, field: str) -> Clauses:
    """What holds in every tier: the phrases, and nothing that was excluded."""
    phrases = tuple(map(_standing, words.phrases))
    held = (Holds((field,), phrases, len(phrases)),) if phrases else ()
    return (*held, *(Not(Holds((field,), (_standing(each),), 1)) for each in words.excluded))


def _standing(run: Run) -> Unit:
    """A run that has no other form."""
    return ((run,),)


def _tiers(words: Words, kind: str, limits: Clauses) -> list[tuple[str, Clause]]:
    make = _tier_of_all if words.share is None else _tier_of_some
    made = ((tier.name, make(words, tier, limits)) for tier in rules().tiers[kind] if tier.fields)
    return [(name, clause) for name, clause in made if clause is not None]


def _tier_of_all(words: Words, tier: Tier, limits: Clauses) -> Clause | None:
    units = (*map(alternatives, required(words)), *map(_standing, words.phrases))
    if not units:
        return None
    held = Every((Holds(tier.fields, units, len(units)), *limits))
    if tier.whole:
        return Every((Term(ITEM_KEYS, (title_key(words.text),)), held))
    if not tier.typed:
        return held
    whole = phrase(_BETWEEN.sub("", words.text))
    if not whole or (_standing(whole),) == units:
        return None
    return Every((Holds(tier.fields, (_standing(whole),), 1), held))


def _tier_of_some(words: Words, tier: Tier, limits: Clauses) -> Clause | None:
    """None where it would hold no less than what matches anyway, or no more than one term."""
    asked = _asked(words)
    least = _minimum(words, words.share or 0)
    if not asked.wanted or (
        tier.fields == (EVERYTHING_SAID,) and _minimum(words, tier.share) <= least
    ):
        return None
    return Every((asked.holding(tier.fields, max(tier.share, words.share or 0)), *limits))


@lru_cache(maxsize=4096)
def _is_wish(said: str) -> bool:
    """Whether a term is a year, a place or an agency: it narrows a topic and is none itself."""
    if _YEAR.fullmatch(said) or said in organs.names():
        return True
    return codelist("divisions").match(said) is not None


def _pieces(wanted: Wanted) -> tuple[Wanted, ...]:
    """A long term as the pairs of its characters, for when nothing holds it whole."""
    long = is_han(wanted.said) and len(wanted.said) > 2
    told = pairs(wanted.said) if long else ()
    return tuple(Wanted(each, as_typed(each).forms, wanted.weight) for each in told) or (wanted,)


def _parts(words: Words) -> Sequence[Wanted]:
    """The tokens of the phrases as terms of their own."""
    return [as_typed(token) for phrase in words.phrases for token in phrase if len(token) > 1]
