"""What the rules of the consistency audit are called and go by: consistency.yaml, read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from urllib.parse import urlsplit

import yaml

from standards.codelists import fold
from standards.problems import Text

_CLAUSE = re.compile(r"[,;，；。.!！?？\n]")


@dataclass(frozen=True, slots=True)
class Wording:
    """A rule's name, why it is one, and its clause."""

    name: str
    label: Text
    explanation: Text
    clause: str
    found: Text
    """What a finding says, with {words} to fill in."""


@dataclass(frozen=True, slots=True)
class Data:
    """The words and limits of the rules."""

    wordings: Mapping[str, Wording]
    elsewhere: Mapping[str, Text]
    undetermined_days: int
    empty_conditions: frozenset[str]
    broken: Mapping[str, frozenset[str]]
    same_numbers: frozenset[str]
    series: tuple[str, ...]
    least: int
    login_words: tuple[str, ...]
    login_addresses: frozenset[str]
    negations: tuple[str, ...]
    within: int


@cache
def data() -> Data:
    """What the file says."""
    read = yaml.safe_load((resources.files("standards") / "consistency.yaml").read_bytes())
    login = read["login"]
    return Data(
        wordings={name: _wording(name, each) for name, each in read["rules"].items()},
        elsewhere={name: Text(**each) for name, each in read["elsewhere"].items()},
        undetermined_days=read["undetermined_days"],
        empty_conditions=frozenset(map(fold, read["empty_conditions"])),
        broken={name: frozenset(each) for name, each in read["broken"].items()},
        same_numbers=frozenset(read["same_numbers"]),
        series=tuple(read["series"]),
        least=read["least"],
        login_words=tuple(map(str.casefold, login["words"])),
        login_addresses=frozenset(login["addresses"]),
        negations=tuple(map(str.casefold, login["negations"])),
        within=login["within"],
    )


def wording(name: str) -> Wording:
    """The words of a rule."""
    return data().wordings[name]


def says_nothing(condition: str) -> bool:
    """Whether a condition is none: empty, signs only, or a word such as 暂无."""
    folded = "".join(filter(str.isalnum, fold(condition)))
    return not folded or fold(condition).strip("。.") in data().empty_conditions


def login_in(condition: str) -> str:
    """The word of a (folded) condition that demands a login; empty if none does."""
    for clause in _CLAUSE.split(condition):
        for word, place in _words_in(clause):
            before = clause[:place] if word.isascii() else clause[:place][-data().within :]
            if len(_negations().findall(before)) % 2 == 0:
                return word
    return ""


def login_address(url: str) -> str:
    """The segment of an address that is one of a login page; empty if there is none."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    segments = (each.partition(".")[0].casefold() for each in path.split("/"))
    return next((each for each in segments if each in data().login_addresses), "")


def _words_in(clause: str) -> list[tuple[str, int]]:
    return [(found[0], found.start()) for found in _login_words().finditer(clause)]


@cache
def _login_words() -> re.Pattern[str]:
    return _any_of(data().login_words)


@cache
def _negations() -> re.Pattern[str]:
    return _any_of(data().negations)


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Chinese words anywhere, others as whole words."""
    longest_first = sorted(words, key=len, reverse=True)
    written = (
        rf"(?<![a-z]){re.escape(each)}(?![a-z])" if each.isascii() else re.escape(each)
        for each in longest_first
    )
    return re.compile("|".join(written))


def _wording(name: str, entry: Mapping[str, Mapping[str, str]]) -> Wording:
    return Wording(
        name=name,
        label=Text(**entry["label"]),
        explanation=Text(**entry["explanation"]),
        clause=str(entry["clause"]),
        found=Text(**entry["found"]),
    )
