"""Where things lie: what it takes for a card's box to touch another box, to lie within it, or to
come near a point, told as bounds of its four sides, so that every engine asks the same.

A box that crosses the anti-meridian is kept as two halves. The earth is a sphere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import acos, asin, cos, degrees, isfinite, pi, radians, sin

from standards.summary import Box

SIDES = ("west", "south", "east", "north")
HALVES = ("", "_2")
"""What stands behind the name of a side, for each half of a box."""
RADIUS = 6_371_008.8
"""Of the earth in metres, the mean of its axes (IUGG)."""
FARTHEST = pi * RADIUS
"""Nothing on earth is farther away."""
_STEPS = 8
"""So many boxes in place of a disc are never short, and reach a tenth too far at most."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A side of the card's box, and between which degrees it must be."""

    side: str
    lower: float | None = None
    upper: float | None = None


Bounds = tuple[Bound, ...]


def touching(box: Box, half: str = "") -> Bounds:
    """That a half shares at least a point with the box."""
    return (
        Bound(f"west{half}", upper=box.east),
        Bound(f"east{half}", lower=box.west),
        Bound(f"south{half}", upper=box.north),
        Bound(f"north{half}", lower=box.south),
    )


def inside(box: Box, half: str = "") -> Bounds:
    """That a half lies in the box, edges included."""
    return (
        Bound(f"west{half}", lower=box.west),
        Bound(f"east{half}", upper=box.east),
        Bound(f"south{half}", lower=box.south),
        Bound(f"north{half}", upper=box.north),
    )


def holds(bounds: Bounds, box: Box) -> bool:
    """Whether a box keeps to the bounds of one half."""
    return all(
        (each.lower is None or each.lower <= getattr(box, each.side.partition("_")[0]))
        and (each.upper is None or getattr(box, each.side.partition("_")[0]) <= each.upper)
        for each in bounds
    )


def halves(box: Box) -> tuple[Box, ...]:
    """One box, or the two halves of one that crosses the anti-meridian."""
    if box.west <= box.east:
        return (box,)
    return (
        Box(box.west, box.south, 180.0, box.north),
        Box(-180.0, box.south, box.east, box.north),
    )


def asked(box: Box) -> tuple[Box, ...]:
    """A box to compare with; the meridians 180 and -180 are one."""
    parts = halves(box)
    edges: list[Box] = []
    if any(part.east == 180 for part in parts):
        edges.append(Box(-180.0, box.south, -180.0, box.north))
    if any(part.west == -180 for part in parts):
        edges.append(Box(180.0, box.south, 180.0, box.north))
    return (*parts, *edges)


def touches(kept: Iterable[Box], box: Box) -> bool:
    """Whether a card's halves touch the box."""
    parts = asked(box)
    return any(holds(touching(part), half) for half in kept for part in parts)


def lies_within(kept: Iterable[Box], box: Box) -> bool:
    """Whether a card has a place and all of it lies in the box."""
    parts, mine = asked(box), tuple(kept)
    return bool(mine) and all(any(holds(inside(part), half) for part in parts) for half in mine)


def around(longitude: float, latitude: float, metres: float) -> Box:
    """The smallest box that holds all that is so near to the point."""
    reach = min(metres, FARTHEST) / RADIUS
    south, north = latitude - degrees(reach), latitude + degrees(reach)
    if south <= -90 or north >= 90:
        return Box(-180.0, max(south, -90.0), 180.0, min(north, 90.0))
    ratio = sin(reach) / cos(radians(latitude))
    if reach >= pi / 2 or ratio >= 1:
        return Box(-180.0, south, 180.0, north)
    return _across(longitude, degrees(asin(ratio)), south, north)


def disc(longitude: float, latitude: float, metres: float) -> tuple[Box, ...]:
    """Boxes that together hold all that is so near to the point, and nothing that is more than a
    tenth farther. Bounds of sides can tell of boxes only, and engines count by these.
    """
    reach = min(metres, FARTHEST) / RADIUS
    return tuple(_steps(longitude, latitude, reach))


def _steps(longitude: float, latitude: float, reach: float) -> Iterator[Box]:
    """Each box is higher and narrower than the one before, as wide as the disc is beyond that."""
    heights = [degrees(reach) * sin(pi / 2 * at / _STEPS) for at in range(_STEPS + 1)]
    for low, high in pairwise(heights):
        north = _widest(latitude, latitude + low, latitude + high, reach)
        south = _widest(latitude, latitude - high, latitude - low, reach)
        lower, upper = max(latitude - high, -90.0), min(latitude + high, 90.0)
        yield _across(longitude, max(north, south), lower, upper)


def _widest(latitude: float, south: float, north: float, reach: float) -> float:
    """How many degrees to each side the disc has at most between two latitudes, by the cosine rule
    of spherical triangles; it is widest at an edge, or where its meridian tangents touch it."""
    if south > 90 or north < -90:
        return 0.0
    south, north = max(south, -90.0), min(north, 90.0)
    at = [_half_width(latitude, each, reach) for each in (south, north)]
    if reach < pi / 2:
        ratio = sin(radians(latitude)) / cos(reach)
        if abs(ratio) < 1 and south <= degrees(asin(ratio)) <= north:
            at.append(_half_width(latitude, degrees(asin(ratio)), reach))
    return max(at)


def _half_width(latitude: float, other: float, reach: float) -> float:
    mine, theirs = radians(latitude), radians(other)
    across = cos(mine) * cos(theirs)
    left = cos(reach) - sin(mine) * sin(theirs)
    if across < 1e-12 or left <= -across:
        return 180.0 if left <= across else 0.0
    return degrees(acos(min(1.0, left / across)))


def _across(longitude: float, half: float, south: float, north: float) -> Box:
    if half >= 180:
        return Box(-180.0, south, 180.0, north)
    return Box(_turned(longitude - half), south, _turned(longitude + half), north)


def _turned(longitude: float) -> float:
    if longitude < -180:
        return longitude + 360
    return longitude - 360 if longitude > 180 else longitude


def is_place(longitude: float, latitude: float) -> bool:
    """Whether these are degrees of a point on earth."""
    return isfinite(longitude) and abs(longitude) <= 180 and abs(latitude) <= 90
