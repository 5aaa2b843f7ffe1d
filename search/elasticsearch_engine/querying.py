"""Clauses as Elasticsearch queries, each asking for something that only live cards have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from search import spatial
from search.clauses import Any_, Clause, Every, Holds, Not, Overlaps, Range, Run, Term, Unit, Within
from search.elasticsearch_engine.schema import LIVE, spelled
from search.moments import LAST, number
from search.ranking import Plan
from search.spatial import HALVES
from standards.summary import Box

Body = dict[str, Any]
NOTHING: Body = {"match_none": {}}


def compiled(clause: Clause) -> Body:  # noqa: PLR0911 - one for each kind
    """The query for a clause."""
    match clause:
        case Term(name, values):
            return {"terms": {name: list(values)}} if values else NOTHING
        case Range(name, lower, upper):
            bounds = (number(lower or ""), LAST if upper is None else number(upper))
            return {"range": {name: {"gte": bounds[0], "lte": bounds[1]}}}
        case Overlaps(box):
            return _overlaps(box)
        case Within(box):
            return _within(box)
        case Every(parts):
            return _every(parts)
        case Any_(parts):
            return _either([compiled(part) for part in parts])
        case Not():
            return _every((clause,))
        case Holds(names, units, minimum):
            return _holds(names, units, minimum)


def live() -> Body:
    """Every card."""
    return {"term": {LIVE: "1"}}


def tiers(ranked: Plan) -> Body:
    """Scores a card with the number of its tier, counted from the last; adds no condition."""
    best = len(ranked.tiers)
    scored = [
        {"constant_score": {"filter": compiled(tier), "boost": best - at}}
        for at, tier in enumerate(ranked.tiers)
    ]
    return {"dis_max": {"queries": scored}}


def _every(parts: Sequence[Clause]) -> Body:
    wanted = [compiled(part) for part in parts if not isinstance(part, Not)]
    unwanted = [compiled(part.part) for part in parts if isinstance(part, Not)]
    if len(wanted) == 1 and not unwanted:
        return wanted[0]
    return {"bool": {"filter": wanted or [live()], "must_not": unwanted}}


def _either(queries: list[Body], minimum: int = 1) -> Body:
    if not queries:
        return NOTHING
    if len(queries) == 1 == minimum:
        return queries[0]
    return {"bool": {"should": queries, "minimum_should_match": minimum}}


def _overlaps(box: Box) -> Body:
    parts = spatial.asked(box)
    return _either([_bounded(spatial.touching(part, half)) for part in parts for half in HALVES])


def _within(box: Box) -> Body:
    """Each half in a part of the box; most cards have one half only."""
    one, other = (
        _either([_bounded(spatial.inside(part, half)) for part in spatial.asked(box)])
        for half in HALVES
    )
    alone = {"bool": {"must_not": {"exists": {"field": f"west{HALVES[1]}"}}}}
    return {"bool": {"filter": [one, _either([alone, other])]}}


def _bounded(bounds: spatial.Bounds) -> Body:
    limits = ({each.side: {"gte": each.lower, "lte": each.upper}} for each in bounds)
    return {"bool": {"filter": [{"range": limit} for limit in limits]}}


def _holds(names: Sequence[str], units: Sequence[Unit], minimum: int) -> Body:
    each = [_either([_all(names, runs) for runs in unit]) for unit in units]
    if minimum > len(each):
        return NOTHING
    if minimum == len(each):
        return {"bool": {"filter": each or [live()]}}
    return _either(each, minimum) if minimum > 0 else live()


def _all(names: Sequence[str], runs: Sequence[Run]) -> Body:
    each = [_either([_run(name, run) for name in names]) for run in runs]
    return each[0] if len(each) == 1 else {"bool": {"filter": each}}


def _run(name: str, run: Run) -> Body:
    if len(run) == 1:
        return {"term": {name: spelled(run[0])}}
    return {"match_phrase": {name: " ".join(map(spelled, run))}}
