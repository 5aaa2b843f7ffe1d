"""Redactions (Art. 37): parts of a descriptor that are withheld while the rest is open.

What cannot be understood of a redaction withholds more, never less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from standards.codelists import fold
from standards.descriptor import Descriptor
from standards.grounds import citation, ground
from standards.problems import Text
from standards.profile import dictionary
from standards.roles import bearers

_GROUP = "redactions"
_WRITTEN = {"text", "paragraph", "identifier", "uri"}
_TELLING = 4
"""Shorter words stand in many texts by chance."""
_FACTS = ("part", "item", "ground", "reason")


@dataclass(frozen=True, slots=True)
class Redaction:
    """One withheld part: an element, or one of the data items; ``path`` is where it says so."""

    path: str
    part: str
    item: str
    ground: str
    reason: str

    @property
    def name(self) -> str:
        """What is withheld, in one word: an element's name, ``items:NAME``, ``*`` everything."""
        return f"{self.part}:{self.item}" if self.item else self.part or "*"


@dataclass(frozen=True, slots=True)
class Redacted:
    """What is told of the withheld parts with one element and ground: how many there are, whether
    other data items are there to be seen, and, to agencies, the names of those that are withheld.
    """

    part: str
    ground: str
    count: int
    partly: bool = False
    items: tuple[str, ...] = ()

    @property
    def label(self) -> Text:
        """The name of the element."""
        element = dictionary().get(self.part)
        return element.label if element else Text(self.part, self.part)

    @property
    def sentence(self) -> Text:
        """That it is withheld and why, for formats that have one field for all rights."""
        code = ground(self.ground)
        if code is None:
            why = Text(self.ground, self.ground)
        else:
            cited = citation(code)
            why = Text(f"{code.label.zh}（{cited.zh}）", f"{code.label.en} ({cited.en})")
        what = Text(f"“{self.label.zh}”", self.label.en)
        if self.partly:
            what = Text(f"{what.zh}中有{self.count}项", f"{what.en} ({self.count} of them)")
        return Text(
            f"{what.zh}不予公开" + (f"：{why.zh}" if why.zh else ""),
            f"{what.en} withheld" + (f": {why.en}" if why.en else ""),
        )


def redactions(descriptor: Descriptor) -> list[Redaction]:
    """The redactions as they are given; what is no redaction at all is left out."""
    group, names = _roles(descriptor.kind)
    rows = _rows(descriptor, group)
    places = [group] if len(rows) == 1 else [f"{group}[{i}]" for i in range(len(rows))]
    return [
        Redaction(place, *(_text(row.get(names[role])) for role in _FACTS))
        for place, row in zip(places, rows, strict=True)
        if isinstance(row, Mapping)
    ]


def told(descriptor: Descriptor) -> tuple[Redacted, ...]:
    """The redactions as they are shown: those of one element on one ground together."""
    groups: dict[tuple[str, str], list[Redaction]] = {}
    for each in redactions(descriptor):
        groups.setdefault((each.part, each.ground), []).append(each)
    return tuple(
        Redacted(
            part,
            ground,
            len(members),
            partly=bool(_items(descriptor, part)),
            items=tuple(each.item for each in members if each.item),
        )
        for (part, ground), members in groups.items()
    )


def held(descriptor: Descriptor, redaction: Redaction) -> bool:
    """Whether what is to be withheld is there at all."""
    if redaction.part not in descriptor.values:
        return False
    return not redaction.item or fold(redaction.item) in _items(descriptor, redaction.part)


def remains(descriptor: Descriptor, redaction: Redaction) -> bool:
    """Whether what is withheld is still said by a text that stays open."""
    group, _ = _roles(descriptor.kind)
    hidden = {redaction.item} if redaction.item else set(_texts(descriptor, redaction.part))
    kept = {name: value for name, value in open_values(descriptor).items() if name != group}
    said = [fold(text) for name in kept for text in _texts(Descriptor(descriptor.kind, kept), name)]
    wanted = [fold(text) for text in hidden if len(text) >= _TELLING]
    return any(each in text for each in wanted for text in said)


