"""Boxes of longitude and latitude as others write them: GeoJSON, WKT, DCMI Box, four numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

_LONGEST = 200_000
_MOST_POINTS = 20_000
_DEEPEST = 6  # the lists of a GeoJSON multipolygon are four deep
_NUMBER = r"[+-]?\d{1,4}(?:\.\d{0,20})?(?:[eE][+-]?\d{1,2})?"
_PAIR = re.compile(rf"({_NUMBER})\s+({_NUMBER})")
_FOUR = re.compile(
    rf"\[?\s*({_NUMBER})(?:[\s,;]+({_NUMBER}))(?:[\s,;]+({_NUMBER}))(?:[\s,;]+({_NUMBER}))\s*\]?\Z"
)
_ENVELOPE = re.compile(
    rf"ENVELOPE\s*\(\s*({_NUMBER})\s*,\s*({_NUMBER})\s*,\s*({_NUMBER})\s*,\s*({_NUMBER})\s*\)", re.I
)
_WKT = re.compile(
    r"(?:<[^>]{0,200}>)?\s*(?:SRID=\d+;)?\s*(?:MULTI)?(?:POLYGON|POINT|LINESTRING|GEOMETRYCOLLECTION)",
    re.I,
)
_CORNERS = re.compile(rf"(?:lower|upper)Corner[^>]{{0,200}}>\s*({_NUMBER})[\s,]+({_NUMBER})\s*<")
_LIMITS = re.compile(rf"(north|south|east|west)(?:_?limit|lat|long)?\s*[=:]\s*({_NUMBER})", re.I)


class Bounds(NamedTuple):
    """The four sides in decimal degrees; west is greater than east across the anti-meridian."""

    west: float
    south: float
    east: float
    north: float

    @property
    def sound(self) -> bool:
        """Whether it lies on the earth."""
        on_earth = all(-180 <= each <= 180 for each in (self.west, self.east))
        return on_earth and -90 <= self.south <= self.north <= 90


def bounds(text: str) -> Bounds | None:
    """The box that a text gives in one of the usual ways; None if it gives none on the earth."""
    if len(text) > _LONGEST:
        return None
    plain = text.strip()
    readers = (_geojson, _envelope, _wkt, _gml, _limits, _four)
    found = next((box for read in readers if (box := read(plain)) is not None), None)
    return found if found is not None and found.sound else None


def looks_spatial(text: str) -> bool:
    """Whether a text means to be a geometry rather than the name of a place."""
    plain = text.strip()
    return bool(
        plain.startswith(("{", "[", "<gml:")) or _WKT.match(plain) or _ENVELOPE.match(plain)
    )


def of_geojson(data: Any) -> Bounds | None:
    """The box around a GeoJSON geometry, feature or collection."""
    return _around(_points(data, 0))


def _geojson(text: str) -> Bounds | None:
    if not text.startswith("{"):
        return None
    try:
        return of_geojson(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _points(data: Any, depth: int) -> Iterator[tuple[float, float]]:
    if depth > _DEEPEST + 2:
        return
    if isinstance(data, Mapping):
        for key in ("coordinates", "geometry", "geometries", "features"):
            yield from _points(data.get(key), depth + 1)
    elif isinstance(data, list):
        pair = data[:2]
        if len(pair) == 2 and all(_is_number(each) for each in pair):
            yield float(pair[0]), float(pair[1])
        else:
            for each in data:
                yield from _points(each, depth + 1)


def _is_number(value: object) -> bool:
    """Whether it is a number that can be a degree; NaN compares with nothing."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e4


def _wkt(text: str) -> Bounds | None:
    start = _WKT.match(text)
    if start is None:
        return None
    pairs = _PAIR.finditer(text, start.end())
    return _around((float(pair[1]), float(pair[2])) for pair in pairs)


def _envelope(text: str) -> Bounds | None:
    found = _ENVELOPE.search(text)
    if found is None:
        return None
    west, east, north, south = map(float, found.groups())
    return Bounds(west, south, east, north)


def _gml(text: str) -> Bounds | None:
    """An envelope of GML in the order of longitude and latitude (CRS84)."""
    corners = _CORNERS.findall(text) if "Corner" in text and "CRS84" in text else []
    return _around((float(x), float(y)) for x, y in corners)


def _limits(text: str) -> Bounds | None:
    sides = {name.lower(): float(value) for name, value in _LIMITS.findall(text)}
    return Bounds(**sides) if len(sides) == 4 else None


def _four(text: str) -> Bounds | None:
    """West, south, east, north: the order of GeoJSON, OGC and data.json."""
    found = _FOUR.match(text)
    return Bounds(*map(float, found.groups())) if found else None


def _around(points: Iterable[tuple[float, float]]) -> Bounds | None:
    west = south = float("inf")
    east = north = float("-inf")
    for count, (x, y) in enumerate(points):
        if count > _MOST_POINTS:
            return None
        west, east, south, north = min(west, x), max(east, x), min(south, y), max(north, y)
    return Bounds(west, south, east, north) if west <= east else None
