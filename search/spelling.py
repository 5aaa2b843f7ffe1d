"""One character wrong, missing, doubled or swapped, told by comparing texts."""

from __future__ import annotations

from collections.abc import Iterator

_SPOILT = 3
"""Pairs that one error spoils at most: two characters swapped."""


def right(count: int) -> int:
    """How many of so many pairs are right whatever the one error is; at least one."""
    return max(1, count - _SPOILT)


def pieces(typed: str, text: str) -> Iterator[str]:
    """The parts of a text that one edit makes of what was typed."""
    size = len(typed)
    for start in range(max(0, len(text) - size + 2)):
        same = _same(text, typed, start)
        if same < size:
            yield from _edited(text, typed, start, same)


def _same(text: str, typed: str, start: int) -> int:
    """How many characters from the start on are as typed."""
    most = min(len(typed), len(text) - start)
    return next((at for at in range(most) if text[start + at] != typed[at]), most)


def _edited(text: str, typed: str, start: int, same: int) -> Iterator[str]:
    """The piece from the start on, were the first character that differs wrong, swapped with the
    next, one too many, or were one missing before it."""
    size, at = len(typed), start + same
    rest = typed[same + 1 :]
    ways = (
        (rest, at + 1, start + size),
        (typed[same + 1 : same + 2] + typed[same : same + 1] + typed[same + 2 :], at, start + size),
        (rest, at, start + size - 1),
        (typed[same:], at + 1, start + size + 1),
    )
    for expected, begin, end in ways:
        if start < end <= len(text) and text[begin:end] == expected:
            yield text[start:end]
            return
