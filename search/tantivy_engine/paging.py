"""The base order of the embedded index: tier after tier, each in its order."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import partial

from tantivy import DocAddress, Occur
from tantivy import Query as TantivyQuery

from search.analysis import place_in
from search.card import Card
from search.clauses import Clause, Every
from search.cursors import DEEPEST, Cursor
from search.fields import SORTS
from search.ranking import Plan
from search.tantivy_engine.querying import compiled, either
from search.tantivy_engine.reading import View
from search.tantivy_engine.schema import order_field
from search.window import Standing


@dataclass(frozen=True, slots=True)
class Base:
    """The cards within ``around`` that fit the plan, ``total`` of them."""

    view: View
    around: Clause
    plan: Plan
    sort: str
    total: int

    def run(self, after: Cursor | None, limit: int) -> list[Standing]:
        """Up to so many cards, from the top or behind a cursor."""
        if after is not None:
            return self._behind(after, limit)
        if self.plan.tiers and self.total <= limit:
            return self._all()
        return self._from_the_top(limit)

    def _all(self) -> list[Standing]:
        """All that fits, in one look at the index: the score tells the tier."""
        best = len(self.plan.tiers)
        tiers = [
            TantivyQuery.const_score_query(compiled(tier), best - at)
            for at, tier in enumerate(self.plan.tiers)
        ]
        fits = TantivyQuery.const_score_query(compiled(self._within(self.plan.matches)), 0)
        tier = TantivyQuery.disjunction_max_query(tiers)
        query = TantivyQuery.boolean_query([(Occur.Must, fits), (Occur.Should, tier)])
        found = []
        for score, address in self.view.scored(query, self.total):
            card = self.view.card(address)
            order = place_in(SORTS[self.sort], card)
            found.append(Standing(best - int(score), order, partial(_same, card)))
        return sorted(found, key=lambda each: each.place)

    def _from_the_top(self, limit: int) -> list[Standing]:
        """What the better tiers hold is known in full by the time that the next one is asked for,
        so that it need not be excluded by a query."""
        found: list[Standing] = []
        seen: set[str] = set()
        for tier, clause in enumerate((*self.plan.tiers, self.plan.matches)):
            hits = self._ordered(compiled(self._within(clause)), limit)
            found += [self._standing(tier, hit) for hit in hits if hit[0] not in seen]
            seen.update(order for order, _ in hits)
            if len(found) >= min(limit, self.total):
                break
        return found[:limit]

    def _behind(self, after: Cursor, limit: int) -> list[Standing]:
        found: list[Standing] = []
        for tier in range(after.tier, len(self.plan.tiers) + 1):
            query, needed = self._of_tier(tier), limit - len(found)
            if tier == after.tier:
                hits = self._rest(query, needed, after)
            else:
                hits = self._ordered(query, needed)
            found += [self._standing(tier, hit) for hit in hits]
            if len(found) >= limit:
                break
        return found

    def _of_tier(self, tier: int) -> TantivyQuery:
        """What fits this tier and none before it."""
        wanted = (*self.plan.tiers, self.plan.matches)[tier]
        better = [compiled(each) for each in self.plan.tiers[:tier]]
        parts = [(Occur.Must, compiled(self._within(wanted)))]
        parts += [(Occur.MustNot, either(better))] if better else []
        return TantivyQuery.boolean_query(parts)

    def _rest(
        self, query: TantivyQuery, needed: int, after: Cursor
    ) -> list[tuple[str, DocAddress]]:
        """The cards of a tier behind the cursor. It knows how many were shown, so that one look
        suffices unless many cards came in before it meanwhile."""
        limit = after.shown + needed
        while True:
            hits = self._ordered(query, limit)
            start = bisect_right(hits, after.order, key=lambda hit: hit[0])
            if len(hits) < limit or len(hits) - start >= needed or limit > 4 * DEEPEST:
                return hits[start : start + needed]
            limit *= 2

    def _within(self, clause: Clause) -> Clause:
        return Every((self.around, clause))

    def _ordered(self, query: TantivyQuery, limit: int) -> list[tuple[str, DocAddress]]:
        return self.view.ordered(query, limit, order_field(SORTS[self.sort]))

    def _standing(self, tier: int, hit: tuple[str, DocAddress]) -> Standing:
        order, address = hit
        return Standing(tier, order, partial(self.view.card, address))


def _same(card: Card) -> Card:
    return card
