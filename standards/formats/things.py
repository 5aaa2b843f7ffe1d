"""What other vocabularies say of a resource, as one tree: the reader of DCAT knows no more of where
it comes from, be it a graph, a data.json or a package of CKAN."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Union
from urllib.parse import unquote

import yaml

from standards.reading.texts import clean, written

DEEPEST = 8
"""Nodes between a resource and a value; nothing of ours lies deeper."""
MOST = 2000
"""Values of one property that are looked at."""
_TAG = 12  # the longest language tag of a text in several languages


@dataclass(frozen=True, slots=True)
class Said:
    """A plain value: its text and the tag of its language."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """A node: its address if it has one, and what is said of it by prefixed terms (dct:title)."""

    iri: str = ""
    said: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)

    def all(self, *terms: str) -> tuple[Value, ...]:
        """The values of the first of the terms that has any."""
        return next((self.said[term] for term in terms if self.said.get(term)), ())

    def at(self, path: str) -> Iterator[Value]:
        """Every value that a path of terms leads to; each step may have names that are alike."""
        found: list[Value] = [self]
        for term in path.split("/"):
            things = (each for each in found if isinstance(each, Thing))
            found = [value for thing in things for value in thing.all(term, *alike(term))]
        yield from found


Value = Union[Said, Thing]  # noqa: UP007  the two name each other


def alike(term: str) -> tuple[str, ...]:
    """Terms that are read where the term itself is missing, the best first."""
    return tuple(tables()["alike"].get(term, ()))


def texts_of(value: Value) -> Iterator[Said]:
    """What people would call a value: its labels, then its notation, then its address."""
    if isinstance(value, Said):
        yield value
        return
    for term in tables()["labels"]:
        yield from (each for each in value.said.get(term, ()) if isinstance(each, Said))
    if value.iri:
        yield Said(local_name(value.iri))
        yield Said(value.iri)


def local_name(iri: str) -> str:
    """The last part of an address, as people would read it."""
    return unquote(iri.rstrip("/#").rpartition("#")[2].rpartition("/")[2]).strip()


def thing_of(data: Mapping[Any, Any], names: Mapping[str, str], depth: int = 0) -> Thing:
    """A JSON object as a thing; keys without a name of ours are left out."""
    said: dict[str, tuple[Value, ...]] = {}
    for key, value in data.items():
        term = names.get(key) if isinstance(key, str) else None
        found = tuple(values_of(value, names, depth)) if term else ()
        if term and found:
            said[term] = (*said.get(term, ()), *found)
    address = data.get("@id")
    return Thing(clean(address) if isinstance(address, str) else "", said)


def values_of(
    value: Any, names: Mapping[str, str] = MappingProxyType({}), depth: int = 0
) -> Iterator[Value]:
    """A JSON value as values: each member of a list, a text in each of its languages."""
    if depth > DEEPEST:
        return
    if isinstance(value, Mapping):
        if _tagged(value):
            yield from (Said(clean(text), tag) for tag, text in value.items() if text)
        else:
            yield thing_of(value, names, depth + 1)
    elif isinstance(value, list):
        for each in value[:MOST]:
            yield from values_of(each, names, depth + 1)
    else:
        text = clean(written(value) or "")
        if text:
            yield Said(text)


def _tagged(value: Mapping[Any, Any]) -> bool:
    """Whether it is one text in several languages (``{"zh": …, "en": …}``)."""
    return bool(value) and all(
        isinstance(tag, str)
        and isinstance(text, str)
        and len(tag) <= _TAG
        and len(tag.replace("_", "-").partition("-")[0]) in (2, 3)
        and tag.replace("_", "").replace("-", "").isalnum()
        and tag not in tables()["json"]
        for tag, text in value.items()
    )


@cache
def tables() -> dict[str, Any]:
    """The names of other vocabularies, as the data file has them."""
    data: dict[str, Any] = yaml.safe_load(
        (resources.files("standards.formats") / "names.yaml").read_bytes()
    )
    return data
