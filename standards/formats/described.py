"""What a description of something that runs already (an interface, a layer, a table, a page) says
of one resource, by role, and the raw values that a kind of descriptor makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote

from standards.headings import gather
from standards.problems import Problem, excerpt
from standards.profile import MANY, Element, profile
from standards.reading.texts import clean
from standards.rules import problem

CLAUSE = "GB/T 21063.3-2007"
_TEXTS = frozenset({"text", "paragraph"})
_LEGAL = "/:?#[]@!$&'()*+,;=%~-._"


@dataclass(frozen=True, slots=True)
class Field:
    """A data item: as people call it, and as the system does (`column`)."""

    name: str
    type: str = ""
    length: int | None = None
    definition: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """One resource: its key and place in the description, and what is said of it by role (`card` in
    the profile), its data items, and its numbers by scheme."""

    key: str
    place: str
    said: Mapping[str, Any]
    fields: tuple[Field, ...] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    raw: str = ""


class NotUnderstood(ValueError):
    """The description as a whole cannot be read; with the problem to report."""

    def __init__(self, rule: str, value: str, clause: str, **words: Any) -> None:
        super().__init__(value)
        self.problem = problem(rule, path="", clause=clause, value=value, **words)


def values(kind: str, described: Described) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The raw values for a kind; what it has no element for is left out, and what is longer than an
    element may be is shortened with a warning."""
    said: list[Problem] = []
    found = list(_gathered(kind, described, said))
    raw = {name: _grouped(kind, name, value) for name, value in gather(kind, found).items()}
    rows = [_row(kind, each, said) for each in described.fields[:MANY]]
    if len(described.fields) > MANY:
        count = len(described.fields)
        said.append(_told("items-cut", _path(kind, "items"), None, count=count, limit=MANY))
    if rows and (path := _path(kind, "items")):
        raw[path] = rows
    return raw, tuple(dict.fromkeys(said))


def address(text: str) -> str:
    """An address whose unusual characters (the braces of a template) are written as they may be."""
    return quote(text.strip(), safe=_LEGAL)


def lines(*parts: str | None) -> str:
    """Paragraphs of one text, those that say nothing left out."""
    return "\n".join(tidy for part in parts if part and (tidy := clean(part)))


def _gathered(kind: str, described: Described, said: list[Problem]) -> Iterator[tuple[str, Any]]:
    for role, value in described.said.items():
        element = bearer(kind, role, isinstance(value, (list, tuple)))
        if element is not None and value not in (None, "", (), []):
            yield element.path, _fit(element, value, said)
    for scheme, text in described.numbers.items():
        path = number_path(kind, scheme)
        if path and text:
            yield path, text


def _grouped(kind: str, name: str, value: Any) -> Any:
    """Several values of the one part of a group that occurs once are no several groups."""
    element = profile(kind).element(name)
    alone = element.from_text and not element.many and isinstance(value, list)
    return {element.from_text: value} if alone else value


def _row(kind: str, each: Field, said: list[Problem]) -> dict[str, Any]:
    group = profile(kind).element(_path(kind, "items"))
    parts = ((part, getattr(each, part.name, None)) for part in group.children)
    return {part.name: _fit(part, value, said) for part, value in parts if value}


def _fit(element: Element, value: Any, said: list[Problem]) -> Any:
    """A value no longer than its element may be."""
    if isinstance(value, (list, tuple)):
        return [_fit(element, each, said) for each in _once(value)[:MANY]]
    if not isinstance(value, str) or element.type not in _TEXTS:
        return value
    if len(value) <= element.max_length:
        return value
    limit = element.max_length
    said.append(_told("shortened", element.path, element, length=len(value), limit=limit))
    return excerpt(value, limit)


def _once(many: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(each for each in many if each))


def _told(rule: str, path: str, element: Element | None, **words: Any) -> Problem:
    clause = element.clause if element else CLAUSE
    label = element.label if element else None
    return problem(rule, path=path, clause=clause, label=label, **words)


def number_path(kind: str, scheme: str) -> str:
    """The path of the number of that scheme; empty if the kind has none."""
    return _schemes(kind).get(scheme, "")


def _path(kind: str, role: str) -> str:
    element = bearer(kind, role, True)
    return element.path if element else ""


@cache
def bearer(kind: str, role: str, many: bool) -> Element | None:
    """The element with a role; of several that which may hold as many."""
    found = profile(kind).card(role)
    fitting = (each for each in found if each.many or not many)
    return next(fitting, found[0] if found else None)


@cache
def _schemes(kind: str) -> Mapping[str, str]:
    return {
        use.element.scheme: use.element.path for use in profile(kind).elements if use.element.scheme
    }
