"""Pinyin of names and titles, for suggestions and for the order by title."""

from __future__ import annotations

from functools import lru_cache

import pypinyin

from search.tokens import RUNS, is_han
from search.words import cutter


@lru_cache(maxsize=65_536)
def _syllables(word: str) -> tuple[str, ...]:
    return tuple(pypinyin.lazy_pinyin(word))


def syllables(folded: str) -> list[str]:
    """``重庆路2号`` becomes ``chong``, ``qing``, ``lu``, ``2``, ``hao``; words decide readings."""
    found: list[str] = []
    for run in RUNS.findall(folded):
        if is_han(run):
            for word in cutter().cut(run):
                found += _syllables(word)
        else:
            found.append(run)
    return found
