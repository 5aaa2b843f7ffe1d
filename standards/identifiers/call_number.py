"""Call numbers (索取号) of Shanghai's disclosure catalogue: ``AA4203000-2009-012``."""

from __future__ import annotations

import re

from standards.identifiers.characters import folded
from standards.problems import Text

_FORM = re.compile(r"([0-9A-Z]{1,16})-((?:19|20)\d{2})-(\d{3,7})\Z")


def normalise(text: str) -> str:
    """Half-width capitals, one kind of hyphen, no spaces."""
    return folded(text)


def problem(text: str) -> Text | None:
    """What is wrong with the number, if anything."""
    if _FORM.match(normalise(text)):
        return None
    return Text(
        "索取号应为“类目代码-4位年份-3位顺序号”",
        "A call number is category code, year and a serial of three digits, joined by hyphens",
    )


def generate(category: str, year: int, serial: int) -> str:
    """The call number of a serial within a category and a year."""
    return f"{category}-{year}-{serial:03d}"


def keys(text: str) -> frozenset[str]:
    """Match keys that do not count zeros before the serial."""
    match = _FORM.match(normalise(text))
    return frozenset({f"{match[1]}-{match[2]}-{int(match[3])}"} if match else ())
