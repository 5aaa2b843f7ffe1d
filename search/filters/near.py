"""A point with a distance: longitude and latitude in degrees, metres. What touches it counts."""

from __future__ import annotations

from search import spatial
from search.clauses import Any_, Clause, Every, Overlaps
from search.filters.filter import Filter, Values
from search.query import BadQuery
from standards.problems import Text


def read(value: str) -> tuple[float, float, float]:
    """``121.47,31.23,5000`` as degrees and metres; raises BadQuery."""
    try:
        longitude, latitude, metres = (float(part) for part in value.split(","))
    except ValueError:
        raise BadQuery("near", "three numbers are expected: longitude,latitude,metres") from None
    if not spatial.is_place(longitude, latitude):
        raise BadQuery("near", "longitudes lie in -180..180, latitudes in -90..90")
    if not 0 <= metres <= spatial.FARTHEST:
        raise BadQuery("near", f"a distance of 0 to {spatial.FARTHEST:.0f} metres is expected")
    return longitude, latitude, metres


def _clause(values: Values) -> Clause:
    point = read(values["near"][-1])
    disc = tuple(map(Overlaps, spatial.disc(*point)))
    return Every((Overlaps(spatial.around(*point)), Any_(disc)))


def _told(value: str, language: str) -> str:
    try:
        longitude, latitude, metres = read(value)
    except BadQuery:
        return value
    far = f"{metres / 1000:g}"
    if language.startswith("en"):
        return f"{longitude:g}, {latitude:g}, within {far} km"
    return f"经度 {longitude:g}、纬度 {latitude:g}，{far} 公里以内"


FILTER = Filter("near", Text("附近", "Near"), ("near",), _clause, told=_told)
