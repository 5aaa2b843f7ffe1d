"""Two descriptors side by side, element by element, in words."""

from __future__ import annotations

from dataclasses import dataclass

from standards.descriptor import Descriptor
from web.pages.shown import Shown, shown


@dataclass(frozen=True, slots=True)
class Pair:
    """An element in both versions; one of them may lack it."""

    label: str
    before: Shown | None
    after: Shown | None
    changed: bool


def compare(before: Descriptor | None, after: Descriptor, language: str) -> list[Pair]:
    """Every element that either has, in the later one's order, with whether it differs."""
    old = {each.element.name: each for each in shown(before, language)} if before else {}
    new = {each.element.name: each for each in shown(after, language)}
    names = [*new, *(name for name in old if name not in new)]
    return [_pair(old.get(name), new.get(name)) for name in names]


def _pair(before: Shown | None, after: Shown | None) -> Pair:
    known = after or before
    assert known is not None  # noqa: S101  a name comes from one of the two
    return Pair(known.label, before, after, before != after)
