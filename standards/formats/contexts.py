"""Contexts of JSON-LD, none of which is ever fetched: known ones are our own table of names, of
others the well-known names are assumed, and the address is told."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from standards.formats.dcat import PREFIXES
from standards.formats.things import tables

DEEPEST = 200
CONTEXT, IMPORT = "@context", "@import"


class TooDeep(ValueError):
    """The document is nested more deeply than any catalog is."""


def prefixes() -> dict[str, str]:
    """Every prefix that is assumed where a document does not say what it stands for."""
    ours = {name: str(namespace) for name, namespace in PREFIXES.items()}
    return dict(tables()["prefixes"]) | ours


def closed(document: Any) -> tuple[Any, list[str]]:
    """The document with no context left that would be asked for over the net, and the addresses of
    those that nobody here knows."""
    unknown: list[str] = []
    return _closed(document, unknown, 0), list(dict.fromkeys(unknown))


def _closed(value: Any, unknown: list[str], depth: int) -> Any:
    if depth > DEEPEST:
        raise TooDeep
    if isinstance(value, Mapping):
        return {
            key: _context(each, unknown, depth + 1)
            if key == CONTEXT
            else _closed(each, unknown, depth + 1)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_closed(each, unknown, depth + 1) for each in value]
    return value


def _context(value: Any, unknown: list[str], depth: int) -> Any:
    """A context without addresses: ours stands for each; an inline one stays but for imports."""
    if depth > DEEPEST:
        raise TooDeep
    if isinstance(value, str):
        if not any(known in value.lower() for known in tables()["contexts"]):
            unknown.append(value)
        return own()
    if isinstance(value, list):
        return [_context(each, unknown, depth + 1) for each in value]
    if isinstance(value, Mapping):
        if isinstance(value.get(IMPORT), str):
            unknown.append(value[IMPORT])
        return {
            key: _closed(each, unknown, depth + 1) for key, each in value.items() if key != IMPORT
        }
    return value


def assumed(document: Any) -> Any:
    """The document with our own names below its own: only what it leaves open is read by them."""
    if isinstance(document, list):
        return [assumed(each) for each in document]
    if not isinstance(document, Mapping):
        return document
    given = document.get(CONTEXT, [])
    return {**document, CONTEXT: [own(), *(given if isinstance(given, list) else [given])]}


@cache
def own() -> dict[str, Any]:
    """Our own context: the well-known prefixes and the names of data.json and DCAT."""
    known = prefixes()
    terms = {name: {"@id": term} for name, term in (tables()["json"] | tables()["classes"]).items()}
    return {**known, **terms}
