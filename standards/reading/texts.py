"""Text as people type it: control characters out, one normal form, lists taken apart."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls; tab and line ends stay
    "\u200b\ufeff\u202a-\u202e\u2066-\u2069"  # invisible, or turning the reading direction
    "\ud800-\udfff\ufffe\uffff]"  # no characters at all: neither UTF-8 nor XML can hold them
)
_LINE_ENDS = re.compile(r"\r\n?")
_LINE_BREAK = re.compile(r"[^\S\n]*\n\s*")
_SEPARATORS = ("；;\n", "、，,|\t")
_OPENING = "（(《〈“「『【〔["
_CLOSING = "）)》〉”」』】〕]"
_WORDS_APART = re.compile(r"[\u3400-\u9fff]+(?:[ \u3000]+[\u3400-\u9fff]+)+\Z")


def clean(text: str) -> str:
    """The text without characters nobody typed, in NFC, trimmed; otherwise as it is."""
    if not text.isprintable():
        text = _LINE_ENDS.sub("\n", _UNWANTED.sub("", text))
    return unicodedata.normalize("NFC", text).strip()


def one_line(text: str) -> str:
    """The clean text with its line breaks (a spreadsheet cell has them) as single spaces."""
    cleaned = clean(text)
    return _LINE_BREAK.sub(" ", cleaned) if "\n" in cleaned else cleaned


def written(value: object) -> str | None:
    """A single value as text (2018.0 of a spreadsheet is 2018); None for lists and mappings."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() < 256 else None
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, (Decimal, date)):
        return str(value)
    return None


def split(text: str) -> list[str]:
    """The members of a list written in one cell: ``a；b；c``, ``a、b``, or words set apart.

    The strongest separator that occurs outside brackets and quotes is the one meant.
    """
    for separators in _SEPARATORS:
        if any(separator in text for separator in separators):
            parts = _outside_brackets(text, separators)
            if parts != [text]:
                return parts
    return text.split() if _WORDS_APART.match(text) else [text]


def _outside_brackets(text: str, separators: str) -> list[str]:
    parts, start, depth = [], 0, 0
    for position, character in enumerate(text):
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth = max(0, depth - 1)
        elif not depth and character in separators:
            parts.append(text[start:position])
            start = position + 1
    parts.append(text[start:])
    if depth:  # a bracket was never closed: it encloses nothing
        parts = re.split(f"[{re.escape(separators)}]", text)
    return [part for part in (part.strip() for part in parts) if part]


def fold(text: str) -> str:
    """The text for comparing: width and case do not count, nor do spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
