"""Boxes of longitude and latitude as OWS gives them beside Dublin Core."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from standards.profile import profile

Box = tuple[str, str, str, str]
"""West, south, east, north."""

_SIDES = ("west", "south", "east", "north")
_GEOGRAPHIC = re.compile(r"(?:EPSG|epsg)(?::[\d.]*)?[:/#]+(?:[\d.]+/)?4326$")
_LONGITUDE_FIRST = re.compile(r"CRS:?84$", re.IGNORECASE)


def box_of(element: etree._Element) -> Box | None:
    """The first ows:WGS84BoundingBox or ows:BoundingBox in degrees; None where there is none."""
    for node in element.iter("{*}WGS84BoundingBox", "{*}BoundingBox"):
        lower, upper = (_pair(node, name) for name in ("LowerCorner", "UpperCorner"))
        if lower and upper:
            crs = node.get("crs", "")
            if str(node.tag).endswith("}WGS84BoundingBox") or _LONGITUDE_FIRST.search(crs):
                return (*lower, *upper)
            if not crs or _GEOGRAPHIC.search(crs):  # EPSG:4326 has the latitude first
                return (lower[1], lower[0], upper[1], upper[0])
    return None


def placed(kind: str, raw: Mapping[str, Any], box: Box | None) -> dict[str, Any]:
    """Raw values with a box added, where the elements of a box have no value yet."""
    values = dict(raw)
    for side, value in zip(_SIDES, box or (), strict=False):
        for element in profile(kind).card(f"box.{side}"):
            group, _, name = element.path.partition(".")
            held = values.get(group, {})
            if not isinstance(held, Mapping):
                held = {profile(kind).element(group).from_text or name: held}
            values[group] = {name: value, **held}
    return values


def _pair(node: etree._Element, name: str) -> tuple[str, str] | None:
    words = (node.findtext(f"{{*}}{name}") or "").split()
    return (words[0], words[1]) if len(words) >= 2 else None
