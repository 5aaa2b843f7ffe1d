"""The profiles: which elements a document and a non-document descriptor have, read from YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import yaml

from standards.problems import Text

KINDS = ("document", "non-document")
MANY = 2000
"""The most values a repeatable element may have: an upper bound, for safety, of `max: many`."""
_LENGTHS = {"paragraph": 100_000, "uri": 2000, "text": 2000}


class Level(StrEnum):
    """How strictly a descriptor is held to its obligations; each includes those before it."""

    MINIMAL = "minimal"
    CORE = "core"
    STRICT = "strict"
    FULL = "full"

    @property
    def rank(self) -> int:
        """The place in the order, from 0."""
        return list(Level).index(self)

    def demands(self, other: Level) -> bool:
        """Whether an obligation of the other level binds at this one."""
        return other.rank <= self.rank


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """One element of the dictionary, with the elements inside it where it is a group."""

    name: str
    path: str
    short: str
    clause: str
    label: Text
    definition: Text
    type: str
    max: int
    max_length: int
    codelist: str | None = None
    codelist_by: str | None = None
    codelists: tuple[str, ...] = ()
    scheme: str | None = None
    open: bool = False
    separators: bool = True
    words: Mapping[str, tuple[str, ...]] | None = None
    minimum: float | None = None
    maximum: float | None = None
    axis: str | None = None
    card: str | None = None
    audience: str = "public"
    redactable: bool = True
    mandatory: bool = False
    from_text: str | None = None
    headings: tuple[str, ...] = ()
    crosswalk: Mapping[str, str] | None = None
    example: str | None = None
    children: tuple[Element, ...] = ()

    @property
    def many(self) -> bool:
        """Whether the descriptor holds a list here."""
        return self.max > 1

    @property
    def names(self) -> tuple[str, ...]:
        """Its own names, as our files write them: key, short name and both labels."""
        return (self.name, self.short, self.label.zh, self.label.en)

    def child(self, name: str) -> Element:
        """The element inside this group by its key."""
        return next(child for child in self.children if child.name == name)

    def term(self, vocabulary: str) -> str | None:
        """What the element is called in another vocabulary (dc, dcat, iso, schema)."""
        return (self.crosswalk or {}).get(vocabulary)

    def walk(self) -> Iterator[tuple[str, Element]]:
        """This element and all inside it, each with its dotted path."""
        yield self.path, self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Use:
    """An element's place in a profile: from which level it is mandatory, or who assigns it; one
    that is recommended is asked for among the first though no level demands it."""

    element: Element
    mandatory: Level | None = None
    assigned: bool = False
    recommended: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """An obligation that holds only where other elements have certain values."""

    rule: str
    when: tuple[tuple[str, tuple[str, ...]], ...]
    require: tuple[str, ...]
    level: Level
    clause: str
    message: Text
    suggestion: Text | None


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The elements of one kind of descriptor, in the order of forms and files."""

    kind: str
    label: Text
    definition: Text
    elements: tuple[Use, ...]
    conditions: tuple[Condition, ...]
    orders: tuple[tuple[str, str], ...]
    """Pairs of paths of which the first value must not come after the second."""

    def walk(self) -> Iterator[tuple[str, Element]]:
        """Every element, those inside groups too, with its dotted path."""
        for use in self.elements:
            yield from use.element.walk()

    def element(self, path: str) -> Element:
        """The element at a dotted path; KeyError if the profile has none."""
        return _paths(self.kind)[path]

    def card(self, role: str) -> tuple[Element, ...]:
        """The elements that carry a role of the Summary."""
        return tuple(element for _, element in self.walk() if element.card == role)


def profile(kind: str) -> Profile:
    """The profile of a kind; KeyError if there is none."""
    if kind not in KINDS:
        raise KeyError(kind)
    return _profile(kind)


@cache
def _profile(kind: str) -> Profile:
    data = load(f"{kind}.yaml")
    return Profile(
        kind=data["kind"],
        label=text(data["label"]),
        definition=text(data["definition"]),
        elements=tuple(_use(entry) for entry in data["elements"]),
        conditions=tuple(_condition(entry) for entry in data.get("conditions", ())),
        orders=tuple((first, second) for first, second in data.get("orders", ())),
    )


@cache
def _paths(kind: str) -> dict[str, Element]:
    return dict(_profile(kind).walk())


@cache
def dictionary() -> Mapping[str, Element]:
    """Every top-level element by its key, whether or not a profile uses it."""
    return {name: _element(name, "", entry) for name, entry in load("elements.yaml").items()}


def load(name: str) -> dict[str, Any]:
    """The data of one file of the profiles folder."""
    source = resources.files("standards") / "profiles" / name
    data: dict[str, Any] = yaml.load(source.read_bytes(), Loader=_Loader)  # noqa: S506 -- a safe one
    return data


def text(data: Mapping[str, str]) -> Text:
    """The words of a ``{zh: …, en: …}`` pair."""
    return Text(data["zh"], data["en"])


def _use(entry: Mapping[str, Any]) -> Use:
    level = entry.get("mandatory")
    return Use(
        element=dictionary()[entry["element"]],
        mandatory=Level(level) if level else None,
        assigned=bool(entry.get("assigned", False)),
        recommended=bool(entry.get("recommended", False)),
    )


def _condition(entry: Mapping[str, Any]) -> Condition:
    return Condition(
        rule=entry["rule"],
        when=tuple((path, _strings(values)) for path, values in entry["when"].items()),
        require=tuple(entry["require"]),
        level=Level(entry["from"]),
        clause=entry["clause"],
        message=text(entry["message"]),
        suggestion=text(entry["suggestion"]) if "suggestion" in entry else None,
    )


def _element(name: str, parent: str, entry: Mapping[str, Any]) -> Element:
    path = f"{parent}.{name}" if parent else name
    kept = ("short", "clause", "type", "codelist", "codelist_by", "scheme", "open", "separators")
    more = ("minimum", "maximum", "axis", "card", "audience", "redactable", "mandatory")
    last = ("from_text", "crosswalk")
    words = entry.get("words")
    return Element(
        name=name,
        path=path,
        label=text(entry["label"]),
        definition=text(entry["definition"]),
        max=MANY if entry.get("max", 1) == "many" else int(entry.get("max", 1)),
        max_length=entry.get("max_length", _LENGTHS.get(entry["type"], 200)),
        codelists=tuple(entry.get("codelists", ())),
        words={key: _strings(values) for key, values in words.items()} if words else None,
        headings=_strings(entry.get("headings", ())),
        example=_string(entry["example"]) if "example" in entry else None,
        children=tuple(
            _element(child, path, data) for child, data in entry.get("children", {}).items()
        ),
        **{key: entry[key] for key in (*kept, *more, *last) if key in entry},
    )


def _strings(values: Any) -> tuple[str, ...]:
    return tuple(_string(value) for value in values)


def _string(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
