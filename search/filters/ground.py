"""The legal ground for withholding a resource from the public or from agencies."""

from __future__ import annotations

from search.clauses import Any_, Clause, Term
from search.filters.filter import Filter, Values
from standards.problems import Text


def _clause(values: Values) -> Clause:
    grounds = tuple(dict.fromkeys(values["ground"]))
    return Any_((Term("disclosure_ground", grounds), Term("sharing_ground", grounds)))


FILTER = Filter(
    "ground",
    Text("法定依据", "Legal ground"),
    ("ground",),
    _clause,
    "disclosure_ground",
    "legal-grounds",
)
