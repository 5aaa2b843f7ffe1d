"""Capabilities of map services (WMS 1.1.1, 1.3.0) and feature services (WFS 1.0 to 2.0): each layer
that can be asked for is a resource with its place, endpoint and formats."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from standards.codelists import codelist
from standards.formats.described import Described, NotUnderstood, address, lines
from standards.formats.xsd_fields import children, local
from standards.problems import Problem
from standards.rules import problem
from standards.xmlparser import parse

CLAUSE = "OGC 06-042 §7.2.4"
MOST_LAYERS = 20_000
DEEPEST = 50
_DOCTYPE = re.compile(rb"<!DOCTYPE\s+WMT_MS_Capabilities\b[^\[>]{0,500}(?:\[[^\]]{0,500}\]\s*)?>")
_SIDES = ("west", "south", "east", "north")
_SILENT = frozenset({"", "none", "无", "n/a", "null"})
_HREF = "{http://www.w3.org/1999/xlink}href"
Node = etree._Element
Box = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Service:
    """A service with its layers; `describe` is where the fields of a feature type are asked for."""

    protocol: str
    version: str
    layers: tuple[Described, ...]
    describe: str = ""


def read(data: bytes, location: str = "") -> Service:
    """The service that a capabilities document describes. Raises NotUnderstood or XmlFault."""
    root = parse(_DOCTYPE.sub(b"", data[:8192], count=1) + data[8192:])
    name = local(root)
    version = root.get("version", "")
    if name in ("WMS_Capabilities", "WMT_MS_Capabilities"):
        return Service("wms", version, tuple(_map_layers(root, location)))
    if name == "WFS_Capabilities":
        url = _operation(root, "DescribeFeatureType") or _plain(location)
        return Service("wfs", version, tuple(_feature_types(root, location)), url)
    said = " ".join(" ".join(map(str, root.itertext())).split())[:200]
    raise NotUnderstood("capabilities-unknown", f"{name} {said}".strip(), CLAUSE)


def _map_layers(root: Node, location: str) -> Iterator[Described]:
    capability = _first(root, "Capability")
    request = _first(_first(capability, "Request"), "GetMap")
    url = next((str(u) for u in _hrefs(request)), "") or _plain(location)
    common = _common("wms", url, _first(root, "Service"), ("ContactOrganization",))
    formats = _formats(request)
    waiting: list[tuple[Node, Box | None, int]] = [
        (layer, None, 0) for layer in reversed(list(children(capability, "Layer")))
    ]
    count = 0
    while waiting:
        layer, inherited, depth = waiting.pop()
        noted: list[Problem] = []
        box = _box(layer, noted) or inherited
        if depth < DEEPEST:
            below = reversed(list(children(layer, "Layer")))
            waiting.extend((each, box, depth + 1) for each in below)
        if not _text(layer, "Name"):
            continue  # a heading over layers: it cannot be asked for
        count += 1
        _bounded(count)
        yield _layer(layer, common, formats, box, url, noted)


def _feature_types(root: Node, location: str) -> Iterator[Described]:
    url = _operation(root, "GetFeature") or _plain(location)
    holder = _first(root, "ServiceIdentification")
    service = holder if holder is not None else _first(root, "Service")
    common = _common("wfs", url, service, ())
    if provider := _text(_first(root, "ServiceProvider"), "ProviderName"):
        common["provider"] = provider
    for count, layer in enumerate(children(_first(root, "FeatureTypeList"), "FeatureType"), 1):
        _bounded(count)
        noted: list[Problem] = []
        if _text(layer, "Name"):
            formats = _formats(_first(layer, "OutputFormats")) or ["gml"]
            yield _layer(layer, common, formats, _box(layer, noted), url, noted)


def _layer(
    layer: Node,
    common: Mapping[str, object],
    formats: list[str],
    box: Box | None,
    url: str,
    noted: list[Problem],
) -> Described:
    name = _text(layer, "Name")
    if urlsplit(url).scheme not in ("http", "https"):
        noted.append(problem("endpoint-unknown", path=name, clause=CLAUSE, value=url or "∅"))
    words = [each for each in layer.iter("{*}Keyword") if _owner(each) is layer]
    links = [_href(each) for each in children(layer, "MetadataURL")]
    said = {
        **common,
        "title": _text(layer, "Title") or name,
        "abstract": lines(_text(layer, "Abstract"), str(common.get("abstract", "")), name),
        "keywords": [" ".join((word.text or "").split()) for word in words],
        "formats": ["ogc", *formats],
        "links": [address(link) for link in links if link.startswith(("http://", "https://"))],
        **{f"box.{side}": value for side, value in (box or {}).items()},
    }
    raw = etree.tostring(layer, encoding="unicode", with_tail=False)[:20_000]
    place = f"/{local(layer)}[{name}]" + (f" L{layer.sourceline}" if layer.sourceline else "")
    return Described(f"layer:{name}", place, said, (), {}, tuple(noted), raw)


def _common(
    protocol: str, url: str, service: Node | None, organisation: tuple[str, ...]
) -> dict[str, object]:
    """What is said of every layer of a service."""
    condition = _text(service, "AccessConstraints")
    good = urlsplit(url).scheme in ("http", "https")
    names = (found for name in organisation for found in _all(service, name))
    return {
        "provider": next((each for each in names if each), ""),
        "abstract": _text(service, "Title"),
        "endpoint.url": address(url) if good else None,
        "endpoint.protocol": protocol if good else None,
        "endpoint.condition": None if condition.lower() in _SILENT or not good else condition,
    }


def _box(layer: Node, noted: list[Problem]) -> Box | None:
    """The box in degrees that a layer states, in any of the four ways; an odd one is noted."""
    for child in children(layer):
        sides = _sides(child)
        if sides is None:
            continue
        west, south, east, north = sides
        limits = (180.0, 90.0, 180.0, 90.0)
        inside = all(abs(side) <= most + 1 for side, most in zip(sides, limits, strict=True))
        if not inside or south > north or not all(map(math.isfinite, sides)):
            shown = f"{west}, {south}, {east}, {north}"
            noted.append(problem("box-odd", path=local(child), clause=CLAUSE, value=shown))
            return None
        fit = (max(-most, min(most, side)) for side, most in zip(sides, limits, strict=True))
        return dict(zip(_SIDES, fit, strict=True))
    return None


def _sides(box: Node) -> tuple[float, float, float, float] | None:
    name = local(box)
    if name in ("LatLonBoundingBox", "LatLongBoundingBox"):
        given = [box.get(side, "") for side in ("minx", "miny", "maxx", "maxy")]
    elif name == "EX_GeographicBoundingBox":
        bounds = ("westBound", "southBound", "eastBound", "northBound")
        axes = ("Longitude", "Latitude", "Longitude", "Latitude")
        given = [_text(box, side + axis) for side, axis in zip(bounds, axes, strict=True)]
    elif name == "WGS84BoundingBox":
        given = [*_text(box, "LowerCorner").split(), *_text(box, "UpperCorner").split()]
    else:
        return None
    try:
        west, south, east, north = map(float, given)
    except ValueError:
        return None
    return west, south, east, north


def _operation(root: Node, name: str) -> str:
    """Where an operation of a feature service is asked for by GET."""
    for operation in root.iter("{*}Operation"):
        if operation.get("name") == name:
            return next(_hrefs(operation), "")
    return next(_hrefs(_first(_first(_first(root, "Capability"), "Request"), name)), "")


def _hrefs(node: Node | None) -> Iterator[str]:
    for get in node.iter("{*}Get") if node is not None else ():
        found = (get.get("onlineResource", ""), _href(get))
        yield from (each for each in found if each.startswith(("http://", "https://")))


def _href(node: Node) -> str:
    return next((str(each.get(_HREF)) for each in node.iter() if each.get(_HREF)), "")


def _formats(node: Node | None) -> list[str]:
    """The formats of our list among those that a service gives."""
    known = codelist("formats")
    found = (" ".join((each.text or "").split()) for each in children(node, "Format"))
    plain = (text.partition(";")[0].strip() for text in found)
    codes = (known.match(text) or known.match(text.rpartition("/")[2]) for text in plain)
    return list(dict.fromkeys(code.code for code in codes if code))


def _owner(word: Node) -> Node | None:
    """The layer that a keyword is about: not one that contains it."""
    holder = word.getparent()
    return holder.getparent() if holder is not None else None


def _first(node: Node | None, name: str) -> Node | None:
    return next(children(node, name), None)


def _all(node: Node | None, name: str) -> Iterator[str]:
    for each in node.iter(f"{{*}}{name}") if node is not None else ():
        yield " ".join((each.text or "").split())


def _text(node: Node | None, name: str) -> str:
    found = _first(node, name)
    return " ".join((found.text or "").split()) if found is not None else ""


def _plain(location: str) -> str:
    return location.partition("?")[0]


def _bounded(count: int) -> None:
    if count > MOST_LAYERS:
        raise NotUnderstood("too-many-described", str(count), CLAUSE, limit=MOST_LAYERS)
