"""Marking what was found in the original text, traditional characters and full width kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape

from search.folding import fold_with_places
from search.query import Words
from search.tokens import SINGLE, is_han

SNIPPET = 160
_LEAD = 30
_LONGEST = 20_000
Span = tuple[int, int]


def needles(words: Words) -> tuple[str, ...]:
    """The folded pieces of text to mark, the longest first."""
    forms = (form for wanted in words.wanted for form in wanted.forms)
    found = dict.fromkeys(word for form in forms for word in form.words)
    found |= dict.fromkeys(_spelled(phrase) for phrase in words.phrases)
    return tuple(sorted((each for each in found if each), key=lambda each: (-len(each), each)))


def mark(text: str, wanted: Sequence[str]) -> str:
    """The text as safe HTML with every needle in ``<mark>``."""
    return _marked(text, spans(text[:_LONGEST], wanted), 0, len(text))


def snippet(text: str, wanted: Sequence[str], length: int = SNIPPET) -> str:
    """The part of the text that holds most of the needles, as safe HTML with marks."""
    found = spans(text[:_LONGEST], wanted)
    if len(text) <= length:
        return _marked(text, found, 0, len(text))
    start = max(0, _best(found, length) - _LEAD)
    start = min(start, len(text) - length)
    end = start + length
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return f"{before}{_marked(text, found, start, end)}{after}"


def spans(text: str, wanted: Sequence[str]) -> list[Span]:
    """Where the needles stand in the original text, overlapping ones joined."""
    if not wanted:
        return []
    folded, places = fold_with_places(text)
    found = [
        (places[match.start()], places[match.end() - 1] + 1)
        for needle in wanted
        if needle.partition(" ")[0] in folded  # mostly not, which is told without a pattern
        for match in _pattern(needle).finditer(folded)
    ]
    return _joined(sorted(found))


@lru_cache(maxsize=4096)
def _pattern(needle: str) -> re.Pattern[str]:
    """Words of letters and digits stand alone; Chinese may stand anywhere; what parts the words
    of a phrase may be any punctuation."""
    pattern = r"[\W_]*".join(re.escape(part) for part in needle.split(" "))
    if not is_han(needle):
        pattern = rf"(?<![a-z0-9]){pattern}"
    if not is_han(needle[-1]):
        pattern = rf"{pattern}(?![a-z0-9])"
    return re.compile(pattern)


def _spelled(phrase: Sequence[str]) -> str:
    """The text that a phrase's tokens were made of; pairs overlap by one character."""
    spelled = ""
    previous = ""
    for token in (each.removeprefix(SINGLE) for each in phrase):
        if is_han(token) and len(previous) == 2 and is_han(previous) and previous[1] == token[0]:
            spelled += token[1:]
        else:
            spelled += f" {token}" if spelled else token
        previous = token
    return spelled


def _joined(found: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _best(found: list[Span], length: int) -> int:
    """The start of the window that has the most marked characters."""
    best, most = 0, -1
    for start, _ in found[:50]:
        held = sum(e - s for s, e in found if s >= start and e <= start + length - _LEAD)
        if held > most:
            best, most = start, held
    return best


def _marked(text: str, found: list[Span], start: int, end: int) -> str:
    pieces: list[str] = []
    at = start
    for s, e in ((max(first, start), min(last, end)) for first, last in found):
        if s >= e:
            continue
        pieces += [escape(text[at:s]), "<mark>", escape(text[s:e]), "</mark>"]
        at = e
    pieces.append(escape(text[at:end]))
    return "".join(pieces)
