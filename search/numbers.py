"""Match keys of numbers: document, index, call and resource numbers however they are punctuated."""

from __future__ import annotations

import re

from search.folding import fold
from search.tokens import squeezed
from standards.identifiers import document_number
from standards.numerals import CHARACTERS

MOST = 40
"""Keys of one typed text that are looked for."""
_LONGEST = 80
_CHUNK = re.compile(r"\S{5,60}")


def number_key(text: str) -> str:
    """``AB-2008/012`` and ``ａｂ 2008 012`` share one key."""
    return squeezed(fold(text))


def card_keys(text: str) -> tuple[str, ...]:
    """Every key that finds a number: its own, and that of a document number without brackets."""
    key = number_key(text)
    return (key, *document_number.keys(text)) if key else ()


def typed_keys(folded: str) -> tuple[str, ...]:
    """Keys of every number that a folded text may be, or hold.

    A text that is one document number has one key; within a sentence the words before a number
    may be part of its mark, so that each possible mark is looked for.
    """
    keys: dict[str, None] = {}
    if len(folded) <= _LONGEST:
        keys[squeezed(folded)] = None
    for chunk in (folded, *_CHUNK.findall(folded)):
        if any(character.isdigit() or character in CHARACTERS for character in chunk):
            keys |= dict.fromkeys(sorted(document_number.keys(chunk)))
            keys[squeezed(chunk[:_LONGEST])] = None
    if not document_number.keys(folded):
        for found in document_number.find(folded):
            keys |= dict.fromkeys(sorted(found.keys))
    return tuple(key for key in keys if any(map(str.isalnum, key)))[:MOST]
