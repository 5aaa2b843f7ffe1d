"""The crosswalk at work: an element's values as the texts that other vocabularies hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from standards.codelists import Code, codelist
from standards.descriptor import Descriptor, at
from standards.problems import Text
from standards.profile import Element, profile


@dataclass(frozen=True, slots=True)
class Bearing:
    """A leaf element that a term of another vocabulary stands for."""

    term: str
    path: str
    element: Element
    group: Element | None
    names: tuple[str, ...] = ()
    """The steps of the path."""


@cache
def bearings(kind: str, vocabulary: str) -> tuple[Bearing, ...]:
    """The leaf elements of a kind that have a term; a group's own term means its chief part."""
    found: list[Bearing] = []
    known = profile(kind)
    for path, element in known.walk():
        above = path.rpartition(".")[0]
        group = known.element(above) if above else None
        term = element.term(vocabulary)
        if term is None and group is not None and group.from_text == element.name:
            term = group.term(vocabulary)
        if term and not element.children:
            found.append(Bearing(term, path, element, group, tuple(path.split("."))))
    return tuple(found)


def texts(descriptor: Descriptor, bearing: Bearing) -> Iterator[str]:
    """An element's values as people read them: labels for codes."""
    for value in held(descriptor, bearing):
        found = code_of(bearing.element, value)
        yield found.label.zh if found else written(value)


def held(descriptor: Descriptor, bearing: Bearing) -> list[Any]:
    """An element's values."""
    top, *below = bearing.names
    return at(descriptor.values[top], below) if top in descriptor.values else []


def code_of(element: Element, value: Any) -> Code | None:
    """The code that a value is, where the element has a list of its own."""
    return codelist(element.codelist).get(value) if element.codelist else None


def label_of(element: Element, value: Any) -> Text:
    """What to call a value in either language."""
    found = code_of(element, value)
    return found.label if found else Text(written(value), written(value))


def written(value: Any) -> str:
    """A value as it is written in XML: true and false for booleans."""
    return str(value).lower() if isinstance(value, bool) else str(value)
