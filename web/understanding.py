"""What a query may mean, told to pages, the API and the command line alike.

The vocabulary is the directory's own: the names of its agencies and those of the standard, which
anybody may know. What is offered is counted with the viewer's own eyes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import current_app

from catalog import agencies
from catalog.agencies import AgencyView
from catalog.database import Database
from search.understanding.data import of_the_standard
from search.understanding.offering import Offer, offers
from search.understanding.parts import Kind, Meaning, Part, Understood
from search.understanding.reading import understand
from search.understanding.telling import sentence
from search.understanding.vocabulary import Joined, Names, Vocabulary
from standards.problems import Text
from web.language import Language
from web.searching import Searched
from web.signin import parts

KEPT = "mulu-vocabulary"
KEPT_SECONDS = 15.0


@dataclass(slots=True)
class Vocabularies:
    """The directory's vocabulary, renewed when the change log or the agencies have moved on; asked
    for at most every few seconds, since a search must not wait for the database."""

    database: Database
    monotonic: Callable[[], float] = time.monotonic
    _kept: Vocabulary = field(default_factory=Names)
    _read: float = float("-inf")

    def current(self) -> Vocabulary:
        """The vocabulary of now, or of some seconds ago."""
        if self.monotonic() - self._read > KEPT_SECONDS:
            with self.database.reading() as db:
                organs = agencies.every(db)
            self._kept = Joined((of_the_standard(), Names.of(_named(organs))))
            self._read = self.monotonic()
        return self._kept


@dataclass(frozen=True, slots=True)
class Meant:
    """What was recognised in a search, and what is offered."""

    understood: Understood
    offers: tuple[Offer, ...]


def meant(searched: Searched) -> Meant:
    """What the words of a search may mean. Raises EngineUnavailable."""
    vocabulary: Vocabularies = current_app.extensions[KEPT]
    today = parts().clock.now().date()
    understood = understand(searched.request.text, vocabulary.current(), today)
    made = offers(parts().engine, searched.request, searched.found, understood)
    return Meant(understood, made)


def answer(meant: Meant, language: Language) -> dict[str, Any]:
    """The same for the API."""
    return {
        "parts": [_part(part, language) for part in meant.understood.parts],
        "offers": [_offer(offer, language) for offer in meant.offers],
    }


def _part(part: Part, language: Language) -> dict[str, Any]:
    box = part.meaning.extent
    return {
        "kind": part.kind.value,
        "said": part.said,
        "start": part.start,
        "end": part.end,
        "value": part.meaning.value,
        "label": part.meaning.label.in_language(language),
        "filters": {name: list(values) for name, values in part.meaning.given},
        "extent": [box.west, box.south, box.east, box.north] if box else None,
    }


def _offer(offer: Offer, language: Language) -> dict[str, Any]:
    return {
        "sentence": sentence(offer).in_language(language),
        "q": offer.rest,
        "item": offer.item or None,
        "filters": {name: list(values) for name, values in offer.filters.items()},
        "count": offer.count,
    }


def _named(organs: list[AgencyView]) -> Iterator[tuple[str, Meaning]]:
    """Every name of every agency."""
    for organ in organs:
        label = Text(organ.name, organ.name)
        meaning = Meaning(Kind.AGENCY, organ.code, label, (("agency", (organ.code,)),))
        yield from ((name, meaning) for name in (organ.name, *organ.short_names))
