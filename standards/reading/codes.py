"""Coded values: the code that a code, label, alias or path means, and the nearest one if none."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from standards.codelists import Code, codelist
from standards.problems import Text
from standards.profile import Element
from standards.reading.findings import Findings, Interpret


def code(element: Element) -> Interpret:
    """A code of the element's list; an open list keeps other words, with a warning."""
    if element.codelist is None:
        return lambda text, _path, _findings: text
    return in_list(element, element.codelist)


def in_list(element: Element, name: str) -> Interpret:
    """A code of the list with that name."""
    is_open = codelist(name).open

    def interpret(text: str, path: str, findings: Findings) -> Any:
        found = match(name, text)
        if found is not None:
            return found.code
        if is_open:
            findings.say("kept-as-text", element, path, text, nearest=nearest((name,), text))
            return text
        return findings.say("unknown-code", element, path, text, choices=choices(name))

    return interpret


@lru_cache(maxsize=8192)
def match(name: str, text: str) -> Code | None:
    """The code that a text means in a list; remembered, for sources repeat themselves."""
    return codelist(name).match(text)


def choices(name: str) -> Text:
    """Every label of a list; the lists that are not open are short."""
    labels = [each.label for each in codelist(name).codes]
    return Text("、".join(each.zh for each in labels), ", ".join(each.en for each in labels))


@lru_cache(maxsize=1024)
def nearest(names: tuple[str, ...], text: str) -> Text | None:
    """The label that looks most like a text, in the first of the lists that has one."""
    for name in names:
        labels = {label: each for each in codelist(name).codes for label in each.label}
        close = get_close_matches(text[:60], labels, n=1)
        if close:
            return labels[close[0]].label
    return None


def own_name(name: str, found: Code) -> str:
    """A name by which the list finds this very code: its label, or the path if that is shared."""
    if match(name, found.label.zh) == found:
        return found.label.zh
    path = codelist(name).path(found.code)
    return path.zh if path else found.label.zh
