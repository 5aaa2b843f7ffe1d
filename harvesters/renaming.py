"""Which vanished records came back under another key. Where nothing else can be meant the entry
takes the new key by itself; where something could, a person is shown the pairs."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from zlib import crc32

import orjson

from catalog import renaming
from catalog.ledger import Session
from catalog.renaming import Content, Item
from harvesters.plan import Action
from standards.profile import profile

MOST = 10_000
"""So many vanished records are compared at a time."""


@dataclass(frozen=True, slots=True)
class Look:
    """By what a record is recognised under another key: what it says without its numbers, whose it
    is, and its numbers in the world."""

    number: int
    key: str
    likeness: bytes
    agency: str
    numbers: tuple[str, ...] = ()


@dataclass(slots=True)
class Pairs:
    """What vanished records, by their number in the run, are now: the new one's number and key."""

    certain: dict[int, tuple[int, str]] = field(default_factory=dict)
    likely: dict[int, tuple[int, str]] = field(default_factory=dict)


def found(session: Session, source: str, run: int, missing: int) -> Iterator[Pairs]:
    """The renames among what a run misses (so many) and what was created by it, or by those before
    it that broke off. They are compared in parts by their titles, so that memory stays flat.
    """
    parts = 1 + missing // MOST
    for part in range(parts):
        gone = _by_title(renaming.items(session, run, Action.DELETE), part, parts)
        if not gone:
            continue
        new = _by_title(_created(session, source, run), part, parts, gone)
        for titles in _pieces(new):
            pairs = Pairs()
            _match(session, [(gone[title], new[title]) for title in titles], pairs)
            yield pairs


def _by_title(
    items: Iterable[Item], part: int, parts: int, wanted: Container[str] | None = None
) -> dict[str, list[Item]]:
    """The items of one part by their titles, where these are wanted."""
    found: dict[str, list[Item]] = {}
    for item in items:
        title = folded(item.title)
        if title and (wanted is None or title in wanted) and crc32(title.encode()) % parts == part:
            found.setdefault(title, []).append(item)
    return found


def _created(session: Session, source: str, run: int) -> Iterator[Item]:
    """What is new; of what an earlier run created there is no number in this one."""
    yield from renaming.items(session, run, Action.CREATED)
    for earlier in renaming.since_complete(session, source, run):
        for item in renaming.items(session, earlier, Action.CREATED, met_by=run):
            yield replace(item, number=0)


def _pieces(new: Mapping[str, Sequence[Item]]) -> Iterator[list[str]]:
    """Titles, so many at a time that what is said under them can be held."""
    piece: list[str] = []
    size = 0
    for title, items in new.items():
        piece.append(title)
        size += len(items)
        if size >= renaming.PIECE:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


def _match(
    session: Session, groups: Sequence[tuple[Sequence[Item], Sequence[Item]]], pairs: Pairs
) -> None:
    entries = [item.entry for group in groups for side in group for item in side]
    said = dict(renaming.contents(session, entries))
    for old, new in groups:
        matched(
            [_look(i, said[i.entry]) for i in old], [_look(i, said[i.entry]) for i in new], pairs
        )


def matched(old: Sequence[Look], new: Sequence[Look], pairs: Pairs) -> None:
    """Pair records of equal titles. Certain is who alone on both sides says the same, or has the
    same agency and numbers; of the others the first goes with the first that may be meant.
    """
    rules: tuple[Callable[[Look], Hashable | None], ...] = (
        lambda look: (look.likeness, look.agency),
        lambda look: (look.agency, look.numbers) if look.numbers else None,
    )
    for rule in rules:
        ours, theirs = _alone(old, rule), _alone(new, rule)
        both = ours.keys() & theirs.keys()
        pairs.certain |= {ours[by].number: (theirs[by].number, theirs[by].key) for by in both}
        old = [look for look in old if look.number not in pairs.certain]
        taken = {theirs[by].key for by in both}
        new = [look for look in new if look.key not in taken]
    left = list(new)
    for look in old:
        other = next((each for each in left if _may_be(look, each)), None)
        if other:
            left.remove(other)
            pairs.likely[look.number] = (other.number, other.key)


def _alone(looks: Iterable[Look], rule: Callable[[Look], Hashable | None]) -> dict[Hashable, Look]:
    """Those that a rule tells from all others."""
    by: defaultdict[Hashable, list[Look]] = defaultdict(list)
    for look in looks:
        if (name := rule(look)) is not None:
            by[name].append(look)
    return {name: each[0] for name, each in by.items() if len(each) == 1}


def _may_be(old: Look, new: Look) -> bool:
    """Whether nothing speaks against it: another agency, or other numbers."""
    other = old.numbers and new.numbers and old.numbers != new.numbers
    return old.agency == new.agency and not other


def _look(item: Item, content: Content) -> Look:
    numbers, assigned = _numbers(content.kind)
    values = content.values
    rest = {name: each for name, each in values.items() if name not in numbers | assigned}
    said = orjson.dumps([content.kind, rest], option=orjson.OPT_SORT_KEYS)
    return Look(
        number=item.number,
        key=item.key,
        likeness=hashlib.blake2b(said, digest_size=16).digest(),
        agency=content.agency,
        numbers=tuple(f"{name} {_text(values[name])}" for name in sorted(numbers & values.keys())),
    )


@cache
def _numbers(kind: str) -> tuple[frozenset[str], frozenset[str]]:
    """The elements that hold a number of the record in the world, and those that we assign."""
    uses = [use for use in profile(kind).elements if use.element.scheme]
    ours = frozenset(use.element.name for use in uses if use.assigned)
    return frozenset(use.element.name for use in uses) - ours, ours


def _text(value: Any) -> str:
    return folded(str(value))


def folded(title: str) -> str:
    """A title without what typing changes: width, case, spaces and punctuation."""
    text = unicodedata.normalize("NFKC", title).casefold()
    return "".join(character for character in text if character.isalnum())
