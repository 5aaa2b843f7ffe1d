"""Organisation codes (GB 11714): eight characters and a check character."""

from __future__ import annotations

import re

from standards.identifiers.characters import folded
from standards.problems import Text

_FORM = re.compile(r"[0-9A-Z]{8}[0-9X]\Z")
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def normalise(text: str) -> str:
    """The nine characters without the hyphen before the last: ``00001434-9`` -> ``000014349``."""
    return folded(text).replace("-", "")


def check_character(body: str) -> str:
    """The ninth character that belongs to the eight before it; 10 is written X."""
    remainder = sum(int(c, 36) * w for c, w in zip(body, _WEIGHTS, strict=True)) % 11
    return "0X987654321"[remainder]


def problem(text: str) -> Text | None:
    """What is wrong with the code, if anything."""
    code = normalise(text)
    if not _FORM.match(code):
        return Text(
            "组织机构代码应为9位：8位数字或大写字母加1位校验码",
            "An organisation code has 9 characters: eight digits or capitals and a check character",
        )
    expected = check_character(code[:8])
    if code[8] != expected:
        return Text(
            f"校验码不符：按前8位应为“{expected}”，实为“{code[8]}”",
            f"The check character does not fit: {expected} is expected, {code[8]} is given",
        )
    return None


def generate(body: str) -> str:
    """The code of an eight-character body."""
    return body + check_character(body)
