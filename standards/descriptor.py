"""A descriptor: the metadata of one version of an entry, in canonical values, with its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
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
        return next(self.all(path), None)

    def all(self, path: str) -> Iterator[Any]:
        """Every value at a dotted path, through all lists on the way."""
        return at(self.values, tuple(path.split(".")))


def at(value: Any, names: Sequence[str]) -> Iterator[Any]:
    """Every value that the names lead to from here, through all lists on the way."""
    if isinstance(value, list):
        for member in value:
            yield from at(member, names)
    elif not names:
        yield value
    elif isinstance(value, Mapping) and names[0] in value:
        yield from at(value[names[0]], names[1:])
