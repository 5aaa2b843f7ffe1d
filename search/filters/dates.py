"""Reading the dates of filters: a year, a month or a day."""

from __future__ import annotations

import re
from datetime import date

from search.clauses import Clause, Range
from search.filters.filter import Filter, Values
from search.query import BadQuery
from standards.problems import Text

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_END = "\N{DIGIT NINE}"


def bound(parameter: str, value: str, *, upper: bool) -> str:
    """The date as a bound: an upper one takes in the whole of the year, month or day."""
    match = _DATE.fullmatch(value.strip())
    if match is None or not match[1].isascii():
        raise BadQuery(parameter, "a date like 2009, 2009-03 or 2009-03-31 is expected")
    year, month, day = match[1], match[2], match[3]
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise BadQuery(parameter, "no such date") from None
    told = "-".join([year, *(part.zfill(2) for part in (month, day) if part)])
    return told + _END * (18 - sum(c.isdigit() for c in told)) if upper else told


def between(name: str, zh: str, en: str) -> Filter:
    """A filter with ``{name}_from`` and ``{name}_to``, both inclusive."""
    lower, upper = f"{name}_from", f"{name}_to"

    def clause(values: Values) -> Clause | None:
        bounds = {
            key: bound(key, values[key][-1], upper=key == upper)
            for key in (lower, upper)
            if key in values
        }
        return Range(name, bounds.get(lower), bounds.get(upper))

    return Filter(name, Text(zh, en), (lower, upper), clause)
