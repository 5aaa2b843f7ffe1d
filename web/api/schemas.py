"""JSON Schema of a kind's descriptors, made from its profile."""

from __future__ import annotations

from typing import Any

from standards.codelists import codelist
from standards.profile import Element, Level, Profile

DAY = r"^\d{4}(-\d{2}(-\d{2})?)?$"
TYPES: dict[str, dict[str, Any]] = {
    "date": {"type": "string", "pattern": DAY},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
}


def descriptor_schema(known: Profile, level: Level | None = None) -> dict[str, Any]:
    """The schema of canonical values; with a level also of what it demands."""
    required = [
        use.element.name
        for use in known.elements
        if level and use.mandatory and level.demands(use.mandatory)
    ]
    return {
        "type": "object",
        "title": known.label.en,
        "description": known.definition.en,
        "properties": {use.element.name: element_schema(use.element) for use in known.elements},
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def element_schema(element: Element) -> dict[str, Any]:
    """The schema of one element: a list where it may be repeated."""
    one = _group(element) if element.children else _value(element)
    told = {"title": f"{element.label.zh} · {element.label.en}", "description": _told(element)}
    if element.many:
        return {**told, "type": "array", "items": one, "maxItems": element.max}
    return {**told, **one}


def _told(element: Element) -> str:
    return f"{element.definition.en} ({element.short}; {element.clause})"


def _group(element: Element) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {child.name: element_schema(child) for child in element.children},
        "additionalProperties": False,
    }


def _value(element: Element) -> dict[str, Any]:
    told = dict(TYPES.get(element.type, {"type": "string", "maxLength": element.max_length}))
    if element.minimum is not None:
        told["minimum"] = element.minimum
    if element.maximum is not None:
        told["maximum"] = element.maximum
    if element.type == "code":
        return _code(element)
    return told


def _code(element: Element) -> dict[str, Any]:
    """A closed list names its codes; an open one takes a word of one's own."""
    if element.codelist is None or element.open or codelist(element.codelist).open:
        return {"type": "string"}
    return {"type": "string", "enum": [each.code for each in codelist(element.codelist).codes]}
