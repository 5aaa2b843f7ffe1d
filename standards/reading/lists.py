"""One value or many: what is written as a list, in a cell or as a list, for an element."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from standards.profile import Element
from standards.reading.codes import match
from standards.reading.findings import REFUSED, Findings, Read
from standards.reading.texts import split

_BETWEEN_ADDRESSES = re.compile(r"[\s；，、]+|[;,](?=\s*[a-zA-Z]+:)")


def single(element: Element, read: Read) -> Read:
    """The reader of an element that occurs once: a list of one is taken out of it."""

    def read_single(value: Any, path: str, findings: Findings) -> Any:
        if isinstance(value, (list, tuple)):
            given = [member for member in value if member not in (None, "")]
            if len(given) > 1:
                count = len(given)
                return findings.say("too-many", element, path, given, count=count, limit=1)
            value = given[0] if given else None
        return read(value, path, findings)

    return read_single


def repeated(element: Element, read: Read) -> Read:
    """The reader of an element that may occur often: always a list, each value once."""

    def read_repeated(value: Any, path: str, findings: Findings) -> Any:
        members = members_of(element, value)
        if len(members) > element.max:
            count, limit = len(members), element.max
            return findings.say("too-many", element, path, value, count=count, limit=limit)
        if len(members) == 1:
            found = [read(members[0], path, findings)]
        else:
            found = [read(each, f"{path}[{i}]", findings) for i, each in enumerate(members)]
        kept = [each for each in found if each is not None and each is not REFUSED]
        if not kept:
            return REFUSED if REFUSED in found else None
        return kept if element.type == "group" else list(dict.fromkeys(kept))

    return read_repeated


def members_of(element: Element, value: Any) -> list[Any]:
    """The values that a raw value holds: the members of a list, or of a list written as text."""
    if value is None:
        return []
    if element.from_text and element.child(element.from_text).many and not _has_parts(value):
        return [value]  # one group holds all the values
    if isinstance(value, str):
        return _members_of_text(element, value)
    if isinstance(value, Mapping) and element.from_text:
        return _rows(element, value)
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _rows(element: Element, value: Mapping[str, Any]) -> list[Any]:
    """A group given column by column (names ``a；b``, types ``C；N``) as its rows."""
    key = element.child(element.from_text or "")
    given = value.get(key.name)
    names = given if isinstance(given, (list, tuple)) else []
    if isinstance(given, str):
        names = _members_of_text(element, given)
    if key.many or len(names) < 2:
        return [value]
    rows: list[dict[str, Any]] = [{key.name: name} for name in names]
    for name, column in value.items():
        if name == key.name:
            continue
        cells = split(column) if isinstance(column, str) else column
        if isinstance(cells, (list, tuple)) and len(cells) == len(rows):
            for row, cell in zip(rows, cells, strict=True):
                row[name] = cell
        else:
            rows[0][name] = column
    return rows


def _members_of_text(element: Element, text: str) -> list[Any]:
    if not element.separators or len(text) > element.max_length * 50:
        return [text]
    if _leaf_type(element) == "uri":
        return [part for part in _BETWEEN_ADDRESSES.split(text) if part]
    lists = (*element.codelists, *((element.codelist,) if element.codelist else ()))
    known = any(match(name, text) for name in lists)  # the name of a class may hold a 、
    return [text] if known else list(split(text))


def _has_parts(value: Any) -> bool:
    members = value if isinstance(value, (list, tuple)) else [value]
    return any(isinstance(member, Mapping) for member in members)


def _leaf_type(element: Element) -> str:
    return element.child(element.from_text).type if element.from_text else element.type
