"""Unified social credit codes (GB 32100-2015): 18 characters, the last a check character."""

from __future__ import annotations

import re

from standards.identifiers.characters import folded
from standards.problems import Text

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_FORM = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}\Z")


def normalise(text: str) -> str:
    """The code in half-width capitals without spaces or hyphens."""
    return folded(text).replace("-", "")


def check_character(body: str) -> str:
    """The eighteenth character that belongs to the seventeen before it."""
    total = sum(_VALUES[c] * w for c, w in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def problem(text: str) -> Text | None:
    """What is wrong with the code, if anything."""
    code = normalise(text)
    if len(code) != 18:
        return Text(
            f"统一社会信用代码应为18位，实为{len(code)}位",
            f"A unified social credit code has 18 characters; {len(code)} are given",
        )
    if not _FORM.match(code):
        return Text(
            "只能用数字和大写字母（不用 I、O、S、V、Z），第3至8位为行政区划数字",
            "Digits and capitals but I, O, S, V, Z; the 3rd to 8th are the digits of a division",
        )
    expected = check_character(code[:17])
    if code[17] != expected:
        return Text(
            f"校验码不符：按前17位应为“{expected}”，实为“{code[17]}”",
            f"The check character does not fit: {expected} is expected, {code[17]} is given",
        )
    return None


def generate(head: str, organisation: str) -> str:
    """The code of an organisation: authority, category and division, e.g. ``11310000``, first."""
    return head + organisation + check_character(head + organisation)
