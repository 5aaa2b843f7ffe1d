"""Reads foreign records by a table: for each element the XPaths that lead to its values.

A table is a YAML file beside this module. Each element has a path or several, of which the first
that finds anything counts; a group has `each`, the paths to its rows, and paths from a row to its
parts. `map` says what foreign codes mean (others are not taken over), `silent` names values that
say nothing, `join` makes one text of several. Paths see names without namespaces, so that the
editions of a format share them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import yaml
from lxml import etree

from standards.formats.records import Parsed
from standards.profile import Element, profile

_WORDS = frozenset({"paths", "each", "map", "silent", "join"})


@dataclass(frozen=True, slots=True)
class Lead:
    """What leads to the value of one element, or to the rows of a group and their parts."""

    paths: tuple[etree.XPath, ...]
    meanings: Mapping[str, str] | None = None
    silent: frozenset[str] = frozenset()
    join: str | None = None
    parts: Mapping[str, Lead] = field(default_factory=dict)

    def texts(self, node: etree._Element) -> list[str]:
        """What the first path that finds anything finds."""
        for path in self.paths:
            if found := list(self._meant(_found(path, node))):
                return [self.join.join(found)] if self.join is not None else found
        return []

    def rows(self, node: etree._Element) -> Iterator[etree._Element]:
        """The nodes that the first path that finds any finds."""
        for path in self.paths:
            if found := [each for each in _results(path, node) if isinstance(each, etree._Element)]:
                yield from found
                return

    def _meant(self, found: Iterator[str]) -> Iterator[str]:
        for text in found:
            meaning = text if self.meanings is None else self.meanings.get(text)
            if meaning and text not in self.silent:
                yield meaning


@dataclass(frozen=True, slots=True)
class Table:
    """How a format is read: the record's own key, its kind, and its elements."""

    key: Lead
    kind: Lead
    elements: Mapping[str, Lead]

    def read(self, root: etree._Element, kind: str | None = None, key: str = "") -> Parsed:
        """The raw values of a record; its key in its source is no number of the resource."""
        chosen = kind or next(iter(self.kind.texts(root)), None)
        own = key or next(iter(self.key.texts(root)), "")
        raw: dict[str, Any] = {}
        for use in profile(chosen).elements if chosen else ():
            lead = self.elements.get(use.element.name)
            if lead is not None and (value := _value(use.element, lead, root, own)):
                raw[use.element.name] = value
        return Parsed(raw, "", chosen, key=own)


@cache
def table(name: str) -> Table:
    """The table of that name."""
    source = resources.files("standards.formats") / f"{name}.yaml"
    data: dict[str, Any] = yaml.safe_load(source.read_bytes())
    return Table(_lead(data.pop("key")), _lead(data.pop("kind")), _leads(data))


def plain(element: etree._Element) -> etree._Element:
    """A copy by itself whose names have no namespaces, without the blanks between elements."""
    root = deepcopy(element)
    for node in root.iter(etree.Element):
        node.tag = _local(str(node.tag))
        node.tail = None
        if len(node):
            node.text = (node.text or "").strip()
        for name in [name for name in node.attrib if str(name).startswith("{")]:
            node.set(_local(str(name)), node.attrib.pop(name))
    return root


def _value(element: Element, lead: Lead, node: etree._Element, key: str = "") -> Any:
    """What a node says of an element: a text, a list where there may be several, or rows."""
    if element.children and lead.parts:
        found: list[Any] = [row for each in lead.rows(node) if (row := _row(element, lead, each))]
    else:
        own = key if element.type == "identifier" else None
        found = [text for text in lead.texts(node) if text != own]
    return found if element.many and len(found) > 1 else next(iter(found), None)


def _row(group: Element, lead: Lead, node: etree._Element) -> Any:
    """A row of a group; of which nothing is known but what its text means, that text."""
    row = {
        child.name: value
        for child in group.children
        if child.name in lead.parts and (value := _value(child, lead.parts[child.name], node))
    }
    only = row.get(group.from_text or "")
    return only if row.keys() == {group.from_text} and isinstance(only, str) else row


def _found(path: etree.XPath, node: etree._Element) -> Iterator[str]:
    seen: set[str] = set()
    for each in _results(path, node):
        text = _text(each)
        if text and text not in seen:
            seen.add(text)
            yield text


def _results(path: etree.XPath, node: etree._Element) -> list[Any]:
    found: Any = path(node)
    return found if isinstance(found, list) else [found]


def _text(found: Any) -> str:
    if isinstance(found, etree._Element):
        return "".join(str(piece) for piece in found.itertext()).strip()
    return str(found).strip()


def _leads(data: Mapping[str, Any]) -> dict[str, Lead]:
    return {name: _lead(each) for name, each in data.items()}


def _lead(data: Any) -> Lead:
    entry: Mapping[str, Any] = data if isinstance(data, Mapping) else {"paths": data}
    paths = entry.get("each", entry.get("paths", ()))
    return Lead(
        paths=tuple(etree.XPath(path) for path in ([paths] if isinstance(paths, str) else paths)),
        meanings=entry.get("map"),
        silent=frozenset(entry.get("silent", ())),
        join=entry.get("join"),
        parts=_leads({name: each for name, each in entry.items() if name not in _WORDS}),
    )


def _local(name: str) -> str:
    return name.rpartition("}")[2]
