"""Resource identifiers (信息资源标识符): a prefix that an agency holds, slash, its own suffix."""

from __future__ import annotations

import re

from standards.identifiers.characters import folded
from standards.problems import Text

_PREFIX = re.compile(r"[0-9A-Z]{5,6}\Z")  # six in Tianjin's variant
_SUFFIX = re.compile(r"[0-9A-Z][0-9A-Z._-]{0,62}\Z")
_LOCAL = re.compile(r"[0-9A-Z]{9,10}-\d{4}-\d{3,}\Z")  # a district's node, year and counter


def normalise(text: str) -> str:
    """Half-width capitals, one kind of slash, no spaces."""
    return folded(text)


def problem(text: str) -> Text | None:
    """What is wrong with the identifier; the scheme has no check character."""
    identifier = normalise(text)
    prefix, _, suffix = identifier.partition("/")
    if (_PREFIX.match(prefix) and _SUFFIX.match(suffix)) or _LOCAL.match(identifier):
        return None
    return Text(
        "标识符应为“5位前段码/后段码”，只用数字和大写字母",
        "An identifier is a prefix of 5 characters, slash and suffix, in digits and capitals",
    )


def generate(prefix: str, serial: int) -> str:
    """The identifier of a serial number under an agency's prefix."""
    return f"{prefix}/{serial:06d}"
