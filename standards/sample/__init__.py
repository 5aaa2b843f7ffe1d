"""A directory's worth of invented entries: plausible, deterministic, and marked as a sample.

Entry *n* is the same whatever the size asked for, so a small sample is the beginning of a big one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from standards.sample import documents, resources
from standards.sample.organs import Organ, centre, organs
from standards.sample.saying import SampleClaim, SampleLink, claims, exceptions, links

__all__ = [
    "SampleClaim",
    "SampleEntry",
    "SampleLink",
    "centre",
    "claims",
    "entries",
    "exceptions",
    "links",
    "organs",
]

RESOURCE_SHARE = 0.11
STATES = {"published": 92, "submitted": 4, "returned": 2, "draft": 1, "withdrawn": 1}


@dataclass(frozen=True, slots=True)
class SampleEntry:
    """One invented descriptor, whose it is, and how far it has come in its life."""

    number: int
    agency: str
    kind: str
    values: dict[str, Any]
    state: str


class _Titles:
    """Gives out each title once: a second one of the same words gets its own ordinal."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def once(self, text: str) -> str:
        self._seen[text] += 1
        count = self._seen[text]
        return text if count == 1 else f"{text}（第{count}批）"

    def known(self, text: str) -> bool:
        return text in self._seen


def entries(count: int) -> Iterator[SampleEntry]:
    """The first ``count`` entries of the sample."""
    titles = _Titles()
    serials: Counter[tuple[str, str]] = Counter()
    for number in range(count):
        random = Random(f"mulu-sample-{number}")  # noqa: S311  a sample needs repeatable chance
        organ = random.choice(organs())
        make = _resource if random.random() < RESOURCE_SHARE else _document
        kind, values = make(random, organ, titles, serials)
        state = documents.weighted(random, STATES)
        yield SampleEntry(number, organ.code, kind, values, state)


def _document(
    random: Random, organ: Organ, titles: _Titles, serials: Counter[tuple[str, str]]
) -> tuple[str, dict[str, Any]]:
    subject = random.choice(organ.subjects)
    for _ in range(12):
        year = random.choice(documents.YEARS)
        text, genre, form = documents.title(random, organ, subject[0], year)
        if not titles.known(text):
            break
    serials[organ.code, str(year)] += 1
    serial = serials[organ.code, str(year)]
    heading = (titles.once(text), genre, form)
    return "document", documents.document(random, organ, subject, heading, year, serial)


def _resource(
    random: Random, organ: Organ, titles: _Titles, serials: Counter[tuple[str, str]]
) -> tuple[str, dict[str, Any]]:
    holding = random.choice(organ.holdings)
    for _ in range(12):
        text = resources.title(random, organ, holding)
        if not titles.known(text):
            break
    serials[organ.code, "resource"] += 1
    number = serials[organ.code, "resource"]
    return "non-document", resources.resource(random, organ, holding, titles.once(text), number)
