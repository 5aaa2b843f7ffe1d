"""Pages: tier after tier, each in its order, from where the cursor ended."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from tantivy import DocAddress, Occur
from tantivy import Query as TantivyQuery

from search.clauses import Clause
from search.cursors import DEEPEST, Cursor
from search.ranking import Plan
from search.tantivy_engine.querying import compiled
from search.tantivy_engine.reading import View


@dataclass(frozen=True, slots=True)
class Place:
    """A card that stands on the page."""

    tier: int
    order: str
    address: DocAddress


def page(
    view: View,
    around: Clause,
    ranked: Plan,
    field: str,
    size: int,
    total: int,
    after: Cursor | None,
) -> list[Place]:
    """Up to ``size`` of the ``total`` cards that fit the plan within ``around``."""
    found: list[Place] = []
    within = compiled(around)
    first = after.tier if after else 0
    for tier in range(first, len(ranked.tiers) + 1):
        query = _of_tier(within, ranked, tier)
        needed = size - len(found)
        if after is not None and tier == after.tier:
            hits = _behind(view, query, field, needed, after)
        else:
            hits = view.ordered(query, needed, field)
        found += [Place(tier, order, address) for order, address in hits]
        if len(found) >= size or (after is None and len(found) >= total):
            break
    return found


def _of_tier(within: TantivyQuery, ranked: Plan, tier: int) -> TantivyQuery:
    """What fits this tier and none before it: the first and the one before hold all those."""
    tiers = ranked.tiers
    parts = [(Occur.Must, within)]
    parts.append((Occur.Must, compiled((*tiers, ranked.matches)[tier])))
    parts += [
        (Occur.MustNot, compiled(better)) for better in {*tiers[:tier][:1], *tiers[:tier][-1:]}
    ]
    return TantivyQuery.boolean_query(parts)


def _behind(
    view: View, query: TantivyQuery, field: str, needed: int, after: Cursor
) -> list[tuple[str, DocAddress]]:
    """The cards behind the cursor. It knows how many were shown, so that one look suffices unless
    many cards came in before it meanwhile."""
    limit = after.shown + needed
    while True:
        hits = view.ordered(query, limit, field)
        start = bisect_right(hits, after.order, key=lambda hit: hit[0])
        if len(hits) < limit or len(hits) - start >= needed or limit > 4 * DEEPEST:
            return hits[start : start + needed]
        limit *= 2
