"""What speaks for two entries being about one resource, told so that a person can judge it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catalog.consistency.scratch import digest
from catalog.identity.facts import MINTED, Facts
from standards.likeness import data, similarity
from standards.problems import Text
from standards.profile import profile


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that agrees: its kind, and what of it."""

    kind: str
    scheme: str = ""
    text: str = ""
    percent: int = 0

    @property
    def told(self) -> Text:
        """In words."""
        template = data().evidence[self.kind]
        label = _label(self.scheme)
        return Text(
            template.zh.format(scheme=label.zh, text=self.text, percent=self.percent),
            template.en.format(scheme=label.en, text=self.text, percent=self.percent),
        )

    def as_list(self) -> list[Any]:
        """As the table keeps it."""
        return [self.kind, self.scheme, self.text, self.percent]


def compare(one: Facts, other: Facts) -> tuple[Evidence, ...]:
    """The evidence, strongest first; empty where there is none.

    A number in common is enough. Else nothing speaks for it where numbers of one sort, the dates
    of writing, or the numbers in the titles differ: a yearly notice bears the same title each year.
    """
    found = [
        Evidence("number", scheme, text)
        for scheme, (key, text) in one.numbers.items()
        if other.numbers.get(scheme, ("", ""))[0] == key and key
    ]
    if found or not apart(one, other):
        found += _alike(one, other)
    return tuple(found)


def apart(one: Facts, other: Facts) -> bool:
    """Whether they are about different resources in spite of their titles."""
    mine, theirs = one.summary, other.summary
    if mine.kind != theirs.kind or one.ordinals != other.ordinals:
        return True
    if mine.written and theirs.written and mine.written != theirs.written:
        return True
    shared = one.numbers.keys() & other.numbers.keys() - MINTED
    return any(one.numbers[each][0] != other.numbers[each][0] for each in shared)


def signature(one: Facts, other: Facts, found: tuple[Evidence, ...]) -> str:
    """Of the evidence and both titles: another one where any of it changes."""
    said = [f"{each.kind} {each.scheme} {each.text}" for each in found]
    return digest(*sorted(said), *sorted((one.bare_title, other.bare_title))).hex()


def _alike(one: Facts, other: Facts) -> list[Evidence]:
    near, found = data().near, []
    close = similarity(one.pairs, other.pairs)
    percent = int(close * 100)
    if one.providers & other.providers:
        if one.bare_title and one.bare_title == other.bare_title:
            found.append(Evidence("title"))
        elif close >= near["agency"]:
            found.append(Evidence("near-title", percent=percent))
    if one.endpoint and one.endpoint == other.endpoint and close >= near["endpoint"]:
        found.append(Evidence("endpoint", text=one.endpoint))
    if one.extent and one.extent == other.extent and close >= near["extent"]:
        found.append(Evidence("extent", percent=percent))
    return found


def _label(scheme: str) -> Text:
    for kind in ("document", "non-document"):
        for element in profile(kind).card("numbers"):
            if element.scheme == scheme:
                return element.label
    return Text(scheme, scheme)
