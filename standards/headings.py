"""Headings that others use for our elements: which column of a foreign table means what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from standards.places import bare
from standards.problems import Text
from standards.profile import KINDS, Element, load, profile

_NOTE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
_SILENT = re.compile(r"[\s*:;,、。·._\-/\\\"'“”《》<>|#]+")
_LONGEST = 200


@dataclass(frozen=True)
class ColumnMapping:
    """What each column of a table means: a dotted path, or None where it means nothing to us."""

    kind: str
    columns: Mapping[str, str | None]
    unknown: tuple[str, ...] = ()
    """Columns that a person should look at: neither mapped nor known to be of no use."""
    source_key: str | None = None
    """The column in which the source numbers its own records."""

    @property
    def paths(self) -> frozenset[str]:
        """Everything that the columns give."""
        return frozenset(path for path in self.columns.values() if path)

    def as_dict(self) -> dict[str, Any]:
        """The mapping as JSON, to be remembered for its source."""
        return {
            "kind": self.kind,
            "columns": dict(self.columns),
            "unknown": list(self.unknown),
            "source_key": self.source_key,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ColumnMapping:
        """The mapping that ``as_dict`` wrote; paths that the profile no longer has mean nothing."""
        known = {path for path, _ in profile(data["kind"]).walk()}
        return cls(
            kind=data["kind"],
            columns={h: path if path in known else None for h, path in data["columns"].items()},
            unknown=tuple(data.get("unknown", ())),
            source_key=data.get("source_key"),
        )


def propose(headings: Sequence[str], kind: str | None = None) -> ColumnMapping:
    """What the headings most likely mean; without a kind, the kind that more of them fit."""
    if kind is None:
        mappings = [_mapping(headings, each) for each in KINDS]
        return max(mappings, key=lambda mapping: len(mapping.paths))
    return _mapping(headings, kind)


def apply(mapping: ColumnMapping, row: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of a row as raw values, each at the path that its column means."""
    cells = ((path, row.get(column)) for column, path in mapping.columns.items() if path)
    return gather(mapping.kind, ((path, cell) for path, cell in cells if cell not in (None, "")))


def gather(kind: str, found: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Raw values from paths with what was written for each.

    Several values for one path become one list; a group of which nothing is known but the part
    that its text means is that text, so that it is read as generously as a text.
    """
    known = profile(kind)
    raw: dict[str, Any] = {}
    for path, value in found:
        top, _, part = path.partition(".")
        key = part or known.element(top).from_text
        held = raw.setdefault(top, {}) if key else raw
        held[key or top] = _joined(held.get(key or top), value)
    for top, held in raw.items():
        only = known.element(top).from_text
        if only and held.keys() == {only}:
            raw[top] = held[only]
    return raw


def path_of(kind: str, heading: str) -> str | None:
    """The path that a heading means in a kind of descriptor, or None."""
    return next((_names(kind)[name] for name in _folded(heading) if name in _names(kind)), None)


def part_of(group: Element, heading: str) -> Element | None:
    """The part of a group that a heading means."""
    return next((_parts(group)[name] for name in _folded(heading) if name in _parts(group)), None)


def heading(kind: str, path: str) -> Text:
    """Our own heading for a path: its label, led by the group's where others have the same."""
    return _own_headings(kind)[path]


def named(path: str) -> Text | None:
    """What the element at a path is called (``provider[0].name``), in whatever kind has it."""
    found = (_own_headings(kind).get(bare(path)) for kind in KINDS)
    return next((text for text in found if text), None)


def fold(text: str) -> str:
    """A heading without what people add: width, case, spaces, stars, notes in brackets."""
    flat = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    bare = _SILENT.sub("", _NOTE.sub("", flat))
    return bare or _SILENT.sub("", flat)


def _mapping(headings: Sequence[str], kind: str) -> ColumnMapping:
    columns: dict[str, str | None] = {}
    unknown: list[str] = []
    own_number: str | None = None
    for each in headings:
        path = path_of(kind, each)
        if path in columns.values() and not _many(kind, path or ""):
            path = None
        columns[each] = path
        if path is None and own_number is None and fold(each) in _other("source_key"):
            own_number = each
        elif path is None and each.strip() and fold(each) not in _other("ignored"):
            unknown.append(each)
    return ColumnMapping(kind, columns, tuple(unknown), own_number)


def _many(kind: str, path: str) -> bool:
    names = path.split(".")
    steps = (".".join(names[: at + 1]) for at in range(len(names)))
    return any(profile(kind).element(step).many for step in steps) if path else True


def _joined(held: Any, value: Any) -> Any:
    """Two cells of the same element are one list written in two places."""
    if held is None:
        return value
    return f"{held}；{value}"


def _folded(heading: str) -> tuple[str, str]:
    """A heading to look up: as it is, then without notes in brackets."""
    flat = unicodedata.normalize("NFKC", heading[:_LONGEST]).casefold()
    return _SILENT.sub("", flat), fold(heading)


@cache
def _names(kind: str) -> Mapping[str, str]:
    """Every heading of a kind and its path: our own names first, then others' by the profile."""
    found: dict[str, str] = {}
    known = profile(kind)
    for path, own in _own_headings(kind).items():
        for name in (*own, path):
            found.setdefault(fold(name), path)
    for use in known.elements:
        for name in use.element.names:
            found.setdefault(fold(name), use.element.path)
    for path, element in known.walk():
        for name in (element.short, *element.headings):
            found.setdefault(fold(name), path)
    return found


@cache
def _parts(group: Element) -> Mapping[str, Element]:
    own = ((name, child) for child in group.children for name in child.names)
    others = ((name, child) for child in group.children for name in child.headings)
    found: dict[str, Element] = {}
    for name, child in (*own, *others):
        found.setdefault(fold(name), child)
    return found


@cache
def _own_headings(kind: str) -> Mapping[str, Text]:
    elements = dict(profile(kind).walk())
    bearers: dict[str, set[str]] = {}
    for path, element in elements.items():
        for name in (*element.label, *element.headings):
            bearers.setdefault(fold(name), set()).add(path)
    return {path: Text(*_own(elements, path, bearers)) for path in elements}


def _own(
    elements: Mapping[str, Element], path: str, bearers: Mapping[str, set[str]]
) -> Iterator[str]:
    """The label in each language, led by the group's where it also means another element."""
    above = path.rpartition(".")[0]
    for language, label in enumerate(elements[path].label):
        shared = above and bearers[fold(label)] - {path, above}
        yield f"{elements[above].label[language]}-{label}" if shared else label


@cache
def _other(name: str) -> frozenset[str]:
    return frozenset(fold(each) for each in load("headings.yaml")[name])
