"""Where in a source an element stands: by path, seen from the place of its record.

A part begins with what separates it there (``/dc:title[2] L17`` of XML, ``/items/0/name`` of JSON);
its own line takes the place of the record's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_INDEX = re.compile(r"\[\d+\]")
_LINE = re.compile(r" L\d+$")


def bare(path: str) -> str:
    """The path of an element without the numbers of its values (``provider.name``)."""
    return _INDEX.sub("", path)


def part_at(places: Mapping[str, str], path: str) -> str:
    """The part that the element at a path stands in, or the nearest around it; may be empty."""
    return next((places[each] for each in nearer(path) if each in places), "")


def pointer(path: str) -> str:
    """The JSON pointer of the element at a path: ``/provider/0/name`` of ``provider[0].name``."""
    return "".join(f"/{step}" for step in re.split(r"[.\[\]]+", path) if step)


def within(place: str, part: str) -> str:
    """The place of a part of the record at a place."""
    return _LINE.sub("", place) + part if part else place


def without_line(place: str) -> str:
    """A place that stays the same when lines are added above it."""
    return _LINE.sub("", place)


def nearer(path: str) -> Iterator[str]:
    """A path and those around it, the nearest first; each also without its numbers."""
    while path:
        yield path
        yield bare(path)
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
