"""Corrections of what a source says, element by element: what a person made of a descriptor, told
as differences, and laid over whatever the source says next.

An element is corrected as a whole, but for additions to a repeatable one: they are kept apart from
the source's own members and join whatever these become.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from standards.profile import Element, profile


class Mode(StrEnum):
    """What a correction does to its element."""

    SET = "set"
    REMOVE = "remove"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person made of one top-level element; of an addition, the members alone."""

    path: str
    mode: Mode
    value: Any = None

    def disputed(self, before: Any, now: Any) -> bool:
        """Whether the source says something new of the element since it was corrected. That it
        came to say the same as the correction is no dispute; members are added to any list.
        """
        return self.mode is not Mode.ADD and now not in (before, self.value)

    def adopted(self, kind: str, now: Any) -> bool:
        """Whether the source says by itself what it was corrected to."""
        if self.mode is not Mode.ADD:
            return bool(now == self.value)
        known = _members(profile(kind).element(self.path), now or [])
        return all(each in known for each in self.value)


def changed(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The elements that differ, but for those that the directory assigns."""
    return [
        use.element.name
        for use in profile(kind).elements
        if not use.assigned and before.get(use.element.name) != after.get(use.element.name)
    ]


def corrected(
    kind: str, said: Mapping[str, Any], wanted: Mapping[str, Any], path: str
) -> Correction | None:
    """What has to be done to what the source said of an element so that it becomes what is wanted;
    None where it is that already.
    """
    theirs, ours = said.get(path), wanted.get(path)
    if theirs == ours:
        return None
    if ours is None:
        return Correction(path, Mode.REMOVE)
    element = profile(kind).element(path)
    added = _added(element, theirs or [], ours) if element.many else []
    return Correction(path, Mode.ADD, added) if added else Correction(path, Mode.SET, ours)


def laid(kind: str, values: Mapping[str, Any], corrections: Iterable[Correction]) -> dict[str, Any]:
    """The source's values with the corrections over them; those of elements that descriptors of
    this kind do not have are left out.
    """
    elements = {use.element.name: use.element for use in profile(kind).elements}
    found = dict(values)
    for each in corrections:
        element = elements.get(each.path)
        if element is None:
            continue
        if each.mode is Mode.ADD:
            found[each.path] = _joined(element, found.get(each.path) or [], each.value)
        elif each.mode is Mode.SET:
            found[each.path] = each.value
        else:
            found.pop(each.path, None)
    return found


def _added(element: Element, theirs: Sequence[Any], ours: Sequence[Any]) -> list[Any]:
    """The members that were added, provided all of theirs are still there and theirs comes first;
    empty where more was changed than that.
    """
    before, after = _members(element, theirs), _members(element, ours)
    if before[:1] != after[:1] and before:
        return []
    if [each for each in after if each in before] != before:
        return []
    return [each for each in after if each not in before]


def _joined(element: Element, theirs: Sequence[Any], added: Sequence[Any]) -> list[Any]:
    """Their members and those that were added and are not among them."""
    rows, inner = list(theirs), _inner(element)
    known = _members(element, theirs)
    for member in added:
        if member in known:
            continue
        known.append(member)
        at = _row_of(rows, member, inner) if inner else None
        if at is None:
            rows.append(_wrapped(member, inner))
        else:
            rows[at] = {**rows[at], inner: [*_listed(rows[at].get(inner)), member[inner]]}
    return rows


def _members(element: Element, rows: Sequence[Any]) -> list[Any]:
    """The members of a list, down to the single ones where each row is a list of its own under a
    common heading (keywords by thesaurus).
    """
    inner = _inner(element)
    if not inner:
        return list(rows)
    return [{**row, inner: each} for row in rows for each in _listed(row.get(inner))]


def _inner(element: Element) -> str:
    """The part of a row that is a plain list, where there is exactly one; else nothing."""
    lists = [child.name for child in element.children if child.many and not child.children]
    return lists[0] if len(lists) == 1 else ""


def _row_of(rows: Sequence[Any], member: Mapping[str, Any], inner: str) -> int | None:
    """The row under the member's heading."""
    heading = {name: each for name, each in member.items() if name != inner}
    for at, row in enumerate(rows):
        if {name: each for name, each in row.items() if name != inner} == heading:
            return at
    return None


def _wrapped(member: Any, inner: str) -> Any:
    return {**member, inner: [member[inner]]} if inner else member


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]
