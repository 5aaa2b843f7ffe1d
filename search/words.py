"""Cutting typed text into words. The dictionary only chooses which pairs of characters are asked
for: what it cuts wrongly is still found, since every pair is indexed."""

from __future__ import annotations

from collections.abc import Set
from functools import cache, lru_cache

import rjieba

from search.thesaurus import organs
from search.tokens import LONGEST, RUNS, SINGLE, is_han, stream

SILENT = frozenset("的了和与及或在对为是之于以等其把被将从向能会要可该去到也都还就很给让跟")
"""Characters that say nothing alone, dropped when they stand between words."""


MOST_JOINED = 6
_NO_THINGS = frozenset("vdacpruf")
"""Verbs, adverbs, adjectives and other kinds of words, as the dictionary marks them."""
_GERUND = "vn"
"""施工, 防汛: what one does as a matter."""


@cache
def cutter() -> rjieba.Jieba:
    """The dictionary; one for a process, since it is large. It knows the names of organs."""
    made = rjieba.Jieba()
    for name in organs.names():
        made.add_word(name, None, None)
    return made


def words(folded: str, known: Set[str] = frozenset()) -> list[str]:
    """``2008年度教育局的统计`` becomes ``2008``, ``年度``, ``教育局``, ``统计``. Words of the
    dictionary that make a known one together are cut as that one."""
    found: list[str] = []
    for match in RUNS.finditer(folded):
        run = match.group()
        if not is_han(run):
            found.append(run[:LONGEST])
        elif len(run) > 1:
            found += _cut(run, known)
        elif not _touches_number(folded, match.start(), match.end()):
            found.append(run)
    return found


def _touches_number(folded: str, start: int, end: int) -> bool:
    """Whether a lone character is but the unit of a number (``12号``): in the index it may be the
    beginning of a longer run, so it cannot be asked for."""
    before, after = folded[start - 1 : start], folded[end : end + 1]
    return (before.isalnum() and not is_han(before)) or (after.isalnum() and not is_han(after))


def _cut(run: str, known: Set[str]) -> list[str]:
    """The words of a run; a lone character is glued to the word before it, else behind it."""
    glued: list[str] = []
    pending = ""
    for word in _joined(cutter().cut(run), known):
        if (
            len(word) > 1
            and word in known
            and not (pending in organs.LEVELS and word in organs.names())
        ):
            glued += [pending, word, ""]
            pending = ""
        elif len(word) > 1:
            glued.append(pending + word)
            pending = ""
        elif word in known or (word in SILENT and (glued or pending)):
            glued += [pending, word if word in known else "", ""]
            pending = ""
        elif glued and glued[-1]:
            glued[-1] += word
        else:
            pending += word
    if pending:
        glued.append(pending)
    kept = [
        part for word in glued if len(word) > 1 or word in known for part in _parts(word, known)
    ]
    return kept or [run]


def _joined(cut: list[str], known: Set[str]) -> list[str]:
    """The longest known words that the cut ones make, from the left."""
    joined: list[str] = []
    at = 0
    while at < len(cut):
        ends = range(min(len(cut), at + MOST_JOINED), at + 1, -1)
        end = next((end for end in ends if "".join(cut[at:end]) in known), at + 1)
        joined.append("".join(cut[at:end]))
        at = end
    return joined


def _parts(word: str, known: Set[str]) -> list[str]:
    """``轨道交通`` as ``轨道`` and ``交通``: whoever types a compound also means its parts apart.
    Those that stand together come first anyway."""
    if word in known:
        return [word]
    for at in range(2, len(word) - 1):  # 上海市工商局
        if word[:at] in known and word[at:] in known:
            return [word[:at], word[at:]]
    return [word[:2], word[2:]] if _halved(word) else [word]


@lru_cache(maxsize=4096)
def parts(word: str) -> tuple[str, ...]:
    """The words that a compound is made of; none if it is not made of two or more whole ones."""
    if not is_han(word):
        return ()
    if _halved(word):
        return (word[:2], word[2:])
    found = cutter().cut(word)
    whole = len(found) > 1 and all(len(each) > 1 for each in found)
    return tuple(found) if whole else ()


def is_word(text: str) -> bool:
    """Whether the dictionary has it."""
    return len(text) > 1 and cutter().has_word(text)


@lru_cache(maxsize=65_536)
def is_verb(word: str) -> bool:
    """Whether it tells what one does or how, not what about (``提起``, ``遭受``, ``很大``)."""
    return all(kind[:1] in _NO_THINGS and kind != _GERUND for _, kind in cutter().tag(word))


def _halved(word: str) -> bool:
    """Whether two words of two characters make it."""
    return len(word) == 4 and cutter().has_word(word[:2]) and cutter().has_word(word[2:])


def unit(word: str) -> tuple[str, ...]:
    """The tokens, side by side, that a field holding the word has. Of words of several runs those
    characters at the ends are left out that may belong to a longer run in the index."""
    tokens = stream(word)
    if len(tokens) == 1 and tokens[0] == word and len(word) == 1 and is_han(word):
        return (SINGLE + word,)
    while len(tokens) > 1 and len(tokens[0]) == 1 and is_han(tokens[0]):
        tokens = tokens[1:]
    while len(tokens) > 1 and len(tokens[-1]) == 1 and is_han(tokens[-1]):
        tokens = tokens[:-1]
    return tuple(tokens) or (word,)
