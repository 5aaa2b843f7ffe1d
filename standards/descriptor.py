"""A descriptor: the metadata of one version of an entry, in canonical values, with its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson


@dataclass(frozen=True)
class Descriptor:
    """The canonical values of an entry's elements under the profile of its kind.

    The values are JSON: text, numbers, booleans, lists and mappings. Treat them as immutable.
    """

    kind: str
    values: Mapping[str, Any]

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over kind and canonical JSON: equal digests mean equal descriptors."""
        return hashlib.sha256(f"{self.kind}\n{self.json()}".encode()).hexdigest()

    def json(self) -> str:
        """The values as canonical JSON: keys sorted, nothing escaped without need."""
        return orjson.dumps(self.values, option=orjson.OPT_SORT_KEYS).decode()

    def get(self, path: str) -> Any:
        """The first value at a dotted path (``provider.name``), or None."""
        return next(iter(self.all(path)), None)

    def all(self, path: str) -> list[Any]:
        """Every value at a dotted path, through all lists on the way."""
        return at(self.values, path.split("."))


def at(value: Any, names: Iterable[str]) -> list[Any]:
    """Every value that the names lead to from here, through all lists on the way."""
    found = _members(value)
    for name in names:
        found = [
            member
            for group in found
            if isinstance(group, (dict, Mapping)) and name in group
            for member in _members(group[name])
        ]
    return found


def _members(value: Any) -> list[Any]:
    """The values that a value is: those of a list and of the lists in it, else itself."""
    if not isinstance(value, list):
        return [value]
    return [each for member in value for each in _members(member)]
