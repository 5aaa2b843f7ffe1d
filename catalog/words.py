"""Text as both databases can keep it."""

from __future__ import annotations

LONGEST = 4000


def storable(text: str) -> str:
    """The text without what cannot be stored: NUL and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def plain(text: str) -> str:
    """A person's words: storable, trimmed and bounded."""
    return storable(text).strip()[:LONGEST]
