"""A box on the map in which the resource lies as a whole; as told to ``bbox``."""

from __future__ import annotations

from search.clauses import Clause, Within
from search.filters.bbox import read
from search.filters.filter import Filter, Values
from standards.problems import Text


def _clause(values: Values) -> Clause:
    return Within(read(values["within"][-1], "within"))


FILTER = Filter("within", Text("完全在范围内", "Entirely within the box"), ("within",), _clause)
