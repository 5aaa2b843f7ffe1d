"""The Summary: a descriptor by roles, so that no other package needs an element's name.

Also says what of a descriptor an audience may see (``redact``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from standards.descriptor import Descriptor
from standards.profile import Element, profile
from standards.redactions import Redacted, open_values, told
from standards.roles import Roles, bearers, lines, roles, rows

_UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Number:
    """An identifying number of the resource with the scheme it belongs to."""

    scheme: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A data item (信息项) of the resource."""

    name: str
    type: str = ""
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A box in decimal degrees; ``west`` > ``east`` crosses the anti-meridian."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the source system offers the resource."""

    protocol: str
    url: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """The time that the content covers, as ISO dates; an open side is empty."""

    begin: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a descriptor says, by role. Codes are those of the code lists, dates ISO 8601.

    ``themes`` and ``divisions`` name each code and those above it; ``theme_names`` and
    ``place_names`` are the words people search for. ``written`` and ``issued`` are whole days (a
    month stands for its first), so that they sort and compare as text.
    """

    kind: str
    title: str = ""
    abstract: str = ""
    provider: str = ""
    providers: tuple[str, ...] = ()
    provider_code: str = ""
    numbers: tuple[Number, ...] = ()
    document_number: str = ""
    keywords: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    themes: tuple[str, ...] = ()
    theme_names: tuple[str, ...] = ()
    genre: str = ""
    validity: str = ""
    cycle: str = ""
    formats: tuple[str, ...] = ()
    language: str = ""
    disclosure: str = _UNDETERMINED
    disclosure_ground: str = ""
    sharing: str = _UNDETERMINED
    sharing_ground: str = ""
    sharing_condition: str = ""
    open_condition: str = ""
    divisions: tuple[str, ...] = ()
    place_names: tuple[str, ...] = ()
    box: Box | None = None
    period: Period | None = None
    written: str = ""
    issued: str = ""
    endpoint: Endpoint | None = None
    links: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    visibility: str = ""
    """Who may know of the record, where it is not left to the other two attributes."""
    forwards: str = ""
    redactions: tuple[Redacted, ...] = ()


_TEXTS = (
    *("title", "abstract", "provider", "provider_code", "genre", "validity", "cycle", "language"),
    *("disclosure_ground", "sharing_ground", "sharing_condition", "open_condition"),
    *("visibility", "forwards"),
)
_LISTS = ("keywords", "formats", "links", "related")
_DOCUMENT = "document-number"
WEB_PAGE = "web-page"


def summarize(descriptor: Descriptor) -> Summary:
    """The descriptor by roles, as the profile's `card:` data assigns them."""
    said = roles(descriptor)
    numbers = tuple(_numbers(descriptor))
    themes, theme_names = _coded(descriptor, "themes")
    divisions, place_names = _coded(descriptor, "divisions")
    return Summary(
        kind=descriptor.kind,
        **{role: said.text(role) for role in _TEXTS},  # type: ignore[arg-type]
        **{role: said.texts(role) for role in _LISTS},  # type: ignore[arg-type]
        disclosure=said.text("disclosure") or _UNDETERMINED,
        sharing=said.text("sharing") or _UNDETERMINED,
        providers=said.texts("provider"),
        numbers=numbers,
        document_number=next((each.text for each in numbers if each.scheme == _DOCUMENT), ""),
        items=tuple(map(_item, rows(descriptor, "items"))),
        themes=themes,
        theme_names=_once((*said.texts("theme_names"), *theme_names)),
        divisions=divisions,
        place_names=place_names,
        box=_box(said),
        period=_period(said),
        written=whole_day(said.text("written")),
        issued=whole_day(said.text("issued")),
        endpoint=_endpoint(said),
        redactions=told(descriptor),
    )


def redact(descriptor: Descriptor, audience: str) -> Descriptor:
    """The descriptor without what is kept from the audience.

    The public loses the parts that are withheld (Art. 37), of which only what they are and on what
    ground remains, and every element with `audience: agencies`; the agencies lose nothing.
    """
    if audience != "public":
        return descriptor
    values = open_values(descriptor)
    if values is descriptor.values:  # with nothing withheld, most is given as it stands
        kept = {
            name: value if whole else _public_value(element, value)
            for name, element, whole in _open_elements(descriptor.kind)
            if (value := values.get(name)) is not None
        }
        told = {name: value for name, value in kept.items() if value not in ({}, [], None)}
        return Descriptor(descriptor.kind, told)
    elements = [use.element for use in profile(descriptor.kind).elements]
    return Descriptor(descriptor.kind, _public(elements, values))


def open_themes(descriptor: Descriptor) -> tuple[str, ...]:
    """The codes of the classes that the descriptor is in, as far as everybody may know."""
    shown = Descriptor(descriptor.kind, open_values(descriptor))
    borne = bearers(descriptor.kind)["themes"]
    if any(bearer.element.audience != "public" for bearer in borne):
        shown = redact(descriptor, "public")
    return _once(line[0].code for _, line in lines(shown, "themes") if line)


def whole_day(date: str) -> str:
    """The first day of a month or year; a day is itself."""
    return date + "-01-01"[len(date) - 4 :] if 4 <= len(date) < 10 else date


def _item(row: Mapping[str, str]) -> Item:
    return Item(row.get("name", ""), row.get("type", ""), row.get("definition", ""))


def _numbers(descriptor: Descriptor) -> Iterable[Number]:
    for bearer in bearers(descriptor.kind)["numbers"]:
        value = descriptor.values.get(bearer.names[0])
        if value is not None:
            yield Number(bearer.element.scheme or bearer.element.name, str(value))


def _coded(descriptor: Descriptor, role: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes with the role and all above them, and their Chinese names."""
    codes: list[str] = []
    names: list[str] = []
    for value, line in lines(descriptor, role):
        codes.extend(code.code for code in line)
        names.extend(code.label.zh for code in line)
        if not line:
            codes.append(str(value))
    return _once(codes), _once(names)


def _box(said: Roles) -> Box | None:
    sides = [said.first(f"box.{side}") for side in ("west", "south", "east", "north")]
    return None if None in sides else Box(*map(float, sides))


def _period(said: Roles) -> Period | None:
    begin, end = said.text("period.begin"), said.text("period.end")
    return Period(begin, end) if begin or end else None


def _endpoint(said: Roles) -> Endpoint | None:
    """The service; of a resource without one, the first page where it can be read."""
    url = said.text("endpoint.url")
    if not url:
        link = said.first("links")
        return Endpoint(WEB_PAGE, link, "") if link else None
    return Endpoint(said.text("endpoint.protocol"), url, said.text("endpoint.condition"))


@cache
def _open_elements(kind: str) -> tuple[tuple[str, Element, bool], ...]:
    """The elements that the public may see, each with whether that holds of all within it."""
    return tuple(
        (use.element.name, use.element, all(part.audience == "public" for _, part in parts))
        for use in profile(kind).elements
        if use.element.audience == "public" and (parts := list(use.element.walk()))
    )


def _public(elements: Iterable[Element], given: Mapping[str, Any]) -> dict[str, Any]:
    kept = (
        (element.name, _public_value(element, given[element.name]))
        for element in elements
        if element.audience == "public" and element.name in given
    )
    return {name: value for name, value in kept if value not in ({}, [], None)}


def _public_value(element: Element, value: Any) -> Any:
    if not element.children:
        return value
    if isinstance(value, list):
        rows = (_public(element.children, row) for row in value if isinstance(row, Mapping))
        return [row for row in rows if row]
    return _public(element.children, value) if isinstance(value, Mapping) else None


def _once(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))
