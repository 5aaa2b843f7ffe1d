"""JSON Schema as interfaces use it, walked with bounds: references only lead inside the document,
and never in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from standards.formats.described import Field
from standards.problems import Problem
from standards.profile import MANY
from standards.rules import problem

CLAUSE = "JSON Schema 2020-12 §8.2.3"
DEEPEST = 4
"""Groups within groups whose parts are still items of their own."""

_HOPS = 20
_STEPS = 20_000
_FORMATS = {
    "date": "date",
    "date-time": "datetime",
    "double": "double",
    "float": "float",
    "binary": "general",
    "byte": "general",
}
_TYPES = {
    "string": "character",
    "integer": "integer",
    "number": "numeric",
    "boolean": "logical",
    "object": "general",
}
_ALTERNATIVES = ("allOf", "anyOf", "oneOf")


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def texts(*found: Any) -> Iterator[str]:
    """Those that are texts and say something; numbers are written as such."""
    for each in found:
        text = str(each).strip() if isinstance(each, (str, int, float)) else ""
        if text and not isinstance(each, bool):
            yield text


@dataclass
class Schemas:
    """The schemas of one document."""

    document: Any
    _pointed: dict[str, Any] = field(default_factory=dict)

    def followed(self, value: Any, noted: list[Problem] | None = None) -> Mapping[str, Any]:
        """What a value is once its references are followed; nothing where they lead outside or in
        a circle, which is noted."""
        held = mapping(value)
        for _ in range(_HOPS):
            reference = held.get("$ref")
            if not isinstance(reference, str):
                return held
            if not reference.startswith("#"):
                _note(noted, "reference-foreign", reference)
                return {}
            held = mapping(self._pointed_at(reference))
        _note(noted, "reference-endless", str(held.get("$ref")))
        return {}

    def fields(self, schema: Any, noted: list[Problem]) -> tuple[Field, ...]:
        """The data items of a schema: the properties of its object, or of the objects in its array;
        those of groups are named by their path."""
        walk = _Walk(self, noted)
        walk.into(schema, "", frozenset())
        return tuple(walk.found.values())

    def inner(self, schema: Any, noted: list[Problem]) -> Mapping[str, Any]:
        """The schema, or that of the members where it is an array's."""
        held = self.followed(schema, noted)
        for _ in range(DEEPEST):
            if "items" not in held or "properties" in held:
                break
            held = self.followed(held["items"], noted)
        return held

    def item(self, path: str, told: Mapping[str, Any], noted: list[Problem]) -> Field:
        """The data item that a property is."""
        leaf = self._leaf(told, noted)
        length = leaf.get("maxLength")
        words = (told.get("description"), leaf.get("description"))
        return Field(
            name=next(texts(told.get("title")), path),
            type=_type(leaf),
            length=length if isinstance(length, int) and 0 < length < 2**31 else None,
            definition=next(texts(*words), ""),
            column=path,
        )

    def _leaf(self, told: Mapping[str, Any], noted: list[Problem]) -> Mapping[str, Any]:
        """The schema that says of what type a value is."""
        held = self.inner(told, noted)
        if "type" in held:
            return held
        ways = (self.followed(each, noted) for w in _ALTERNATIVES for each in _members(held.get(w)))
        return next((each for each in ways if each.get("type") not in (None, "null")), held)

    def _pointed_at(self, reference: str) -> Any:
        """What stands at a JSON pointer within the document; None if nothing does."""
        if reference not in self._pointed:
            held = self.document
            for step in unquote(reference[1:]).split("/")[1:]:
                name = step.replace("~1", "/").replace("~0", "~")
                if isinstance(held, list) and name.isdecimal() and int(name[:9]) < len(held):
                    held = held[int(name[:9])]
                else:
                    held = mapping(held).get(name)
            self._pointed[reference] = held
        return self._pointed[reference]


@dataclass
class _Walk:
    """One walk through a schema; `found` are the items by their path."""

    schemas: Schemas
    noted: list[Problem]
    found: dict[str, Field] = field(default_factory=dict)
    steps: int = 0

    def into(self, schema: Any, prefix: str, above: frozenset[int]) -> None:
        """The properties of a schema; of one that contains itself nothing more, the second time."""
        held = self.schemas.inner(schema, self.noted)
        self.steps += 1
        if id(held) in above or self.steps > _STEPS or len(self.found) > MANY:
            return
        inside = above | {id(held)}
        if len(inside) > DEEPEST * 3:
            return
        for way in _ALTERNATIVES:
            for each in _members(held.get(way)):
                self.into(each, prefix, inside)
        for name, part in mapping(held.get("properties")).items():
            self._property(f"{prefix}{name}", part, inside)

    def _property(self, path: str, part: Any, above: frozenset[int]) -> None:
        """A property: the items of the group that it is, else itself."""
        before = len(self.found)
        if path.count(".") < DEEPEST:
            self.into(part, f"{path}.", above)
        if len(self.found) == before:
            told = self.schemas.followed(part, self.noted)
            self.found.setdefault(path, self.schemas.item(path, told, self.noted))


def _members(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _type(leaf: Mapping[str, Any]) -> str:
    told = leaf.get("type")
    names = [each for each in (told if isinstance(told, list) else [told]) if each != "null"]
    chosen = names[0] if names and isinstance(names[0], str) else ""
    shape = leaf.get("format")
    return _FORMATS.get(shape if isinstance(shape, str) else "", "") or _TYPES.get(chosen, "")


def _note(noted: list[Problem] | None, rule: str, value: str) -> None:
    told = problem(rule, path="$ref", clause=CLAUSE, value=value)
    if noted is not None and told not in noted and len(noted) < 20:
        noted.append(told)
