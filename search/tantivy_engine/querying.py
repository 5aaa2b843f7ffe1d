"""Clauses as Tantivy queries, each asking for something that only live cards have."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tantivy import FieldType, Occur, Query

from search import spatial
from search.clauses import (
    EVERYTHING,
    Any_,
    Clause,
    Every,
    Holds,
    Not,
    Overlaps,
    Range,
    Run,
    Term,
    Unit,
    Within,
)
from search.moments import LAST, number
from search.spatial import HALVES
from search.tantivy_engine.schema import LIVE, SHORT, schema, short
from standards.summary import Box


def compiled(clause: Clause) -> Query:  # noqa: PLR0911 - one for each kind
    """The query for a clause."""
    match clause:
        case Term(name, values):
            return _term(name, values)
        case Range(name, lower, upper):
            return _range(name, lower, upper)
        case Overlaps(box):
            return _overlaps(box)
        case Within(box):
            return _within(box)
        case Every(parts):
            return _every(parts)
        case Any_(parts):
            return either([compiled(part) for part in parts])
        case Not():
            return _every((clause,))
        case Holds(names, units, minimum):
            return _holds(names, units, minimum)


def live() -> Query:
    """Every card."""
    return Query.term_query(schema(), LIVE, "1", index_option="basic")


def beginning(field: str, prefix: str) -> Query:
    """Cards of which something in the field begins so."""
    if len(prefix) in SHORT:
        return Query.term_query(schema(), field, short(prefix), index_option="basic")
    return Query.regex_query(schema(), field, f"{re.escape(prefix)}.*")


def keyed(keys: Sequence[str]) -> Query:
    """The cards and tombstones with these keys."""
    return Query.term_set_query(schema(), "key", list(keys))


def either(queries: Sequence[Query]) -> Query:
    """At least one of them."""
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _every(parts: Sequence[Clause]) -> Query:
    flat = list(_flattened(parts))
    wanted = [(Occur.Must, compiled(part)) for part in flat if not isinstance(part, Not)]
    unwanted = [(Occur.MustNot, compiled(part.part)) for part in flat if isinstance(part, Not)]
    if not wanted:
        wanted = [(Occur.Must, live())]
    if len(wanted) == 1 and not unwanted:
        return wanted[0][1]
    return Query.boolean_query(wanted + unwanted)


def _flattened(parts: Sequence[Clause]) -> list[Clause]:
    flat: list[Clause] = []
    for part in parts:
        flat += _flattened(part.parts) if isinstance(part, Every) else [part]
    return flat


def _term(name: str, values: Sequence[str]) -> Query:
    if len(values) == 1:
        return Query.term_query(schema(), name, values[0], index_option="basic")
    return Query.term_set_query(schema(), name, list(values)) if values else Query.empty_query()


def _range(name: str, lower: str | None, upper: str | None) -> Query:
    least = 0 if lower is None else number(lower)
    most = LAST if upper is None else number(upper)
    return Query.range_query(schema(), name, FieldType.Integer, least, most)


def _overlaps(box: Box) -> Query:
    parts = spatial.asked(box)
    return either([_bounded(spatial.touching(part, half)) for part in parts for half in HALVES])


def _within(box: Box) -> Query:
    """Each half in a part of the box; most cards have one half only."""
    one, other = (
        either([_bounded(spatial.inside(part, half)) for part in spatial.asked(box)])
        for half in HALVES
    )
    second = _bounded((spatial.Bound(f"west{HALVES[1]}", lower=-180.0),))
    alone = Query.boolean_query([(Occur.Must, live()), (Occur.MustNot, second)])
    return Query.boolean_query([(Occur.Must, one), (Occur.Must, either([alone, other]))])


def _bounded(bounds: spatial.Bounds) -> Query:
    return Query.boolean_query(
        [
            (
                Occur.Must,
                Query.range_query(schema(), each.side, FieldType.Float, each.lower, each.upper),
            )
            for each in bounds
        ]
    )


def _holds(names: Sequence[str], units: Sequence[Unit], minimum: int) -> Query:
    each = [either([_all(names, runs) for runs in unit]) for unit in units]
    if minimum > len(each):
        return Query.empty_query()
    if minimum == len(each):
        return _together(each)
    if minimum <= 0:
        return compiled(EVERYTHING)
    return Query.boolean_query(
        [(Occur.Should, query) for query in each], minimum_number_should_match=minimum
    )


def _all(names: Sequence[str], runs: Sequence[Run]) -> Query:
    return _together([either([_run(name, run) for name in names]) for run in runs])


def _together(queries: Sequence[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def _run(name: str, run: Run) -> Query:
    if len(run) == 1:
        return Query.term_query(schema(), name, run[0], index_option="basic")
    return Query.phrase_query(schema(), name, list(run))
