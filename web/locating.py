"""Locating: who holds a datum, who answers for it and how to get it, and what lies in a box or a
division. The same for the page, the API and the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

from catalog import entries
from catalog.database import Database
from catalog.elements import claims, linking
from catalog.elements.claims import ClaimView
from catalog.elements.recognising import recognise
from catalog.elements.registry import registry
from catalog.viewers import Viewer
from search.card import Card
from search.clauses import Clause, Not
from search.finding import Found, FoundHit
from search.request import SearchRequest
from standards.data_elements import DataElement
from standards.problems import Text
from standards.summary import Period, summarize
from web import searching
from web.errors import wrong

FACETS = ("agency", "sharing")
PLACES = ("bbox", "within", "near", "division")
ELEMENT, WORDS = "element", "words"
WAYS = (ELEMENT, WORDS)
"""Whether a word that means a data element finds what carries it, or only what is called so."""
BESIDE = 10
"""Entries that match by their words alone, shown after those that carry the element."""
Ask = Callable[[SearchRequest], Found]


@dataclass(frozen=True, slots=True)
class Holding:
    """An entry that was found, with the items that carry what was asked for and how that is known
    (``proposed`` or ``confirmed``), and what its card does not tell.
    """

    hit: FoundHit
    items: tuple[tuple[str, str], ...] = ()
    authority: tuple[str, ...] = ()
    """The scopes for which it is the authoritative source."""
    period: Period | None = None
    condition: str = ""

    @property
    def card(self) -> Card:
        """What a list tells of it."""
        return self.hit.card


@dataclass(frozen=True, slots=True)
class Located:
    """The answer: what was recognised, who answers for it, who holds it, and what is called alike.

    ``found`` are the holders; ``beside`` match by words alone and are there on the first page of a
    recognised element only.
    """

    element: DataElement | None
    offers: tuple[DataElement, ...]
    authorities: tuple[ClaimView, ...]
    found: Found
    holdings: tuple[Holding, ...]
    beside: Found | None = None


def read(args: MultiDict[str, str], viewer: Viewer) -> SearchRequest:
    """The search for an item's holders, for what lies somewhere, or for both at once."""
    item = searching.one(args, "item")
    asked = searching.read(args, viewer, FACETS)
    if not item and not any(place in asked.filters for place in PLACES):
        message = Text("请给出信息项名称、范围或区划", "name an item, a box or a division")
        raise wrong("item", message)
    return replace(asked, text=item, only_items=bool(item))


def way(args: MultiDict[str, str]) -> str:
    """How the words are to be understood."""
    return searching.choice(args, "by", WAYS)


def locate(
    database: Database, viewer: Viewer, asked: SearchRequest, ask: Ask, by: str = ELEMENT
) -> Located:
    """Find who holds what is asked for. Raises BadQuery and EngineUnavailable."""
    with database.reading() as db:
        known = registry(db)
        meant = recognise(known, asked.text)
        element = meant.element if by == ELEMENT else None
        carried = linking.holders(known, linking.said(db), element) if element else None
        standing = tuple(claims.standing(db, viewer, element.code)) if element else ()
    if element and carried:
        found = ask(_carriers(asked, carried))
        if found.total or asked.cursor:
            beside = None if asked.cursor else _beside(asked, carried, ask)
            holdings = _holdings(database, viewer, element, found, standing)
            return Located(element, meant.offers, standing, found, holdings, beside)
    found = ask(asked)
    plain = tuple(map(Holding, found.hits))
    return Located(element or None, _others(meant.element, meant.offers), standing, found, plain)


def _others(
    element: DataElement | None, offers: tuple[DataElement, ...]
) -> tuple[DataElement, ...]:
    return offers or ((element,) if element else ())


def _carriers(asked: SearchRequest, carried: Clause) -> SearchRequest:
    """What carries the element, what was brought up to date last first."""
    sort = "updated" if asked.sort == searching.SORTS[0] else asked.sort
    return replace(asked, text="", only_items=False, where=carried, sort=sort)


def _beside(asked: SearchRequest, carried: Clause, ask: Ask) -> Found | None:
    """What is merely called alike; nothing where not all words are there."""
    found = ask(replace(asked, where=Not(carried), size=BESIDE, facets=()))
    return None if found.relaxed or not found.total else found


def _holdings(
    database: Database,
    viewer: Viewer,
    element: DataElement,
    found: Found,
    standing: tuple[ClaimView, ...],
) -> tuple[Holding, ...]:
    """The hits with what their cards do not tell, the authoritative sources first."""
    named = [hit.card.identifier for hit in found.hits]
    with database.reading() as db:
        items = linking.items_of(db, viewer, element.code, named)
        told = {
            view.identifier: summarize(view.served.descriptor)
            for view in entries.some(db, viewer, named)
            if view.served
        }
    scopes = _scopes(standing)
    made = []
    for hit in found.hits:
        name = hit.card.identifier
        said = told.get(name)
        made.append(
            Holding(
                hit,
                tuple(items.get(name, ())),
                scopes.get(name, ()),
                said.period if said else None,
                said.sharing_condition if said else "",
            )
        )
    return tuple(sorted(made, key=lambda each: not each.authority))


def _scopes(standing: tuple[ClaimView, ...]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for each in standing:
        if each.entry:
            name = each.entry.identifier
            found[name] = (*found.get(name, ()), each.division)
    return found
