"""The questions a search asks of the server in one request, and the reading of its answer."""

from __future__ import annotations

from typing import Any

from search import cursors
from search.clauses import Clause, Every, concerns
from search.cursors import Cursor
from search.elasticsearch_engine.querying import Body, compiled, tiers
from search.elasticsearch_engine.schema import order_field
from search.encoding import decode
from search.engine import EngineUnavailable
from search.fields import SORTS
from search.query import Bucket, Hit, Query, Result
from search.ranking import Plan

_OF_A_SHARD = 10_000
"""Values that each shard counts, so that the sum over several shards is exact."""


def asked(query: Query, ranked: Plan, after: Cursor | None) -> Body:
    """The request. Filters that a facet leaves out are applied behind the counting."""
    late = {
        name: clause
        for name, clause in query.filters.items()
        if any(concerns(clause, facet) for facet in query.facets)
    }
    early = [clause for name, clause in query.filters.items() if name not in late]
    within = Every((query.visibility, query.where, ranked.matches, *early))
    request: Body = {
        "size": query.size + 1 if query.size else 0,
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


def answered(query: Query, ranked: Plan, after: Cursor | None, answer: dict[str, Any]) -> Result:
    """The server's answer as a result."""
    found = answer["hits"]["hits"]
    shown = found[: query.size]
    return Result(
        total=answer["hits"]["total"]["value"],
        hits=tuple(hit(each) for each in shown),
        facets={
            name: tuple(
                Bucket(bucket["key"], bucket["doc_count"])
                for bucket in answer["aggregations"][name]["values"]["buckets"]
            )
            for name in query.facets
        },
        next=_next(query, ranked, after, shown, more=len(found) > len(shown)),
    )


def hit(found: dict[str, Any]) -> Hit:
    """One card found. Raises EngineUnavailable for what is none of ours."""
    body = found.get("_source", {}).get("body")
    if body is None:
        raise EngineUnavailable(f"{found['_index']} is an index not of Mulu's")
    return Hit(decode(body), float(found.get("_score") or 0))


def _next(
    query: Query, ranked: Plan, after: Cursor | None, shown: list[Any], *, more: bool
) -> str | None:
    if not shown:
        return None
    score, order = shown[-1]["sort"]
    count = len(shown) + (after.shown if after else 0)
    last = Cursor(len(ranked.tiers) - int(score), order, count)
    return cursors.following(query, last, more=more)
