"""Document numbers, index numbers and identifiers that stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search.understanding.parts import Kind, Meaning
from standards.identifiers import document_number, index_number
from standards.problems import Text

_IDENTIFIER = re.compile(r"(?<![0-9a-z])[0-9a-z]{5}[-/][0-9]{6}(?![0-9a-z])")
_CERTAIN = re.compile(r"[〔\[({【〖<《「号]")
"""What a document number has that a word with a year behind it has not."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number from ``start`` to before ``end``; one that is not ``certain`` may as well be a word
    with a year behind it."""

    start: int
    end: int
    meaning: Meaning
    certain: bool = True


def numbers(folded: str) -> Iterator[Numbered]:
    """The numbers in a folded text. One without brackets or 号 is one only when nothing else was
    typed."""
    written = [
        found
        for found in document_number.find(folded)
        if _CERTAIN.search(folded, found.start, found.end)
    ]
    for found in written:
        yield Numbered(found.start, found.end, _meaning(found.number))
    if not written and document_number.keys(folded):
        whole = _meaning(document_number.normalise(folded))
        yield Numbered(0, len(folded), whole, certain=False)
    for number in index_number.find(folded):
        start = folded.find(number.lower())
        if start >= 0:
            yield Numbered(start, start + len(number), _meaning(number))
    for match in _IDENTIFIER.finditer(folded):
        yield Numbered(match.start(), match.end(), _meaning(match[0].upper()))


def _meaning(number: str) -> Meaning:
    return Meaning(Kind.NUMBER, number, Text(number, number))
