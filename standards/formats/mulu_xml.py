"""Mulu's own format: everything that a reader may have of an entry, so that another directory can
hold the very same. Its elements are those of national XML, in a namespace of our own; around them
stand the identifier, the agency, the way by which the entry came, and the digest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from standards.formats.national_xml import places_of, raw_of
from standards.formats.records import Parsed, Record
from standards.formats.terms import written
from standards.formats.xmltext import attribute, escaped
from standards.profile import KINDS, Element, profile

NAMESPACE = "urn:mulu:entry:1"
ENTRY = "entry"
DIGEST = "digest"


def write(record: Record) -> bytes:
    """The record as a document."""
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{text_of(record)}\n".encode()


def text_of(record: Record) -> str:
    """The record's element."""
    descriptor = record.descriptor
    told = {
        "identifier": record.identifier,
        "url": record.url,
        "agency": record.agency_code,
        "agencyName": record.agency_name,
        "updated": record.updated.strftime("%Y-%m-%dT%H:%M:%SZ") if record.updated else "",
        DIGEST: descriptor.digest,
    }
    head = "".join(f' {name}="{attribute(value)}"' for name, value in told.items() if value)
    pieces = [f'<{ENTRY} xmlns="{NAMESPACE}"{head}>']
    pieces += (
        f'<origin node="{attribute(node)}" identifier="{attribute(identifier)}"/>'
        for node, identifier in record.origins
    )
    pieces.append(f"<{descriptor.kind}>")
    for use in profile(descriptor.kind).elements:
        if use.element.name in descriptor.values:
            pieces += _element(use.element, descriptor.values[use.element.name])
    pieces.append(f"</{descriptor.kind}></{ENTRY}>")
    return "".join(pieces)


def read(element: etree._Element, kind: str | None = None, key: str = "") -> Parsed:
    """The raw values of an entry's element; it says itself of which kind it is."""
    hops = origins(element)
    for child in element:
        said = etree.QName(child).localname if isinstance(child.tag, str) else ""
        if said in KINDS:
            places = _places(child, said)
            return Parsed(raw_of(child, said), "", said, places=places, key=key, origins=hops)
    return Parsed({}, "", kind, key=key)


def origins(element: etree._Element) -> tuple[tuple[str, str], ...]:
    """The nodes by which an entry came, the first its home: name, and identifier there."""
    hops = element.iterfind(f"{{{NAMESPACE}}}origin")
    return tuple((hop.get("node", ""), hop.get("identifier", "")) for hop in hops)


def _places(child: etree._Element, kind: str) -> dict[str, str]:
    return {path: f"/{kind}{place}" for path, place in places_of(child, kind).items()}


def _element(element: Element, value: Any) -> Iterator[str]:
    name = element.short
    for each in value if isinstance(value, list) else [value]:
        if not element.children:
            yield f"<{name}>{escaped(written(each))}</{name}>"
            continue
        yield f"<{name}>"
        for child in element.children:
            if child.name in each:
                yield from _element(child, each[child.name])
        yield f"</{name}>"
