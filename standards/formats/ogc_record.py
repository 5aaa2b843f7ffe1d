"""Records of OGC API Records (GeoJSON features) in, by the table ogc_record.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from standards.formats.boxes import Box, placed
from standards.formats.records import Parsed
from standards.formats.tables import AT, table

_DEEPEST = 30
_NO_NAME = re.compile(r"[^\w.-]|^[^A-Za-z_]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def read(feature: Mapping[str, Any], kind: str | None = None, base: str = "") -> Parsed:
    """The raw values of a feature; links are relative to `base`. Raises ValueError for what is
    nested too deeply."""
    links = [_resolved(each, base) for each in _listed(feature.get("links"))]
    parsed = table("ogc_record").read(tree({**feature, "links": links, "geometry": None}), kind)
    raw = placed(parsed.kind, parsed.raw, box_of(feature)) if parsed.kind else parsed.raw
    return Parsed(raw, "", parsed.kind, key=parsed.key, places=parsed.places)


def tree(value: Any, name: str = "record", depth: int = 0) -> etree._Element:
    """JSON as elements, so that paths lead through it: a list is its members one after another."""
    if depth > _DEEPEST:
        raise ValueError(f"the record is nested more than {_DEEPEST} levels deep")
    node = etree.Element(_NO_NAME.sub("_", name))
    if isinstance(value, Mapping):
        for key, inner in value.items():
            for at, each in enumerate(_listed(inner)):
                child = tree(each, str(key), depth + 1)
                child.set(AT, f"/{at}" if isinstance(inner, list) else "")
                node.append(child)
    elif isinstance(value, list):
        node.extend(tree(each, "item", depth + 1) for each in value)
    elif value is not None:
        node.text = _ILLEGAL.sub("", str(value).lower() if isinstance(value, bool) else str(value))
    return node


def box_of(feature: Mapping[str, Any]) -> Box | None:
    """West, south, east and north by the bbox (of two or three dimensions), else the geometry."""
    for given in (feature.get("bbox"), _spatial(feature)):
        if isinstance(given, list) and len(given) in {4, 6} and all(map(_is_number, given)):
            half = len(given) // 2
            return (str(given[0]), str(given[1]), str(given[half]), str(given[half + 1]))
    points = list(_points(feature.get("geometry"), 0))
    if not points:
        return None
    longitudes, latitudes = zip(*points, strict=True)
    return tuple(map(str, (min(longitudes), min(latitudes), max(longitudes), max(latitudes))))  # type: ignore[return-value]


def _spatial(feature: Mapping[str, Any]) -> Any:
    """The first box of the extent, where the drafts had it."""
    found: Any = feature
    for name in ("properties", "extent", "spatial", "bbox"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found[0] if isinstance(found, list) and found and isinstance(found[0], list) else found


def _points(value: Any, depth: int) -> Iterator[tuple[float, float]]:
    """The positions of a geometry, or of a collection of them."""
    if isinstance(value, Mapping):
        for name in ("coordinates", "geometries"):
            yield from _points(value.get(name), depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST:
        if len(value) >= 2 and all(map(_is_number, value[:2])):
            yield (value[0], value[1])
        else:
            for each in value:
                yield from _points(each, depth + 1)


def _resolved(link: Any, base: str) -> Any:
    if isinstance(link, Mapping) and isinstance(link.get("href"), str):
        try:
            return {**link, "href": urljoin(base, link["href"])}
        except ValueError:
            return link
    return link


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
