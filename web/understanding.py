"""What a query may mean, told to pages, the API and the command line alike.

The vocabulary is the directory's own: the names of its agencies and those of the standard, which
anybody may know. What is offered is counted with the viewer's own eyes.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from flask import current_app

from catalog import agencies
from catalog.agencies import AgencyView
from catalog.database import Database
from catalog.elements import linking
from catalog.elements.recognising import recognise
from catalog.elements.registry import registry
from search.clauses import Clause
from search.finding import Found
from search.request import SearchRequest
from search.thesaurus.organs import short_names
from search.understanding.beginnings import Beginnings
from search.understanding.data import named, words
from search.understanding.offering import Offer, offers, suggestions
from search.understanding.parts import Kind, Meaning, Part, Understood
from search.understanding.reading import understand
from search.understanding.telling import sentence
from search.understanding.vocabulary import Names, Vocabulary
from standards.data_elements import DataElement
from standards.problems import Text
from web.parts import Parts
from web.searching import Searched
from web.signin import parts

KEPT = "mulu-vocabulary"
KEPT_SECONDS = 15.0
LOCAL = timezone(timedelta(hours=8))
"""Where the readers live: what 去年 means goes by their day."""
PAGES = {
    Kind.AGENCY: "/agencies",
    Kind.PLACE: "/map",
    Kind.THEME: "/search",
    Kind.ITEM: "/locate",
}
"""Where a suggested name leads."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the directory knows by name: to be recognised, and to be suggested."""

    names: Vocabulary = field(default_factory=Names)
    beginnings: Beginnings = field(default_factory=Beginnings)


@dataclass(slots=True)
class Vocabularies:
    """The directory's vocabulary, looked for anew every few seconds, since a search must not wait
    for the database, and made anew when agencies or data elements have changed."""

    database: Database
    monotonic: Callable[[], float] = time.monotonic
    _kept: Known = field(default_factory=Known)
    _made_of: object = None
    _read: float = float("-inf")

    def current(self) -> Known:
        """What is known now, or was some seconds ago."""
        if self.monotonic() - self._read > KEPT_SECONDS:
            with self.database.reading() as db:
                organs, elements = agencies.every(db), registry(db).active()
            if self._made_of != (organs, elements):
                self._kept = _known(organs, elements)
                self._made_of = organs, elements
            self._read = self.monotonic()
        return self._kept


@dataclass(frozen=True, slots=True)
class Meant:
    """What was recognised in a search, and what is offered."""

    understood: Understood
    offers: tuple[Offer, ...]


def meant(searched: Searched) -> Meant:
    """What the words of a search may mean. Raises EngineUnavailable."""
    return of(parts(), known().names, searched.request, searched.found)


def of(given: Parts, names: Vocabulary, request: SearchRequest, found: Found) -> Meant:
    """The same outside of a web request."""
    today = given.clock.now().astimezone(LOCAL).date()
    understood = understand(found.corrected or request.text, names, today)
    made = offers(given.engine, request, found, understood, partial(_holders, given.database))
    return Meant(understood, made)


def known() -> Known:
    """The vocabulary of this app."""
    kept: Vocabularies = current_app.extensions[KEPT]
    return kept.current()


def suggested(typed: str, visibility: Clause) -> tuple[Meaning, ...]:
    """The agencies, places, themes and data elements that begin as typed and find something."""
    given, meanings = parts(), known().beginnings.starting(typed)
    return suggestions(given.engine, visibility, meanings, partial(_holders, given.database))


def suggestion(meaning: Meaning, language: str) -> dict[str, Any]:
    """A suggested name for the API."""
    label, value = meaning.label.in_language(language), meaning.value
    where = meaning.given[0] if meaning.given else ("item", (value,))
    address = PAGES[meaning.kind]
    url = f"{address}/{quote(value)}" if meaning.kind is Kind.AGENCY else (
        f"{address}?{urlencode([(where[0], each) for each in where[1]])}"
    )  # fmt: skip
    return {
        "kind": meaning.kind.value,
        "kind_label": words().suggested[meaning.kind].in_language(language),
        "value": value,
        "label": label,
        "url": url,
    }


def answer(meant: Meant, language: str) -> dict[str, Any]:
    """The same for the API."""
    return {
        "parts": [_part(part, language) for part in meant.understood.parts],
        "offers": [_offer(offer, language) for offer in meant.offers],
    }


def _part(part: Part, language: str) -> dict[str, Any]:
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


def _offer(offer: Offer, language: str) -> dict[str, Any]:
    return {
        "sentence": sentence(offer).in_language(language),
        "q": offer.rest,
        "item": offer.item or None,
        "filters": {name: list(values) for name, values in offer.filters.items()},
        "count": offer.count,
    }


def _holders(database: Database, item: str) -> Clause | None:
    """What carries the data element that the item is called by."""
    with database.reading() as db:
        registered = registry(db)
        element = recognise(registered, item).element
        return linking.holders(registered, linking.said(db), element) if element else None


def _known(organs: Sequence[AgencyView], elements: Sequence[DataElement]) -> Known:
    names = Names.of((*named(), *_agencies(organs), *_elements(elements)))
    return Known(names, Beginnings.of(names))


def _agencies(organs: Sequence[AgencyView]) -> Iterator[tuple[str, Meaning]]:
    """Every name that every agency has or had, and those that usage makes of it, but for what
    several are called (区政府)."""
    borne = Counter(name for organ in organs for name in short_names(organ.name))
    for organ in organs:
        label = Text(organ.name, organ.name)
        meaning = Meaning(Kind.AGENCY, organ.code, label, (("agency", (organ.code,)),))
        shortened = (name for name in short_names(organ.name) if borne[name] == 1)
        names = (organ.name, *organ.short_names, *organ.former_names, *shortened)
        yield from ((name, meaning) for name in names)


def _elements(elements: Iterable[DataElement]) -> Iterator[tuple[str, Meaning]]:
    """Every name of every data element in use; anybody may read the registry."""
    for element in elements:
        meaning = Meaning(Kind.ITEM, element.name.zh, element.name)
        yield from ((name, meaning) for name in (*element.names(), element.name.en))
