"""By what an entry is meant when another refers to it: its identifier and its numbers, hashed."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.identity.facts import NUMBER, hashed, key_of_number
from search.folding import fold
from search.numbers import number_key
from standards.consistency import data
from standards.descriptor import Descriptor
from standards.identifiers import document_number
from standards.summary import summarize

DOCUMENT = "document-number"
IDENTIFIER = "entry"
LONGEST = 500


def hashes_of(entry: str, descriptor: Descriptor) -> set[int]:
    """By what the entry is meant, as far as its descriptor tells."""
    told = summarize(descriptor).numbers
    keys = ((each.scheme, key_of_number(each.scheme, each.text)) for each in told)
    known = data().same_numbers
    found = {hashed(NUMBER, scheme, key) for scheme, key in keys if scheme in known and key}
    return {hashed(IDENTIFIER, number_key(entry)), *found}


def hashes_said(text: str) -> set[int]:
    """What a text may mean: a number under any scheme, an identifier, or a document number that
    stands within it.
    """
    return set(_meant(text[:LONGEST])) if text.strip() else set()


def _meant(text: str) -> Iterator[int]:
    whole = number_key(text)
    if whole:
        yield hashed(IDENTIFIER, whole)
        yield from (
            hashed(NUMBER, scheme, whole) for scheme in data().same_numbers if scheme != DOCUMENT
        )
    folded = fold(text)
    keys = document_number.keys(folded)
    for key in keys or {key for each in document_number.find(folded)[:3] for key in each.keys}:
        yield hashed(NUMBER, DOCUMENT, key)
