"""Cutting typed text into words. The dictionary only chooses which pairs of characters are asked
for: what it cuts wrongly is still found, since every pair is indexed."""

from __future__ import annotations

from functools import cache

import rjieba

from search.tokens import LONGEST, RUNS, SINGLE, is_han, pairs

SILENT = frozenset("的了和与及或在对为是之于以等其把被将从向")
"""Characters that say nothing alone, dropped when they stand between words."""


@cache
def cutter() -> rjieba.Jieba:
    """The dictionary; one for a process, since it is large."""
    return rjieba.Jieba()


def words(folded: str) -> list[str]:
    """``2008年度教育局的统计`` becomes ``2008``, ``年度``, ``教育局``, ``统计``."""
    found: list[str] = []
    for match in RUNS.finditer(folded):
        run = match.group()
        if not is_han(run):
            found.append(run[:LONGEST])
        elif len(run) > 1:
            found += _cut(run)
        elif not _touches_number(folded, match.start(), match.end()):
            found.append(run)
    return found


def _touches_number(folded: str, start: int, end: int) -> bool:
    """Whether a lone character is but the unit of a number (``12号``): in the index it may be the
    beginning of a longer run, so it cannot be asked for."""
    before, after = folded[start - 1 : start], folded[end : end + 1]
    return (before.isalnum() and not is_han(before)) or (after.isalnum() and not is_han(after))


def _cut(run: str) -> list[str]:
    """The words of a run; a lone character is glued to the word before it, else behind it."""
    glued: list[str] = []
    pending = ""
    for word in cutter().cut(run):
        if len(word) > 1:
            glued.append(pending + word)
            pending = ""
        elif word in SILENT and (glued or pending):
            if pending:
                glued.append(pending)
            pending = ""
            glued.append("")
        elif glued and glued[-1]:
            glued[-1] += word
        else:
            pending += word
    if pending:
        glued.append(pending)
    kept = [part for word in glued if len(word) > 1 for part in _parts(word)]
    return kept or [run]


def _parts(word: str) -> list[str]:
    """``轨道交通`` as ``轨道`` and ``交通``: whoever types a compound also means its parts apart.
    Those that stand together come first anyway."""
    halves = (word[:2], word[2:])
    return list(halves) if len(word) == 4 and all(map(cutter().has_word, halves)) else [word]


def unit(word: str) -> tuple[str, ...]:
    """The tokens, side by side, that a field holding the word has."""
    if is_han(word):
        return tuple(pairs(word)) if len(word) > 1 else (SINGLE + word,)
    return (word,)
