"""A point with a distance: longitude and latitude in degrees, metres. What touches it counts."""

from __future__ import annotations

from search import spatial
from search.clauses import Any_, Clause, Every, Overlaps
from search.filters.filter import Filter, Values
from search.query import BadQuery
from standards.problems import Text


def _clause(values: Values) -> Clause:
    try:
        longitude, latitude, metres = (float(part) for part in values["near"][-1].split(","))
    except ValueError:
        raise BadQuery("near", "three numbers are expected: longitude,latitude,metres") from None
    if not spatial.is_place(longitude, latitude):
        raise BadQuery("near", "longitudes lie in -180..180, latitudes in -90..90")
    if not 0 <= metres <= spatial.FARTHEST:
        raise BadQuery("near", f"a distance of 0 to {spatial.FARTHEST:.0f} metres is expected")
    disc = spatial.disc(longitude, latitude, metres)
    box = spatial.around(longitude, latitude, metres)
    return Every((Overlaps(box), Any_(tuple(map(Overlaps, disc)))))


LABEL = Text("附近（经度,纬度,米）", "Near (longitude,latitude,metres)")
FILTER = Filter("near", LABEL, ("near",), _clause)
