"""What tells that two descriptors are about one resource: likeness.yaml, read, and how titles are
compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from standards.problems import Text

_ORDINALS = re.compile(r"\d+|第[〇零一二三四五六七八九十百]+")


@dataclass(frozen=True, slots=True)
class Data:
    """The words and limits."""

    words: tuple[str, ...]
    near: Mapping[str, float]
    evidence: Mapping[str, Text]
    labels: Mapping[str, Text]


@cache
def data() -> Data:
    """What the file says."""
    read = yaml.safe_load((resources.files("standards") / "likeness.yaml").read_bytes())
    return Data(
        words=tuple(sorted(read["words"], key=len, reverse=True)),
        near=read["near"],
        evidence={name: Text(**each) for name, each in read["evidence"].items()},
        labels={name: Text(**each) for name, each in read["labels"].items()},
    )


def bare(title: str) -> str:
    """A folded title as its letters, digits and characters alone."""
    return "".join(filter(str.isalnum, title))


def skeleton(title: str, names: Iterable[str] = ()) -> str:
    """What is left of a folded title without names of agencies and the words with which titles of
    one thing differ; the whole where nothing would be left.
    """
    text = title
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, "")
    text = bare(_words().sub("", text))
    return text or bare(title)


def ordinals(title: str) -> tuple[str, ...]:
    """The numbers in a folded title: those of one series differ in nothing else."""
    return tuple(_ORDINALS.findall(title))


def pairs(text: str) -> frozenset[str]:
    """Its pairs of neighbouring characters."""
    return frozenset(text[at : at + 2] for at in range(max(1, len(text) - 1)))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two sets of pairs have in common, from 0 to 1 (Dice)."""
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0


@cache
def _words() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, data().words)))
