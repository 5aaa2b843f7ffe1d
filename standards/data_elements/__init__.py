"""Data elements (数据元): the shared meaning that items of several resources carry. Their cores for
the base databases are data, one file a subject; a directory adds its own (`catalog.elements`).

Keys of an element: `code` (its identifier), `name` and `en`, `synonyms` (none is another's name),
`zh` and `means` (its definition), `type` (of the list item-types), `length`, `codes` (the list of
its values), `object` (the class of object that it is a property of).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from standards.problems import Text

SUBJECTS = "subject-areas"
TYPES = "item-types"
ACTIVE, RETIRED = "active", "retired"
NO_TEXT = Text("", "")
_FOLDER = files("standards") / "data_elements"
_RULES = "rules.yaml"


@dataclass(frozen=True, slots=True)
class DataElement:
    """One data element as it stands; ``version`` counts its changes, 1 as it was first."""

    code: str
    name: Text
    subject: str
    synonyms: tuple[str, ...] = ()
    definition: Text = NO_TEXT
    type: str = ""
    length: int | None = None
    codes: str = ""
    object: str = ""
    status: str = ACTIVE
    version: int = 1

    @property
    def active(self) -> bool:
        """Whether it is still to be used."""
        return self.status == ACTIVE

    def names(self) -> tuple[str, ...]:
        """Every name that means it."""
        return tuple(dict.fromkeys((self.name.zh, *self.synonyms)))


@cache
def core() -> Mapping[str, DataElement]:
    """The elements that are shipped, by code."""
    read = (_read(each.read_bytes()) for each in _files())
    found = [element(each, one["subject"]) for one in read for each in one["elements"]]
    return {each.code: each for each in sorted(found, key=lambda each: each.code)}


def element(row: Mapping[str, Any], subject: str) -> DataElement:
    """An element as a file tells it."""
    return DataElement(
        code=row["code"],
        name=Text(row["name"], row.get("en") or row["name"]),
        subject=subject,
        synonyms=tuple(row.get("synonyms") or ()),
        definition=Text(row.get("zh") or "", row.get("means") or row.get("zh") or ""),
        type=row.get("type") or "",
        length=row.get("length"),
        codes=row.get("codes") or "",
        object=row.get("object") or "",
    )


def compatible(wanted: DataElement, type_: str) -> bool:
    """Whether an item of the type (a code of item-types; empty where it is not told) can carry the
    element.
    """
    own, other = family(wanted.type), family(type_)
    if not own or not other or own == other:
        return True
    rules = _rules()
    if own == "text" and other == "number":
        return (wanted.length or 0) <= int(rules["text_as_number_to"])
    return other in rules["also"].get(own, ())


@cache
def family(type_: str) -> str:
    """The family of a type; empty for a word of no list."""
    found = _rules()["families"].items()
    return next((name for name, types in found if type_ in types), "")


def families(wanted: DataElement) -> tuple[str, ...]:
    """The families of types that can carry the element, that of no known type (empty) with them."""
    known: Iterable[tuple[str, list[str]]] = _rules()["families"].items()
    return ("", *(name for name, types in known if compatible(wanted, types[0])))


def _files() -> Iterable[Any]:
    named = (each for each in _FOLDER.iterdir() if each.name.endswith(".yaml"))
    return sorted((each for each in named if each.name != _RULES), key=lambda each: each.name)


@cache
def _rules() -> Mapping[str, Any]:
    rules: Mapping[str, Any] = _read((_FOLDER / _RULES).read_bytes())
    return rules


def _read(text: bytes) -> Any:
    return yaml.safe_load(text)
