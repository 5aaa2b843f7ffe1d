"""Totals and facets, each counted exactly; what was counted last is remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from tantivy import Query as TantivyQuery

from search.clauses import Clause, Every, concerns
from search.memory import top_buckets
from search.query import Bucket, Query
from search.tantivy_engine.querying import compiled
from search.tantivy_engine.reading import View

MOST_VALUES = 65_000
"""Of one facet that are counted; the most frequent are then kept."""
REMEMBERED = 256
_TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cards match, and how many hold which value."""

    total: int
    facets: Mapping[str, tuple[Bucket, ...]]


class Counter:
    """Counts; asked the same of the same committed state again, it remembers. The counts of the
    empty query, which are over all cards, are asked for with every visit."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Counts] = OrderedDict()
        self._lock = threading.Lock()

    def counts(self, view: View, query: Query, asked: Clause) -> Counts:
        """Count what matches; ``asked`` is that without the filters."""
        key = (
            view.signature,
            asked,
            tuple(sorted(query.filters.items())),
            query.facets,
            query.facet_size,
        )
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known
        counted = _counted(view, query, asked)
        with self._lock:
            self._known[key] = counted
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return counted


def _counted(view: View, query: Query, asked: Clause) -> Counts:
    matching = compiled(Every((asked, *query.filters.values())))
    if not query.facets or not view.searcher.num_docs:
        total = view.count(matching)
        return Counts(total, dict.fromkeys(query.facets, ()))
    groups = _groups(query)
    everything = groups.pop((), [])
    facets, total = _aggregated(view, matching, everything, query.facet_size)
    for own, names in groups.items():
        others = [clause for name, clause in query.filters.items() if name not in own]
        wider = compiled(Every((asked, *others)))
        facets |= _aggregated(view, wider, names, query.facet_size)[0]
    return Counts(total, {name: facets[name] for name in query.facets})


def _groups(query: Query) -> dict[tuple[str, ...], list[str]]:
    """Facets by the filters that they leave out: mostly none, then one call counts them all."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for facet in query.facets:
        own = tuple(name for name, clause in query.filters.items() if concerns(clause, facet))
        groups.setdefault(own, []).append(facet)
    return groups


def _aggregated(
    view: View, matching: TantivyQuery, names: list[str], size: int
) -> tuple[dict[str, tuple[Bucket, ...]], int]:
    wanted: dict[str, object] = {_TOTAL: {"value_count": {"field": "version"}}}
    for name in names:
        terms = {"field": name, "size": MOST_VALUES, "segment_size": MOST_VALUES}
        wanted[f"by {name}"] = {"terms": terms}
    found = view.aggregated(matching, wanted)
    facets = {
        name: top_buckets(
            {bucket["key"]: bucket["doc_count"] for bucket in found[f"by {name}"]["buckets"]}, size
        )
        for name in names
    }
    return facets, int(found[_TOTAL]["value"])
