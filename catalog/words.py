"""Text as both databases can keep it, and as people are shown it."""

from __future__ import annotations

import re

LONGEST = 4000
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""Controls other than those that part lines and words, and whatever turns the direction of what
stands beside it."""


def storable(text: str) -> str:
    """The text without what cannot be stored: NUL and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def legible(text: str) -> str:
    """A person's words without what nobody sees but what makes others see something else."""
    return _UNSEEN.sub("", storable(text)).strip()


def plain(text: str) -> str:
    """A person's words: legible and bounded."""
    return legible(text)[:LONGEST].strip()
