"""Reads foreign records by a table: for each element the XPaths that lead to its values.

A table is a YAML file beside this module. Each element has a path or several, of which the first
that finds anything counts; a group has `each`, the paths to its rows, and paths from a row to its
parts. `map` says what foreign codes mean (others are not taken over), `silent` names values that
say nothing, `join` makes one text of several, `classes` takes only what the element's code lists
know, `otherwise` is where to look when nothing was found. Paths see names without namespaces, so
that the editions of a format share them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import yaml
from lxml import etree

from standards.formats.records import Parsed
from standards.places import bare
from standards.profile import Element, profile
from standards.reading.codes import match
from standards.reading.texts import one_line

AT = "at"
"""The attribute that says a node's number among its like, where nodes were made of other data."""

_MOST_PLACES = 1000
_WORDS = frozenset({"paths", "each", "map", "silent", "join", "classes", "otherwise"})


class Said(NamedTuple):
    """A text, and the node that says it; None where the table itself does."""

    text: str
    node: etree._Element | None


@dataclass(frozen=True, slots=True)
class Lead:
    """What leads to the value of one element, or to the rows of a group and their parts."""

    paths: tuple[etree.XPath, ...]
    meanings: Mapping[str, str] | None = None
    silent: frozenset[str] = frozenset()
    join: str | None = None
    parts: Mapping[str, Lead] = field(default_factory=dict)
    classes: bool = False
    otherwise: Lead | None = None

    def said(self, node: etree._Element) -> list[Said]:
        """What the first path that finds anything finds."""
        for path in self.paths:
            if found := list(self._meant(_found(path, node))):
                if self.join is None:
                    return found
                return [Said(self.join.join(each.text for each in found), found[0].node)]
        return []

    def text(self, node: etree._Element) -> str:
        """The first of it."""
        return next((each.text for each in self.said(node)), "")

    def rows(self, node: etree._Element) -> Iterator[etree._Element]:
        """The nodes that the first path that finds any finds."""
        for path in self.paths:
            if found := [each for each in _results(path, node) if isinstance(each, etree._Element)]:
                yield from found
                return

    def _meant(self, found: Iterator[Said]) -> Iterator[Said]:
        for each in found:
            meaning = each.text if self.meanings is None else self.meanings.get(each.text)
            if meaning and each.text not in self.silent:
                yield Said(meaning, each.node)


@dataclass(frozen=True, slots=True)
class Table:
    """How a format is read: the record's own key, its kind, and its elements."""

    key: Lead
    kind: Lead
    elements: Mapping[str, Lead]

    def read(self, root: etree._Element, kind: str | None = None, key: str = "") -> Parsed:
        """The raw values of a record; its key in its source is no number of the resource."""
        chosen = kind or self.kind.text(root) or None
        reading = _Reading(key or self.key.text(root))
        raw: dict[str, Any] = {}
        for use in profile(chosen).elements if chosen else ():
            lead = self.elements.get(use.element.name)
            if lead and (value := reading.value(use.element, lead, root, use.element.name)):
                raw[use.element.name] = value
        return Parsed(raw, "", chosen, key=reading.key, places=reading.places)


@dataclass(slots=True)
class _Reading:
    """The reading of one record: its key, and where what is read stands."""

    key: str
    places: dict[str, str] = field(default_factory=dict)

    def value(self, element: Element, lead: Lead, node: etree._Element, path: str) -> Any:
        """What a node says of an element: a text, a list where there may be several, or rows."""
        found: list[Any] = []
        if lead.classes:
            lists = element.codelists
            found = [
                text for text in _texts(lead, node) if any(match(each, text) for each in lists)
            ]
        elif element.children and lead.parts:
            for row in lead.rows(node):
                at = f"{path}[{len(found)}]" if element.many else path
                if value := self._row(element, lead, row, at):
                    found.append(value)
                    self._note(at, row)
        else:
            for said in lead.said(node):
                if said.text != self.key or element.type != "identifier":
                    self._note(f"{path}[{len(found)}]" if element.many else path, said.node)
                    found.append(said.text)
        if not found and lead.otherwise:
            return self.value(element, lead.otherwise, node, path)
        return found if element.many and len(found) > 1 else next(iter(found), None)

    def _row(self, group: Element, lead: Lead, node: etree._Element, path: str) -> Any:
        """A row of a group; of which nothing is known but what its text means, that text."""
        row: dict[str, Any] = {}
        for child in group.children:
            below = lead.parts.get(child.name)
            if below and (value := self.value(child, below, node, f"{path}.{child.name}")):
                row[child.name] = value
        only = row.get(group.from_text or "")
        return only if row.keys() == {group.from_text} and isinstance(only, str) else row

    def _note(self, path: str, node: etree._Element | None) -> None:
        if node is not None and path not in self.places and len(self.places) < _MOST_PLACES:
            self.places[path] = spot = _spot(node)
            for shorter in (path.replace("[0]", ""), bare(path)):  # one value has no number
                self.places.setdefault(shorter, spot)


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


def _spot(node: etree._Element) -> str:
    """Where a node stands, seen from the root: its XPath and line, or as its numbers say."""
    if node.get(AT) is None:
        path = node.getroottree().getpath(node)
        line = f" L{node.sourceline}" if node.sourceline else ""
        return path[path.index("/", 1) :] + line if "/" in path[1:] else line
    steps: list[str] = []
    each: etree._Element | None = node
    while each is not None and each.getparent() is not None:
        steps.append(f"/{each.tag}{each.get(AT)}")
        each = each.getparent()
    return "".join(reversed(steps))


def _found(path: etree.XPath, node: etree._Element) -> Iterator[Said]:
    seen: set[str] = set()
    for each in _results(path, node):
        text = _text(each)
        if text and text not in seen:
            seen.add(text)
            yield Said(text, each if isinstance(each, etree._Element) else None)


def _texts(lead: Lead, node: etree._Element) -> list[str]:
    return [one_line(each.text) for each in lead.said(node)]


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
        classes=bool(entry.get("classes")),
        otherwise=_lead(entry["otherwise"]) if "otherwise" in entry else None,
        parts=_leads({name: each for name, each in entry.items() if name not in _WORDS}),
    )


def _local(name: str) -> str:
    return name.rpartition("}")[2]
