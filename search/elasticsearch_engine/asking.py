"""The questions a search asks of the server in one request, and the reading of its answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from search.card import Card
from search.clauses import Clause, Every, concerns
from search.cursors import Cursor
from search.elasticsearch_engine.querying import Body, compiled, tiers
from search.elasticsearch_engine.schema import order_field
from search.encoding import decode
from search.engine import EngineUnavailable
from search.fields import SORTS
from search.query import Bucket, Hit, Query, Result
from search.ranking import Plan
from search.window import Page, Standing

_OF_A_SHARD = 10_000
"""Values that each shard counts, so that the sum over several shards is exact."""


class Asking:
    """One search. Totals, facets and cards come with the first request; a second one is needed
    only where many cards came in between two pages."""

    def __init__(self, ask: Callable[[Body], Body | None], query: Query, ranked: Plan) -> None:
        self._ask = ask
        self._query = query
        self._ranked = ranked
        self._answer: Body | None = None

    def run(self, after: Cursor | None, limit: int) -> list[Standing]:
        """Up to so many cards of the base order, from the top or behind a cursor."""
        self._answer = self._ask(asked(self._query, self._ranked, after, limit))
        best = len(self._ranked.tiers)
        if self._answer is None:
            return []
        return [_standing(best, found) for found in self._answer["hits"]["hits"]]

    def result(self, shown: Page) -> Result:
        """The page with totals and facets."""
        if not self._query.size:
            self.run(None, 0)
        answer = self._answer
        if answer is None:
            return Result(0, (), dict.fromkeys(self._query.facets, ()))
        facets = {
            name: tuple(
                Bucket(bucket["key"], bucket["doc_count"])
                for bucket in answer["aggregations"][name]["values"]["buckets"]
            )
            for name in self._query.facets
        }
        return Result(answer["hits"]["total"]["value"], shown.hits, facets, shown.next)


def _standing(best: int, found: Body) -> Standing:
    score, order = found["sort"]
    return Standing(best - int(score), order, partial(_card, found))


def _card(found: Body) -> Card:
    """Raises EngineUnavailable for what is none of ours."""
    body = found.get("_source", {}).get("body")
    if body is None:
        raise EngineUnavailable(f"{found['_index']} is an index not of Mulu's")
    return decode(body)


def asked(query: Query, ranked: Plan, after: Cursor | None, limit: int) -> Body:
    """The request. Filters that a facet leaves out are applied behind the counting."""
    late = {
        name: clause
        for name, clause in query.filters.items()
        if any(concerns(clause, facet) for facet in query.facets)
    }
    early = [clause for name, clause in query.filters.items() if name not in late]
    within = Every((query.visibility, query.where, ranked.matches, *early))
    request: Body = {
        "size": limit,
        "track_total_hits": True,
        "query": {"bool": {"filter": [compiled(within)], "should": _scored(ranked)}},
        "sort": [{"_score": "desc"}, {order_field(SORTS[query.sort]): "asc"}],
        "_source": ["body"],
    }
    if late:
        request["post_filter"] = compiled(Every(tuple(late.values())))
    if query.facets:
        request["aggs"] = {name: _facet(query, late, name) for name in query.facets}
    if after is not None:
        request["search_after"] = [len(ranked.tiers) - after.tier, after.order]
    return request


def _scored(ranked: Plan) -> list[Body]:
    return [tiers(ranked)] if ranked.tiers else []


def _facet(query: Query, late: dict[str, Clause], name: str) -> Body:
    others = tuple(clause for clause in late.values() if not concerns(clause, name))
    terms = {
        "field": name,
        "size": query.facet_size,
        "shard_size": max(_OF_A_SHARD, query.facet_size),
        "order": [{"_count": "desc"}, {"_key": "asc"}],
    }
    return {"filter": compiled(Every(others)), "aggs": {"values": {"terms": terms}}}


def hit(found: Body) -> Hit:
    """One card found."""
    return Hit(_card(found))
