"""The bricks that requests and answers are described with; nothing unknown is let in."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from standards.profile import KINDS

LONGEST_IDENTIFIER = 64


class Shape(Schema):
    """An object with exactly these members."""

    class Meta:
        unknown = RAISE


def text(*, required: bool = True, allow_none: bool = False, **metadata: Any) -> fields.String:
    """A text."""
    return fields.String(required=required, allow_none=allow_none, metadata=metadata)


def line(least: int = 0, most: int = 500, *, required: bool = True, **more: Any) -> fields.String:
    """A text of bounded length, in a request."""
    bounds = validate.Length(min=least or None, max=most)
    return fields.String(required=required, validate=bounds, metadata=more)


def number(*, required: bool = True, allow_none: bool = False, **metadata: Any) -> fields.Integer:
    """A whole number; a text with digits is none."""
    return fields.Integer(strict=True, required=required, allow_none=allow_none, metadata=metadata)


def amount(*, allow_none: bool = False, **metadata: Any) -> fields.Float:
    """Any number."""
    return fields.Float(required=True, allow_none=allow_none, metadata=metadata)


class TrueOrFalse(fields.Boolean):
    """A boolean that takes no number and no word for one."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def flag(*, required: bool = True, **metadata: Any) -> fields.Boolean:
    """True or false, and no other word for them."""
    return TrueOrFalse(required=required, metadata=metadata)


def code(
    *codes: str, required: bool = True, allow_none: bool = False, **more: Any
) -> fields.String:
    """One of some words."""
    return fields.String(
        required=required, allow_none=allow_none, validate=validate.OneOf(codes), metadata=more
    )


def moment(*, allow_none: bool = False, **metadata: Any) -> fields.String:
    """A moment in UTC, ISO 8601."""
    return fields.String(
        required=True, allow_none=allow_none, metadata={"format": "date-time", **metadata}
    )


def listed(inner: Any, *, required: bool = True, **metadata: Any) -> fields.List[Any]:
    """A list."""
    return fields.List(inner, required=required, metadata=metadata)


def nested(
    shape: type[Schema], *, required: bool = True, allow_none: bool = False
) -> fields.Nested:
    """An object in an object."""
    return fields.Nested(shape, required=required, allow_none=allow_none)


def mapped(inner: Any, **metadata: Any) -> fields.Dict:
    """An object whose keys are data."""
    return fields.Dict(keys=fields.String(), values=inner, required=True, metadata=metadata)


class TextPair(Shape):
    """The same words in Chinese and English."""

    zh = text()
    en = text()


class AgencyBrief(Shape):
    """An agency as lists name it."""

    code = text()
    name = text()


class Endpoint(Shape):
    """Where the source system offers the resource."""

    protocol = text()
    url = text()
    state = text(description="As last checked; unknown before")


class EntryBrief(Shape):
    """An entry as lists tell of it."""

    identifier = text()
    kind = code(*KINDS)
    title = text()
    abstract = text()
    agency = nested(AgencyBrief)
    disclosure = text()
    sharing = text()
    issued = text(allow_none=True, description="ISO date")
    updated = text(allow_none=True)
    endpoint = nested(Endpoint, allow_none=True)
    url = text(description="The entry's page, which also answers other formats by Accept")
