"""Metadata identifiers (元数据标识符): what the directory calls a record, in a small alphabet."""

from __future__ import annotations

import re
import unicodedata

from standards.problems import Text

_FORM = re.compile(r"[0-9A-Za-z_.,/ -]{1,200}\Z")


def normalise(text: str) -> str:
    """Half width and single spaces; capitals count, since others assign these too."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def problem(text: str) -> Text | None:
    """What is wrong with the identifier, if anything."""
    if _FORM.match(normalise(text)):
        return None
    return Text(
        "元数据标识符只能用字母、数字、空格和 _ - . / ,",
        "A metadata identifier has letters, digits, spaces and _ - . / , only",
    )


def generate(agency: str, serial: int) -> str:
    """The identifier of the entry with this serial number in an agency's catalogue."""
    return f"{agency}-{serial:06d}"
