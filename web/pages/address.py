"""Addresses of pages: the current one with a parameter changed, added or taken away."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode

from flask import request
from werkzeug.datastructures import MultiDict

Pairs = list[tuple[str, str]]
PAGING = frozenset({"cursor", "lang"})


def pairs(without: Iterable[str] = ()) -> Pairs:
    """The parameters of this page that hold something, but for those of paging."""
    left = PAGING.union(without)
    return [
        (name, value)
        for name, value in request.args.items(multi=True)
        if value.strip() and name not in left
    ]


def here(changed: Pairs) -> str:
    """This page with these parameters."""
    return f"{request.path}?{urlencode(changed)}" if changed else request.path


def with_value(name: str, value: str) -> str:
    """This page with one parameter set to a value; nothing takes it away."""
    changed = pairs({name})
    return here([*changed, (name, value)] if value else changed)


def toggled(name: str, value: str) -> str:
    """This page with a value of a filter put in, or taken out if it is there."""
    given = pairs()
    if (name, value) in given:
        return here([pair for pair in given if pair != (name, value)])
    return here([*given, (name, value)])


def without(*names: str) -> str:
    """This page without some parameters."""
    return here(pairs(names))


def next_page(cursor: str) -> str:
    """The following page of a list."""
    return here([*pairs(), ("cursor", cursor)])


def in_language(language: str) -> str:
    """This page in the other language. A form that was sent leads to where it came from."""
    given = [pair for pair in request.args.items(multi=True) if pair[0] != "lang"]
    return here([*given, ("lang", language)])


def local(target: str, otherwise: str = "/") -> str:
    """Where to go next if it is a page of ours, never another site."""
    ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if ours and target.isprintable() else otherwise


def query_args(query: str) -> MultiDict[str, str]:
    """The parameters of a query that an address holds as a whole, those of paging left out."""
    try:
        given = parse_qsl(query, max_num_fields=50)
    except ValueError:
        given = []
    return MultiDict((name, value) for name, value in given if name not in PAGING)
