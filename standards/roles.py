"""Finds the values of a descriptor by the role that `card:` gives an element in its profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from standards.codelists import Code, CodeList, codelist
from standards.descriptor import Descriptor, at
from standards.profile import Element, profile


@dataclass(frozen=True, slots=True)
class Bearer:
    """An element that carries a role, where it stands, and the group around it."""

    element: Element
    names: tuple[str, ...]
    group: Element | None


@cache
def bearers(kind: str) -> Mapping[str, tuple[Bearer, ...]]:
    """The elements of a profile by the role they carry."""
    known = profile(kind)
    found: dict[str, tuple[Bearer, ...]] = {}
    for path, element in known.walk():
        if element.card:
            above = path.rpartition(".")[0]
            bearer = Bearer(
                element, tuple(path.split(".")), known.element(above) if above else None
            )
            found[element.card] = (*found.get(element.card, ()), bearer)
    return found


@cache
def _paths(kind: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Each role with the top element that leads to it, and the names below that."""
    return tuple(
        (role, bearer.names[0], bearer.names[1:])
        for role, borne in bearers(kind).items()
        for bearer in borne
    )


@dataclass(frozen=True, slots=True)
class Roles:
    """A descriptor's values by their role, gathered in one pass."""

    values: Mapping[str, list[Any]]

    def first(self, role: str) -> Any:
        """The first value with the role; None if there is none."""
        found = self.values.get(role)
        return found[0] if found else None

    def text(self, role: str) -> str:
        """The first value with the role as text; empty if there is none."""
        found = self.values.get(role)
        return str(found[0]) if found else ""

    def texts(self, role: str) -> tuple[str, ...]:
        """The values with the role as texts, each once."""
        found = self.values.get(role)
        return tuple(dict.fromkeys(map(str, found))) if found else ()


def roles(descriptor: Descriptor) -> Roles:
    """The values of the elements that carry a role."""
    given = descriptor.values
    found: dict[str, list[Any]] = {}
    for role, top, below in _paths(descriptor.kind):
        if top in given:
            found.setdefault(role, []).extend(at(given[top], below))
    return Roles(found)


def rows(descriptor: Descriptor, role: str) -> Iterator[dict[str, Any]]:
    """The groups with the role; the part that bears ``role.x`` is under ``x``."""
    for bearer in bearers(descriptor.kind).get(role, ()):
        if bearer.names[0] not in descriptor.values:
            continue
        parts = {child.name: child.card for child in bearer.element.children if child.card}
        for row in at(descriptor.values, bearer.names):
            yield {
                part.rpartition(".")[2]: row[name] for name, part in parts.items() if name in row
            }


def lines(descriptor: Descriptor, role: str) -> Iterator[tuple[str, tuple[Code, ...]]]:
    """Each coded value with the role, with its code and those above it (none if it is a word)."""
    for bearer in bearers(descriptor.kind).get(role, ()):
        if bearer.names[0] in descriptor.values:
            for row in at(descriptor.values, bearer.names[:-1]):
                listed = code_list(bearer.element, bearer.group, row)
                for value in at(row, bearer.names[-1:]):
                    yield value, _line(listed, value)


def code_list(code: Element, group: Element | None, row: Mapping[str, Any]) -> CodeList | None:
    """The list that a code belongs to: its own, or the one that its sibling's scheme names."""
    if code.codelist:
        return codelist(code.codelist)
    if group is None or code.codelist_by is None:
        return None
    schemes = codelist(group.child(code.codelist_by).codelist or "")
    scheme = schemes.get(row.get(code.codelist_by, ""))
    listed = scheme.extra.get("codelist") if scheme else None
    return codelist(listed) if listed else None


def _line(listed: CodeList | None, value: str) -> tuple[Code, ...]:
    found = listed.get(value) if listed else None
    return (found, *listed.ancestors(value)) if listed and found else ()
