"""Reading groups of words: a YAML list of lines such as ``养老院、敬老院 = 养老机构``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from search.folding import fold
from standards.problems import Text

LONGEST_FILE = 1_000_000
LONGEST_WORD = 40
MOST_WORDS = 40
"""Of one line."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SIGNS = (("=", True), ("→", False), ("->", False))


@dataclass(frozen=True, slots=True)
class Group:
    """Whoever types one of ``said`` also means each of ``means`` (words that must all hold).
    Of a mutual group the reverse is true too. A group that means nothing makes its words known.
    """

    said: tuple[str, ...]
    means: tuple[tuple[str, ...], ...] = ()
    mutual: bool = False


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line that could not be used, and why."""

    line: int
    text: str
    why: Text


_NOT_YAML = Text("不是有效的 YAML", "is not valid YAML")
_NOT_A_LIST = Text("文件应为一个列表", "the file should be one list")
_NOT_A_LINE = Text("应为一行文字", "should be a line of words")
_TWO_SIGNS = Text("只能有一个 = 或 →", "may have one = or → only")
_A_WORD = Text(
    f"每侧应为 1 至 {MOST_WORDS} 个词，每词至多 {LONGEST_WORD} 字",
    f"each side should have 1 to {MOST_WORDS} words of at most {LONGEST_WORD} characters",
)
_TOO_LONG = Text("文件过大", "the file is too large")


def read(text: str) -> tuple[list[Group], list[Malformed]]:
    """The groups of a file and the lines that are none; never fails."""
    if len(text) > LONGEST_FILE:
        return [], [Malformed(1, "", _TOO_LONG)]
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError) as bad:
        mark = getattr(bad, "problem_mark", None)
        return [], [Malformed(mark.line + 1 if mark else 1, "", _NOT_YAML)]
    if root is None:
        return [], []
    if not isinstance(root, yaml.SequenceNode):
        return [], [Malformed(root.start_mark.line + 1, "", _NOT_A_LIST)]
    groups: list[Group] = []
    malformed: list[Malformed] = []
    for node in root.value:
        found = group(node.value) if isinstance(node, yaml.ScalarNode) else _NOT_A_LINE
        if isinstance(found, Group):
            groups.append(found)
        else:
            told = str(node.value)[:LONGEST_WORD] if isinstance(node, yaml.ScalarNode) else ""
            malformed.append(Malformed(node.start_mark.line + 1, told, found))
    return groups, malformed


def group(line: str) -> Group | Text:
    """The group that a line stands for, or what is wrong with it."""
    used = [(sign, mutual) for sign, mutual in _SIGNS if sign in line]
    if not used:
        said = _sides(line)
        return Group(tuple(word for (word,) in said)) if _sound(said, 1) else _A_WORD
    sign, mutual = used[0]
    sides = line.split(sign)
    if len(sides) != 2 or len(used) > 1:
        return _TWO_SIGNS
    said, means = (_sides(side) for side in sides)
    if not (_sound(said, 1) and _sound(means, MOST_WORDS)):
        return _A_WORD
    return Group(tuple(word for (word,) in said), tuple(means), mutual)


def _sides(side: str) -> list[tuple[str, ...]]:
    """``义务教育+招生、入学`` as its alternatives, folded, each of its words."""
    parted = (each.strip() for each in side.replace(",", "、").replace("，", "、").split("、"))
    return [tuple(fold(word.strip()) for word in each.split("+")) for each in parted]


def _sound(side: list[tuple[str, ...]], most_parts: int) -> bool:
    return 0 < len(side) <= MOST_WORDS and all(
        len(parts) <= most_parts and all(0 < len(word) <= LONGEST_WORD for word in parts)
        for parts in side
    )


def pairs_of(groups: list[Group]) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Each word with what it may mean, and whether the pair is read backwards."""
    for each in groups:
        for word in each.said:
            for means in each.means:
                yield word, means, False
                if each.mutual and len(means) == 1:
                    yield means[0], (word,), True
            if each.mutual:
                for other in each.said:
                    yield word, (other,), False
