"""Templates that nobody filled in: `{{title}}`, `-- please insert --`, 待补充."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import yaml

from standards.profile import Element

_LONGEST = 120
_AROUND = " \t-–—=*#<>《》()（）[]【】〔〕「」.。…!！\"'“”"
_FREE = frozenset({"text", "paragraph", "identifier", "date", "uri", "number", "integer"})
_PLAIN = re.compile(r"[㐀-鿿，、。；：]+\Z")  # what most texts here are made of alone
_CHINESE_FIRST = frozenset("请待此本未")


def unfilled(element: Element, text: str) -> bool:
    """Whether a text is a template's own instead of a value of the element."""
    return is_template(text, free=element.type in _FREE)


def is_template(text: str, *, free: bool = True) -> bool:
    """Whether a text is a template's own; ``free`` where any words may stand."""
    text = text.strip()
    if not text or len(text) > _LONGEST or (text[0] not in _CHINESE_FIRST and _PLAIN.match(text)):
        return False
    anywhere, in_texts = _patterns()
    if anywhere.fullmatch(text):
        return True
    return free and in_texts.fullmatch(text.strip(_AROUND) or text) is not None


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = yaml.safe_load((resources.files("standards") / "unfilled.yaml").read_bytes())
    anywhere, in_texts = (
        re.compile("|".join(f"(?:{each})" for each in data[name]), re.IGNORECASE | re.DOTALL)
        for name in ("anywhere", "in_texts")
    )
    return anywhere, in_texts
