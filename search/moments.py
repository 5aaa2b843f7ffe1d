"""Dates and moments as numbers that compare as their ISO 8601 texts do."""

from __future__ import annotations

_DIGITS = 18
_PLACES = tuple(11 ** (_DIGITS - 1 - place) for place in range(_DIGITS))
LAST = 11**_DIGITS
"""Greater than the number of any text; fits a signed 64-bit integer."""


def number(text: str) -> int:
    """``2008``, ``2008-12-31`` and ``2008-12-31T09:00:00.123Z`` in their order; empty is 0.

    A shorter text comes before a longer one that begins with it; parts below 0.1 ms do not count.
    """
    total = 0
    place = 0
    for character in text:
        if "0" <= character <= "9":
            total += (ord(character) - 47) * _PLACES[place]
            place += 1
            if place == _DIGITS:
                break
    return total


def newest_first(moment: int, key: str) -> str:
    """Sorts ascending from the newest moment to the oldest, then to none, then by key."""
    return f"{LAST - moment:016x}{key}"


def oldest_first(moment: int, key: str) -> str:
    """Sorts ascending from the oldest moment to the newest, then to none, then by key."""
    return f"{moment or LAST:016x}{key}"
