"""Why an entry stands where it stands: its tier, and the parts of the close comparison."""

from __future__ import annotations

from dataclasses import dataclass

from search.analysis import indexed
from search.card import Card
from search.memory import matches
from search.placing import Judge, Reason
from search.query import Words
from search.ranking import plan
from search.rules import Tier, rules


@dataclass(frozen=True, slots=True)
class Explanation:
    """The tier that the card stands in, none when nothing was typed, and what it was given for."""

    tier: Tier | None
    reasons: tuple[Reason, ...]


def explain(words: Words, card: Card) -> Explanation:
    """Why a card that these words found stands where it does."""
    ranked = plan(words)
    analysed = indexed(card)
    fits = (at for at, clause in enumerate(ranked.tiers) if matches(analysed, clause))
    at = next(fits, len(ranked.tiers))
    tiers = rules().tiers.get(ranked.kind, ())
    name = (*ranked.names, tiers[-1].name)[at] if tiers else ""
    told = tuple(r for r in Judge(words).reasons(card, exact=at == 0) if r.value and r.weight)
    return Explanation(next((tier for tier in tiers if tier.name == name), None), told)
