"""A box on the map: west, south, east, north in degrees; west > east crosses the anti-meridian."""

from __future__ import annotations

import math

from search.clauses import Clause, Overlaps
from search.filters.filter import Filter, Values
from search.query import BadQuery
from standards.problems import Text
from standards.summary import Box


def read(value: str, parameter: str = "bbox") -> Box:
    """``120.8,30.6,122.2,31.9`` as a box; raises BadQuery, naming the parameter."""
    try:
        west, south, east, north = (float(part) for part in value.split(","))
    except ValueError:
        raise BadQuery(parameter, "four numbers are expected: west,south,east,north") from None
    if not all(map(math.isfinite, (west, south, east, north))):
        raise BadQuery(parameter, "four numbers are expected: west,south,east,north")
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise BadQuery(parameter, "longitudes lie in -180..180, latitudes in -90..90, south first")
    return Box(west, south, east, north)


def _clause(values: Values) -> Clause:
    return Overlaps(read(values["bbox"][-1]))


FILTER = Filter("bbox", Text("涉及范围", "Touches the box"), ("bbox",), _clause)