def shown_by(descriptor: Descriptor, other: Descriptor) -> tuple[Redaction, ...]:
    """The parts that a descriptor withholds and another one shows: the same data item, or the same
    value of the same element.
    """
    shown = Descriptor(other.kind, open_values(other))
    return tuple(
        each
        for each in redactions(descriptor)
        if held(descriptor, each)
        and each.part in shown.values
        and (
            fold(each.item) in _items(shown, each.part)
            if each.item
            else shown.values[each.part] == descriptor.values[each.part]
        )
    )


def open_values(descriptor: Descriptor) -> Mapping[str, Any]:
    """The values without what is withheld, nor its name as a member of any other list.

    A redaction that names no part withholds every part that can be; one that names a data item
    which is not there (any more) withholds them all.
    """
    group, names = _roles(descriptor.kind)
    rows = _rows(descriptor, group)
    if not rows:
        return descriptor.values
    parts, items = _withheld(descriptor, {_place(row, names) for row in rows})
    kept = {name: value for name, value in descriptor.values.items() if name not in parts}
    for part in {part for part, _ in items} & kept.keys():
        name = _item_name(descriptor.kind, part)
        told = [row for row in _members(kept[part]) if isinstance(row, Mapping)]
        kept[part] = [row for row in told if (part, fold(_text(row.get(name)))) not in items]
    hidden = {item for _, item in items} | _names_of(descriptor, parts)
    return {name: _silent(value, hidden) for name, value in kept.items()} if hidden else kept


def _withheld(
    descriptor: Descriptor, places: set[tuple[str, str]]
) -> tuple[frozenset[str], set[tuple[str, str]]]:
    """Which elements are withheld as a whole, and which data items of others."""
    parts, items = set(), set()
    for part, item in places:
        if part not in _redactable():
            return _redactable(), set()
        if item and fold(item) in _items(descriptor, part):
            items.add((part, fold(item)))
        else:
            parts.add(part)
    return frozenset(parts), items


def _names_of(descriptor: Descriptor, parts: frozenset[str]) -> set[str]:
    """What elements that are withheld are called elsewhere: numbers, and names of data items."""
    held = [part for part in parts if part in descriptor.values]
    numbers = {
        fold(str(descriptor.values[part]))
        for part in held
        if dictionary()[part].type == "identifier"
    }
    return numbers.union(*(_items(descriptor, part) for part in held))


def _silent(value: Any, hidden: set[str]) -> Any:
    """The value without members of lists that say what is hidden."""
    if isinstance(value, Mapping):
        return {name: _silent(each, hidden) for name, each in value.items()}
    if isinstance(value, list):
        kept = (each for each in value if not (isinstance(each, str) and fold(each) in hidden))
        return [_silent(each, hidden) for each in kept]
    return value


def _items(descriptor: Descriptor, part: str) -> set[str]:
    """The folded names of the data items in an element; none if it is no table of them."""
    name = _item_name(descriptor.kind, part)
    if not name:
        return set()
    rows = _members(descriptor.values.get(part))
    return {fold(_text(row.get(name))) for row in rows if isinstance(row, Mapping)} - {""}


@cache
def _roles(kind: str) -> tuple[str, Mapping[str, str]]:
    """The name of the group of redactions, and of its parts by what they tell."""
    borne = bearers(kind)
    told = {role: borne[f"{_GROUP}.{role}"][0].names[-1] for role in _FACTS}
    return borne[_GROUP][0].names[0], told


@cache
def _redactable() -> frozenset[str]:
    return frozenset(name for name, element in dictionary().items() if element.redactable)


@cache
def _item_name(kind: str, part: str) -> str:
    """The part of a row that names a data item, if the element is a table of them."""
    named = bearers(kind).get("items.name", ())
    return next((each.names[-1] for each in named if each.names[0] == part), "")


def _rows(descriptor: Descriptor, group: str) -> list[Any]:
    given = descriptor.values.get(group)
    return [] if given in (None, "", [], {}) else _members(given)


def _place(row: Any, names: Mapping[str, str]) -> tuple[str, str]:
    given = row if isinstance(row, Mapping) else {}
    return _text(given.get(names["part"])), _text(given.get(names["item"]))


def _texts(descriptor: Descriptor, part: str) -> list[str]:
    """Everything that people wrote in an element; codes and numbers say nothing by themselves."""
    element = dictionary().get(part)
    if element is None:
        return []
    return [
        value
        for path, each in element.walk()
        if each.type in _WRITTEN
        for value in descriptor.all(path)
        if isinstance(value, str)
    ]


def _members(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return "" if value is None else str(value)
