"""The parser of what people type: words, “phrases”, -exclusions, numbers. It never fails."""

from __future__ import annotations

import re

from search.folding import fold
from search.numbers import typed_keys
from search.query import Words
from search.tokens import SINGLE, is_han, stream
from search.vocabulary import Vocabulary, standard

LONGEST = 2000
"""Characters that are looked at; an exact title is compared up to here."""
LONGEST_CUT = 400
"""Characters that are cut into words."""
MOST_TERMS = 40

_QUOTED = re.compile(r"""([-−]?)(?:"([^"]*)"|“([^”]*)”|「([^」]*)」|『([^』]*)』)""")
_EXCLUDED = re.compile(r"(?<!\S)[-−](\S+)")


def parse(text: str, *, only_items: bool = False, vocabulary: Vocabulary | None = None) -> Words:
    """Take apart and analyse what was typed."""
    folded = fold("".join(c if c.isprintable() else " " for c in text[:LONGEST])).strip()
    phrases: list[tuple[str, ...]] = []
    excluded: list[tuple[str, ...]] = []

    def quoted(match: re.Match[str]) -> str:
        inside = next((group for group in match.groups()[1:] if group), "")
        found = phrase(inside)
        if found:
            (excluded if match.group(1) else phrases).append(found)
        return " "

    def unwanted(match: re.Match[str]) -> str:
        found = phrase(match.group(1))
        if found:
            excluded.append(found)
        return " "

    rest = _QUOTED.sub(quoted, folded[:LONGEST_CUT])
    rest = _EXCLUDED.sub(unwanted, rest)
    return Words(
        text=folded,
        wanted=(vocabulary or standard()).wanted(rest)[:MOST_TERMS],
        phrases=tuple(dict.fromkeys(phrases))[:MOST_TERMS],
        excluded=tuple(dict.fromkeys(excluded))[:MOST_TERMS],
        numbers=typed_keys(folded),
        only_items=only_items,
    )


def phrase(folded: str) -> tuple[str, ...]:
    """The tokens of a phrase, without the lone characters at its ends: in the index those may be
    the beginning or the end of a longer run."""
    tokens = stream(folded)
    if len(tokens) == 1 and is_han(tokens[0]) and len(tokens[0]) == 1:
        return (SINGLE + tokens[0],)
    while tokens and is_han(tokens[0]) and len(tokens[0]) == 1:
        tokens = tokens[1:]
    while tokens and is_han(tokens[-1]) and len(tokens[-1]) == 1:
        tokens = tokens[:-1]
    return tuple(tokens)
