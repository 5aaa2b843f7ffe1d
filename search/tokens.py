"""Tokens: what is indexed of a text. Chinese is indexed as overlapping pairs of characters, so that
every part of a title can be found however a dictionary would cut it; the rest as words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from operator import add

from search.folding import fold

HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff々〇"
RUNS = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
LONGEST = 64
BREAK = "¦"
"""Stands between two values of a field: no phrase reaches across it."""
SINGLE = "·"
"""Before a character that is indexed on its own: no phrase can mistake it for running text."""
_SINGLES = f" {SINGLE}"
_RUNS_AND_BREAKS = re.compile(rf"{RUNS.pattern}|{BREAK}")


def is_han(text: str) -> bool:
    return bool(text) and (
        "\u3400" <= text[0] <= "\u9fff" or text[0] >= "\U00020000" or text[0] in "々〇"
    )


def pairs(run: str) -> list[str]:
    """``教育局`` becomes ``教育``, ``育局``; a lone character stays as it is."""
    if len(run) == 1:
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]


def stream(folded: str) -> list[str]:
    """The tokens of a folded text in their order."""
    tokens: list[str] = []
    for run in RUNS.findall(folded):
        if is_han(run):
            tokens += pairs(run)
        else:
            tokens.append(run[:LONGEST])
    return tokens


def squeezed(folded: str) -> str:
    """Letters, digits and characters only: what is left when spaces and punctuation are."""
    return "".join(RUNS.findall(folded)) or folded.strip()


def line(values: Iterable[str]) -> str:
    """A field's values as one line of tokens, parted by spaces, with a space at both ends."""
    tokens: list[str] = []
    characters = ""
    for run in _RUNS_AND_BREAKS.findall(fold(BREAK.join(filter(None, values)))):
        if not is_han(run):
            tokens.append(run[:LONGEST])
        elif len(run) == 1:
            tokens.append(run)
            characters += run
        else:
            tokens += map(add, run, run[1:])
            characters += run
    if characters:
        tokens.append(SINGLE + _SINGLES.join(dict.fromkeys(characters)))
    return f" {' '.join(tokens)} " if tokens else ""


def joined(lines: Iterable[str]) -> str:
    """Several lines as one, that no phrase reaches across."""
    return BREAK.join(filter(None, lines))


def title_key(title: str) -> str:
    """The same for every way to write one title; short whatever its length."""
    return hashlib.blake2b(squeezed(fold(title)).encode(), digest_size=12).hexdigest()
