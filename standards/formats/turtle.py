"""Turtle taken apart: its statements, and the prefixes that it uses without declaring them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_TOKEN = re.compile(
    r'(?P<text>"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*')"
    r"|(?P<iri><[^<>\"\n]*>)"
    r"|(?P<comment>#[^\n]*)"
    r"|(?P<declared>@?(?:prefix|base)\b)"
    r"|(?P<open>[\[({])|(?P<close>[\])}])"
    r"|(?P<name>(?:[^\W\d_][\w.-]*)?:(?![\s;,.]))"
    r"|(?P<end>\.(?=\s|\Z|[\[<@#]))"
    r"|(?P<number>[+-]?\d[\d.]*(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[^\W_][\w.-]*(?<![.]))"
    r"|(?P<other>\s+|.)",
    re.DOTALL | re.IGNORECASE,
)
_DECLARATION = re.compile(r"@?prefix\s+([^\s:]*):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement up to its full stop, and the line on which it begins."""

    text: str
    line: int
    declares: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """The statements of a document, the prefixes that they use without saying what they mean, and
    how deep brackets go."""

    statements: tuple[Statement, ...]
    unbound: frozenset[str]
    depth: int


def outline(text: str) -> Outline:
    """What a document consists of, whatever is wrong with it."""
    statements: list[Statement] = []
    used: set[str] = set()
    bound: set[str] = set()
    depth = deepest = start = line = counted = 0
    declares = at = False
    blank = True
    for kind, token, begin, end in _tokens(text):
        if kind == "declared" and blank:
            declares, at = True, token.startswith("@")
        elif kind == "open":
            depth += 1
            deepest = max(deepest, depth)
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "name" and not declares:
            used.add(token[:-1])
        if blank and not token.isspace():
            blank = False
            line, counted = line + text.count("\n", counted, begin), begin
        finished = kind == "end" and not depth
        sparql = declares and kind == "iri" and not at
        if finished or sparql:
            statements.append(Statement(text[start:end], line + 1, declares))
            if declares:
                bound.update(_DECLARATION.findall(text[start:end]))
            start, declares, depth, blank = end, False, 0, True
    if not blank:
        statements.append(Statement(text[start:], line + 1, declares))
    return Outline(tuple(statements), frozenset(used - bound), deepest)


def _tokens(text: str) -> Iterator[tuple[str, str, int, int]]:
    for found in _TOKEN.finditer(text):
        yield found.lastgroup or "", found.group(), found.start(), found.end()


def declared(prefixes: Mapping[str, str]) -> str:
    """The declarations of prefixes, on one line so that the lines of the document stay."""
    return "".join(f"@prefix {name}: <{address}> . " for name, address in prefixes.items())
