"""National XML: our neutral serialisation of GB/T 21063.3 with its short names, out and in.

Reading also takes Chinese element names, whatever a bureau's export calls them, by the synonyms
of the profile. Own names are exact: what one element holds is one value. Under foreign names a
value is read as generously as a cell of a spreadsheet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, BinaryIO

from lxml import etree

from standards.formats.records import Parsed, Record
from standards.headings import gather, part_of, path_of, propose
from standards.profile import KINDS, Element, profile
from standards.xmlparser import iterate

RECORD = "metadata"
COLLECTION = "metadataCollection"
KIND = "kind"
_ALONE = frozenset({RECORD})
_UNKNOWN_LENGTH = 200
_MOST_PLACES = 1000


def write(record: Record) -> bytes:
    """One record as an XML document."""
    root = element_of(record)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def write_all(records: Iterable[Record]) -> Iterator[bytes]:
    """Many records as one XML document, piece by piece."""
    yield f"<?xml version='1.0' encoding='UTF-8'?>\n<{COLLECTION}>\n".encode()
    for record in records:
        yield etree.tostring(element_of(record), encoding="UTF-8", pretty_print=True)
    yield f"</{COLLECTION}>\n".encode()


def element_of(record: Record) -> etree._Element:
    """The record's element, with its parts in the order of the profile."""
    descriptor = record.descriptor
    root = etree.Element(RECORD, {KIND: descriptor.kind})
    for use in profile(descriptor.kind).elements:
        if use.element.name in descriptor.values:
            _append(root, use.element, descriptor.values[use.element.name])
    return root


def read(stream: BinaryIO) -> Iterator[Parsed]:
    """The records of a file one by one; XmlFault after the last where the file is cut off."""
    for node in iterate(stream, _ALONE):
        kind = kind_of(node.element)
        problems = tuple(fault.problem() for fault in node.faults)
        raw, places = raw_of(node.element, kind), places_of(node.element, kind)
        yield Parsed(raw, node.place, kind, problems, places=places)


def read_element(element: etree._Element, kind: str | None = None, _key: str = "") -> Parsed:
    """The raw values of one record's element."""
    chosen = kind or kind_of(element)
    return Parsed(raw_of(element, chosen), "", chosen)


def kind_of(record: etree._Element) -> str:
    """The kind that a record says it is, or that its names fit best."""
    said = record.get(KIND, "").strip().lower()
    return said if said in KINDS else propose([_name(each) for each in _elements(record)]).kind


def raw_of(record: etree._Element, kind: str) -> dict[str, Any]:
    """The raw values of a record's element; names that mean nothing to us are kept as keys."""
    exact: dict[str, Any] = {}
    loose: list[tuple[str, Any]] = []
    unknown: dict[str, Any] = {}
    for child in _elements(record):
        name = _name(child)
        element = _own(kind).get(name.casefold())
        if element is not None and (_elements(child) or not element.children):
            _add(exact, element, _value(child, element))
            continue
        path = element.path if element is not None else path_of(kind, name)
        if path is None:
            unknown[name] = _text(child)[:_UNKNOWN_LENGTH]
        elif _elements(child) and profile(kind).element(path).children:
            group = profile(kind).element(path)
            _add(exact, group, _value(child, group))
        elif _text(child).strip():
            loose.append((path, _text(child)))
    return unknown | gather(kind, loose) | exact


def places_of(record: etree._Element, kind: str) -> dict[str, str]:
    """Where each element of a record stands: XPath from the record, and line."""
    spots = _Spots()
    for child, part in _parted(record):
        name = _name(child)
        element = _own(kind).get(name.casefold())
        path = element.path if element is not None else path_of(kind, name)
        known = profile(kind).element(path) if path else None
        spots.add(path or name, child, part, known)
    return spots.places


@dataclass(slots=True)
class _Spots:
    """Where elements stand, as far as it is worth noting."""

    places: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, path: str, node: etree._Element, part: str, element: Element | None) -> None:
        """Note a node and those inside it; what may occur more than once has a number."""
        if len(self.places) >= _MOST_PLACES:
            return
        if element is not None and element.many:
            self.counts[path] += 1
            path = f"{path}[{self.counts[path] - 1}]"
        self.places.setdefault(path, f"{part} L{node.sourceline}")
        if element is not None and element.children:
            for child, inner in _parted(node):
                below = part_of(element, _name(child))
                name = below.name if below is not None else _name(child)
                self.add(f"{path}.{name}", child, part + inner, below)


def _parted(node: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """The children with their step of an XPath; a name that occurs again is numbered."""
    counts: dict[str, int] = {}
    for child in _elements(node):
        name = _name(child)
        counts[name] = counts.get(name, 0) + 1
        yield child, f"/{name}[{counts[name]}]" if counts[name] > 1 else f"/{name}"


def _append(parent: etree._Element, element: Element, value: Any) -> None:
    for each in value if isinstance(value, list) else [value]:
        node = etree.SubElement(parent, element.short)
        if not element.children:
            node.text = str(each).lower() if isinstance(each, bool) else str(each)
            continue
        for child in element.children:
            if child.name in each:
                _append(node, child, each[child.name])


def _value(node: etree._Element, element: Element) -> Any:
    """What an element holds: text, or its parts where it is a group."""
    if not element.children:
        return _text(node)
    parts: dict[str, Any] = {}
    for child in _elements(node):
        part = part_of(element, _name(child))
        if part is None:
            parts[_name(child)] = _text(child)[:_UNKNOWN_LENGTH]
        else:
            _add(parts, part, _value(child, part))
    return parts


def _add(held: dict[str, Any], element: Element, value: Any) -> None:
    """Add one occurrence; a second of what occurs once becomes a list, for validation to refuse."""
    if element.many:
        held.setdefault(element.name, []).append(value)
    elif element.name in held:
        before = held[element.name]
        held[element.name] = [*(before if isinstance(before, list) else [before]), value]
    else:
        held[element.name] = value


@cache
def _own(kind: str) -> Mapping[str, Element]:
    elements = [use.element for use in profile(kind).elements]
    return {name.casefold(): each for each in elements for name in (each.name, each.short)}


def _elements(node: etree._Element) -> list[etree._Element]:
    return [child for child in node if isinstance(child.tag, str)]


def _name(node: etree._Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _text(node: etree._Element) -> str:
    return node.text or "" if len(node) == 0 else "".join(str(text) for text in node.itertext())
