"""Discs as boxes: never short, seldom too far; and what the filters make of places."""

from __future__ import annotations

from dataclasses import replace
from math import asin, atan2, cos, degrees, pi, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.clauses import EVERYTHING
from search.filters import BY_NAME
from search.memory import MemoryEngine
from search.query import BadQuery, Query
from search.spatial import FARTHEST, RADIUS, around, disc, touches
from standards.summary import Box
from tests.cards import served

LONGITUDES = st.floats(-180, 180)
LATITUDES = st.floats(-90, 90)
TOO_FAR = 1.11


def away(longitude: float, latitude: float, bearing: float, metres: float) -> tuple[float, float]:
    """The point so far from another, by the formulas of the sphere."""
    reach, course = metres / RADIUS, radians(bearing)
    here, start = radians(latitude), radians(longitude)
    there = asin(max(-1, min(1, sin(here) * cos(reach) + cos(here) * sin(reach) * cos(course))))
    turn = atan2(sin(course) * sin(reach) * cos(here), cos(reach) - sin(here) * sin(there))
    return (degrees(start + turn) + 540) % 360 - 180, degrees(there)


def near(point: tuple[float, float], longitude: float, latitude: float, metres: float) -> bool:
    """Whether the disc's boxes, and the box around it, hold the point."""
    place = (Box(point[0], point[1], point[0], point[1]),)
    boxes = disc(longitude, latitude, metres)
    inside = touches(place, around(longitude, latitude, metres))
    return inside and any(touches(place, box) for box in boxes)


@given(LONGITUDES, LATITUDES, st.floats(0, 360), st.floats(1, FARTHEST), st.floats(0, 0.999))
def test_nothing_near_is_missed(
    longitude: float, latitude: float, bearing: float, metres: float, part: float
) -> None:
    point = away(longitude, latitude, bearing, metres * part)
    assert near(point, longitude, latitude, metres)


@given(LONGITUDES, st.floats(-80, 80), st.floats(0, 360), st.floats(100, 500_000))
def test_little_that_is_farther_is_taken_in(
    longitude: float, latitude: float, bearing: float, metres: float
) -> None:
    point = away(longitude, latitude, bearing, metres * TOO_FAR)
    assert not near(point, longitude, latitude, metres)


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("near", "121.47,31.23,0", True),
        ("near", "121.48,31.23,900", False),
        ("near", "121.48,31.23,1000", True),
        ("near", "-58.53,-31.23,20015086", True),
        ("within", "121,31,122,32", True),
        ("within", "121.5,31,122,32", False),
    ],
)
def test_filters_of_places(name: str, value: str, found: bool) -> None:
    engine = MemoryEngine()
    engine.apply([replace(served(1), box=Box(121.47, 31.23, 121.47, 31.23))])
    clause = BY_NAME[name].parse({name: [value]})
    assert clause
    assert engine.search(Query(EVERYTHING, where=clause)).total == found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("near", "121,31"),
        ("near", "a,b,c"),
        ("near", "181,0,1"),
        ("near", "0,91,1"),
        ("near", "0,0,-1"),
        ("near", "0,0,nan"),
        ("near", "nan,0,1"),
        ("near", f"0,0,{pi * RADIUS * 2}"),
        ("within", "1,2,3"),
        ("within", "0,10,1,5"),
    ],
)
def test_places_that_are_none_are_told_by_name(name: str, value: str) -> None:
    with pytest.raises(BadQuery, match=f"^{name}: "):
        BY_NAME[name].parse({name: [value]})
