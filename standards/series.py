"""The matter of a title: what is left of it once years, dates, numbers, ordinals and the names of
places are taken out, so that 2008年度静安区名单（第2批） and 2009年度徐汇区名单 are of one series.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from standards.codelists import codelist
from standards.consistency import data

_SIGNS = re.compile(r"[\W_]+")
_SHORTEST = 3
"""Characters of a place's name; 静安 and 宝山 are parts of other words too, 静安区 is not."""


def matter(folded: str) -> str:
    """The matter of a title that is folded (width, case, script) already; empty if too little of it
    is left to tell. Places of one level count as the same, of two levels as different.
    """
    text = _places().sub(lambda found: _levels()[found[0]], folded)
    for pattern in _patterns():
        text = pattern.sub("", text)
    text = _SIGNS.sub("", text)
    return text if len(text) >= data().least else ""


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(each) for each in data().series)


@cache
def _levels() -> Mapping[str, str]:
    """A word for each level, by the names of the divisions on it."""
    return {
        name: f"某{code.extra.get('kind', 'division')}"
        for code in codelist("divisions").codes
        for name in (code.label.zh, *code.aliases)
        if len(name) >= _SHORTEST and not name.isascii()
    }


@cache
def _places() -> re.Pattern[str]:
    longest_first = sorted(_levels(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))
