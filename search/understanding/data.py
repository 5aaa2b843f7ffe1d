"""The words of ``words.yaml``, and the names of the code lists that it says to recognise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from search.understanding.parts import Kind, Meaning
from search.understanding.vocabulary import key
from standards.codelists import Code, CodeList, codelist
from standards.problems import Text
from standards.summary import Box


@dataclass(frozen=True, slots=True)
class Words:
    """The data, read."""

    told: dict[Kind, Text]
    sentences: dict[str, Text]
    suggested: dict[Kind, Text]
    never: frozenset[str]
    relative: dict[str, int]
    joints: tuple[str, ...]
    openings: tuple[str, ...]
    closings: tuple[str, ...]


@cache
def words() -> Words:
    data = _data()
    return Words(
        told={Kind(kind): Text(**told) for kind, told in data["kinds"].items()},
        sentences={name: Text(**told) for name, told in data["sentences"].items()},
        suggested={Kind(kind): Text(**name) for kind, name in data["suggested"].items()},
        never=frozenset(map(key, data["never"])),
        relative=data["relative"],
        joints=_longest_first(data["joints"]),
        openings=_longest_first(data["openings"]),
        closings=_longest_first(data["closings"]),
    )


@cache
def named() -> tuple[tuple[str, Meaning], ...]:
    """The names that are the same in every directory, with their meanings."""
    return (*_listed(), *_own())


def _listed() -> Iterator[tuple[str, Meaning]]:
    for each in _data()["lists"]:
        listed = codelist(each["list"])
        for code in listed.codes:
            kind = Kind(each["kind"])
            if kind is Kind.PLACE and code.parent is None:
                continue  # the whole that the directory is about narrows nothing
            meaning = _meaning(kind, each["filter"], listed, code)
            names = (code.label.zh, code.label.en, *(code.aliases if each.get("aliases") else ()))
            yield from ((name, meaning) for name in names if key(name) not in words().never)


def _meaning(kind: Kind, parameter: str, listed: CodeList, code: Code) -> Meaning:
    taken_over = _taken_over(listed, code)
    codes = tuple(each.code for each in taken_over)
    return Meaning(kind, code.code, code.label, ((parameter, codes),), _extent(taken_over))


def _taken_over(listed: CodeList, code: Code) -> tuple[Code, ...]:
    """The code and those that were merged into it: what was registered under them lies in it."""
    merged = (each for each in listed.codes if each.extra.get("merged_into") == code.code)
    return (code, *merged)


def _extent(codes: tuple[Code, ...]) -> Box | None:
    """The box around all of them."""
    boxes = [each.extra["box"] for each in codes if "box" in each.extra]
    if not boxes:
        return None
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return Box(min(wests), min(souths), max(easts), max(norths))


def _own() -> Iterator[tuple[str, Meaning]]:
    for each in _data()["words"]:
        given = ((each["filter"], (each["value"],)),)
        meaning = Meaning(Kind(each["kind"]), each["value"], Text(**each["label"]), given)
        yield from ((word, meaning) for word in each["words"])


@cache
def _data() -> dict[str, Any]:
    text = (files("search.understanding") / "words.yaml").read_text("utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def _longest_first(listed: list[str]) -> tuple[str, ...]:
    return tuple(sorted(listed, key=len, reverse=True))
