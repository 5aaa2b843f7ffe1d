"""Text as XML holds it, for formats that are written in great numbers: as strings, not as trees."""

from __future__ import annotations

import re

_SPECIAL = re.compile('[&<>"\r\n\t\x00-\x1f\ufffe\uffff\ud800-\udfff]')
_WRITTEN = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;", "\n": "\n", "\t": "\t"}
_IN_ATTRIBUTES = {**_WRITTEN, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
UNKNOWN = "\ufffd"
"""What stands for a character that XML has no place for."""


def escaped(text: str) -> str:
    """The text between two tags."""
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda found: _of(_TEXT, found.group()), text)


def attribute(text: str) -> str:
    """The text between quotation marks."""
    return _SPECIAL.sub(lambda found: _of(_IN_ATTRIBUTES, found.group()), text)


_TEXT = {**_WRITTEN, '"': '"'}


def _of(table: dict[str, str], character: str) -> str:
    return table.get(character, UNKNOWN)
