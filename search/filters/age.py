"""How long a version has been waiting: submitted on or before a day."""

from __future__ import annotations

from search.clauses import Clause, Range
from search.filters.dates import bound
from search.filters.filter import Filter, Values
from standards.problems import Text


def _clause(values: Values) -> Clause:
    until = bound("submitted_before", values["submitted_before"][-1], upper=True)
    return Range("submitted", None, until)


FILTER = Filter("age", Text("提交不晚于", "Submitted by"), ("submitted_before",), _clause)
