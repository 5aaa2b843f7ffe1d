"""Which data element somebody means who types a word: by identifier, name, synonym or pinyin; else
those whose names have it in them.
"""

from __future__ import annotations

from dataclasses import dataclass

from catalog.elements.registry import Registry
from search.folding import fold
from search.pinyin import syllables
from search.tokens import squeezed, title_key
from standards.data_elements import DataElement

MOST = 5
SHORTEST = 2
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was recognised for certain, and what else may be meant."""

    element: DataElement | None
    offers: tuple[DataElement, ...] = ()


def recognise(known: Registry, text: str) -> Recognised:
    """The element that the text means, or those that it may."""
    wanted = squeezed(fold(text))
    if not wanted or len(text) > LONGEST:
        return Recognised(None)
    by_code = known.elements.get(text.strip().upper())
    element = by_code if by_code and by_code.active else known.named(title_key(text))
    if element:
        return Recognised(element)
    if wanted.isascii():
        found = _by_sound(known, wanted)
        return Recognised(found[0] if len(found) == 1 else None, tuple(found[:MOST]))
    return Recognised(None, tuple(_by_part(known, wanted)[:MOST]))


def _by_sound(known: Registry, wanted: str) -> list[DataElement]:
    if len(wanted) < SHORTEST:
        return []
    sounds = known.made("sounds", _sounds)
    codes = sounds.get(wanted, ())
    return [known.elements[code] for code in codes]


def _sounds(known: Registry) -> dict[str, tuple[str, ...]]:
    """The elements by how their names are read, whole and by initials."""
    found: dict[str, dict[str, None]] = {}
    for each in known.active():
        for name in each.names():
            read = syllables(fold(name))
            for sound in ("".join(read), "".join(part[:1] for part in read)):
                found.setdefault(sound, {})[each.code] = None
    return {sound: tuple(codes) for sound, codes in found.items()}


def _by_part(known: Registry, wanted: str) -> list[DataElement]:
    """Those whose names have the word in them, or stand in it, the closest first."""
    if len(wanted) < SHORTEST:
        return []
    found: dict[str, int] = {}
    for each in known.active():
        for name in map(squeezed, map(fold, each.names())):
            if wanted in name or name in wanted:
                distance = abs(len(name) - len(wanted))
                found[each.code] = min(found.get(each.code, distance), distance)
    return [known.elements[code] for code in sorted(found, key=lambda code: (found[code], code))]
