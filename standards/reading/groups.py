"""Groups: elements inside an element, given as a mapping or as one text that means a part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from standards.codelists import codelist
from standards.profile import Element
from standards.reading.codes import match
from standards.reading.dates import iso
from standards.reading.findings import REFUSED, Findings, Read
from standards.rules import shown_of

_BETWEEN_DATES = ("至", "到", "~", "～", "—", "–", "/", "-")
_LONGEST_SPAN = 100


def group(element: Element, compiled: Callable[[Element], Read]) -> Read:
    """The reader of one occurrence of a group."""
    parts = [(child, compiled(child)) for child in element.children]
    names = {child.name for child in element.children}
    mandatory = [child for child in element.children if child.mandatory]

    def read(value: Any, path: str, findings: Findings) -> Any:
        if not isinstance(value, Mapping):
            value = from_text(element, value)
        result: dict[str, Any] = {}
        refused = False
        for child, read_part in parts:
            raw = value.get(child.name)
            if raw is not None:
                got = read_part(raw, f"{path}.{child.name}", findings)
                if got is REFUSED:
                    refused = True
                elif got is not None:
                    result[child.name] = got
        if len(value.keys() - names):
            unknown(element, value, path, findings)
        if not result:
            return REFUSED if refused else None
        _implied(element, result)
        for child in mandatory:
            if child.name not in result and not (refused and child.name in value):
                missing = f"{path}.{child.name}"
                findings.say("part-required", child, missing, parent=element.label)
        return result

    return read


def from_text(element: Element, value: Any) -> Mapping[str, Any]:
    """A plain value for a whole group as its parts: it means one of them, or a code of another."""
    if value is None or not element.from_text:
        return {}
    meant = element.child(element.from_text)
    if isinstance(value, str) and meant.codelist and match(meant.codelist, value) is None:
        for child in element.children:
            if child.codelist and child is not meant and match(child.codelist, value):
                return {child.name: value}
    if isinstance(value, str) and meant.type == "date":
        return _span([child.name for child in element.children if child.type == "date"], value)
    return {meant.name: value}


def _span(names: list[str], text: str) -> dict[str, str]:
    """Two dates in one text: ``2008年1月至2009年12月``, ``2008-2009``."""
    if iso(text) is None and len(text) < _LONGEST_SPAN:
        for separator in _BETWEEN_DATES:
            parts = text.split(separator)
            if len(parts) == len(names) and all(iso(part.strip()) for part in parts):
                return dict(zip(names, parts, strict=True))
    return {names[0]: text}


def unknown(
    element: Element, value: Mapping[Any, Any], path: str, findings: Findings, limit: int = 50
) -> None:
    """Warn of the keys that a group does not have."""
    names = {name: child.label for child in element.children for name in child.names}
    for key in [key for key in value if key not in {c.name for c in element.children}][:limit]:
        close = get_close_matches(str(key)[:60], names, n=1)
        nearest = names[close[0]] if close else None
        name = shown_of(str(key), 60)
        place = f"{path}.{name}" if path else name
        findings.say(
            "unknown-element", element, place, str(key), kind=element.label, nearest=nearest
        )


def _implied(element: Element, result: dict[str, Any]) -> None:
    """Fill in a part that a code of another part implies (a format's class)."""
    for child in element.children:
        codes = result.get(child.name) if child.codelist else None
        for code in codes if isinstance(codes, list) else [codes] if codes else []:
            found = codelist(child.codelist or "").get(code)
            for sibling in element.children:
                if found is not None and sibling.name in found.extra:
                    result.setdefault(sibling.name, found.extra[sibling.name])
