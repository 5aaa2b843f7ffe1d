"""A descriptor as people read it: every element with its label, codes with their names.

Knows the profile, never an element's name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from standards.codelists import Code, CodeList, codelist
from standards.descriptor import Descriptor
from standards.problems import Text
from standards.profile import Element, profile
from standards.roles import code_list

LINKED = frozenset({"http", "https", "ftp", "ftps"})


@dataclass(frozen=True, slots=True)
class Value:
    """One value in words; ``link`` is an address that is safe to follow."""

    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An element that has something to show: its values, or its parts, or a table of its rows."""

    element: Element
    label: str
    values: tuple[Value, ...] = ()
    parts: tuple[Shown, ...] = ()
    columns: tuple[Element, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Elements under one heading."""

    title: str
    elements: tuple[Shown, ...]


def shown(descriptor: Descriptor, language: str) -> list[Shown]:
    """Every element of the descriptor that holds something, in the profile's order."""
    return list(_all(descriptor, language))


def sections(descriptor: Descriptor, language: str, without: Collection[str]) -> list[Section]:
    """The same in two parts: the core of the national standard, which the profile begins with, and
    the rest; without the elements in these roles, which are shown in a way of their own.
    """
    core = standard_of(profile(descriptor.kind).elements[0].element)
    found = [each for each in _all(descriptor, language) if each.element.card not in without]
    first = tuple(each for each in found if standard_of(each.element) == core)
    rest = tuple(each for each in found if each not in first)
    titled = ((_("核心元数据（%(standard)s）", standard=core), first), (_("其他元数据"), rest))
    return [Section(title, elements) for title, elements in titled if elements]


def standard_of(element: Element) -> str:
    """The standard that an element's clause names: what stands before its own label."""
    return element.clause.removesuffix(element.label.zh).rpartition(" ")[0] or element.clause


def words_of(
    element: Element, value: Any, language: str, row: Mapping[str, Any], group: Any
) -> str:
    """A single value in words."""
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    listed = None if element.codelist_by else code_list(element, group, row)
    if listed is not None:
        return code_words(listed, str(value), language)
    return str(value)


def code_words(listed: CodeList, value: str, language: str) -> str:
    """A code's name, with those above it; other words stand for themselves."""
    path = listed.path(value)
    return path.in_language(language).replace("\\", " › ") if path else value


def code(list_name: str, value: str) -> Code | None:
    """A code of a list, if the list has it."""
    return codelist(list_name).get(value)


def label(text: Text, language: str) -> str:
    """A text in the reader's language, for templates."""
    return text.in_language(language)


def safe_link(address: str) -> str:
    """The address if a browser may follow it, else nothing."""
    return address if urlsplit(address).scheme.lower() in LINKED else ""


def _all(descriptor: Descriptor, language: str) -> Iterator[Shown]:
    for use in profile(descriptor.kind).elements:
        value = descriptor.values.get(use.element.name)
        if value not in (None, "", []):
            yield _element(use.element, value, language, {}, None)


def _element(
    element: Element, value: Any, language: str, row: Mapping[str, Any], group: Element | None
) -> Shown:
    name = label(element.label, language)
    members = value if isinstance(value, list) else [value]
    if not element.children:
        told = tuple(_value(element, each, language, row, group) for each in members)
        return Shown(element, name, values=told)
    if element.many and (len(members) > 1 or len(element.children) > 3):
        return _table(element, name, members, language)
    return Shown(element, name, parts=tuple(_parts(element, members[0], language)))


def _value(
    element: Element, value: Any, language: str, row: Mapping[str, Any], group: Element | None
) -> Value:
    text = words_of(element, value, language, row, group)
    return Value(text, safe_link(text) if element.type == "uri" else "")


def _parts(group: Element, row: Mapping[str, Any], language: str) -> Iterator[Shown]:
    for child in group.children:
        if row.get(child.name) not in (None, "", []):
            yield _element(child, row[child.name], language, row, group)


def _table(group: Element, name: str, rows: list[Any], language: str) -> Shown:
    columns = tuple(child for child in group.children if any(child.name in row for row in rows))
    cells = tuple(tuple(_cell(group, each, row, language) for each in columns) for row in rows)
    return Shown(group, name, columns=columns, rows=cells)


def _cell(group: Element, element: Element, row: Mapping[str, Any], language: str) -> str:
    value = row.get(element.name)
    if value is None:
        return ""
    members = value if isinstance(value, list) else [value]
    return "；".join(words_of(element, each, language, row, group) for each in members)
