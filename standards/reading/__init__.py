"""Readers: what people write for an element, read into the one canonical form of its value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from standards.profile import Element
from standards.reading.classes import classified
from standards.reading.codes import code
from standards.reading.findings import REFUSED, Findings, Interpret, Read
from standards.reading.groups import group
from standards.reading.identifiers import identifier
from standards.reading.lists import repeated, single
from standards.reading.scalars import boolean, date, number, plain, scalar, uri

TYPES: Mapping[str, Callable[[Element], Interpret]] = {
    "text": plain,
    "paragraph": plain,
    "date": date,
    "uri": uri,
    "code": code,
    "number": number,
    "integer": number,
    "boolean": boolean,
    "identifier": identifier,
}
"""How the text of a single value is interpreted, by the element's type; a group has parts."""


@cache
def reader(element: Element) -> Read:
    """The reader of an element, made once from the element's data."""
    if element.type != "group":
        one = scalar(element, TYPES[element.type](element))
    elif any(child.codelist_by for child in element.children):
        one = classified(element, reader)
    else:
        one = group(element, reader)
    return repeated(element, one) if element.many else single(element, one)


__all__ = ["REFUSED", "TYPES", "Findings", "Read", "reader"]
