"""Pages: tier after tier, each in its order, from where the cursor ended."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from tantivy import DocAddress, Occur
from tantivy import Query as TantivyQuery

from search.clauses import Clause, Every
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
    if after is None:
        return _from_the_top(view, around, ranked, field, size, total)
    found: list[Place] = []
    within = compiled(around)
    for tier in range(after.tier, len(ranked.tiers) + 1):
        query = _of_tier(within, ranked, tier)
        needed = size - len(found)
        if tier == after.tier:
            hits = _behind(view, query, field, needed, after)
        else:
            hits = view.ordered(query, needed, field)
        found += [Place(tier, order, address) for order, address in hits]
        if len(found) >= size:
            break
    return found


def _from_the_top(
    view: View, around: Clause, ranked: Plan, field: str, size: int, total: int
) -> list[Place]:
    """The first page. What the better tiers hold is known in full by the time that the next one
    is asked for, so that it need not be excluded by a query."""
    found: list[Place] = []
    seen: set[str] = set()
    for tier, clause in enumerate((*ranked.tiers, ranked.matches)):
        query = compiled(Every((around, clause)))
        hits = view.ordered(query, size, field)
        found += [Place(tier, order, address) for order, address in hits if order not in seen]
        seen.update(order for order, _ in hits)
        if len(found) >= min(size, total):
            break
    return found[:size]


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
