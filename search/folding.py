"""Folding: one form for the many ways to write the same text. Character by character, so that any
part of a text folds to the same part of its folded form, and positions can be traced back."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

import opencc


class _Table(dict[int, str]):
    """Fills itself: each character is folded once, then read from the table."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character).lower()
    return "".join(map(_simplified, plain))


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _simplified(character: str) -> str:
    if character < "\u3400":
        return character
    simple = str(_converter().convert(character))
    return simple if len(simple) == 1 else character


_TABLE = _Table()


def fold(text: str) -> str:
    """Half width, lower case and simplified characters: ``臺灣ＡＢＣ`` becomes ``台湾abc``."""
    return unicodedata.normalize("NFC", text).translate(_TABLE)


def fold_with_places(text: str) -> tuple[str, Sequence[int]]:
    """The folded text and, for each of its characters, the place of its origin in ``text``."""
    whole = text.translate(_TABLE)
    if len(whole) == len(text):  # no character folds to nothing, so each has become one
        return whole, range(len(text))
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        piece = _TABLE[ord(character)]
        folded.append(piece)
        places.extend([place] * len(piece))
    return "".join(folded), places
