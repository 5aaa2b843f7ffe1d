"""Locating: who holds a datum and how to get it; and what lies here, on a map or in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import escape
from werkzeug.datastructures import MultiDict

from catalog.elements import scopes
from catalog.elements.claims import ClaimView
from search.highlighting import mark, needles
from standards.summary import Summary, summarize
from web import locating, searching, seeing
from web.language import current_language
from web.locating import Holding
from web.pages.facets import chips, facets
from web.pages.searching import served
from web.pages.words import told
from web.signin import current_viewer, parts

pages = Blueprint("locating", __name__)
FACETS = ("agency", "sharing", "disclosure")
HOLDERS = 40
ITEMS = 12


@dataclass(frozen=True, slots=True)
class Held:
    """An entry with its items that were asked for, marked, each with how it is known."""

    holding: Holding
    items: tuple[tuple[str, str, str], ...]
    """What the item is called (HTML), its type, and ``proposed``, ``confirmed`` or nothing."""


@dataclass(frozen=True, slots=True)
class Holder:
    """An agency with its entries that hold the item."""

    code: str
    name: str
    held: tuple[Held, ...]


@pages.get("/locate")
def locate() -> ResponseReturnValue:
    """Who holds a data item: who answers for it first, then by agency, each with coverage, how up
    to date it is, sharing and the way to it.
    """
    args: MultiDict[str, str] = MultiDict(request.args.items(multi=True))
    asked = args.get("item", "") or args.get("q", "")
    if not asked.strip():
        return render_template("locate.html", asked="", located=None)
    args["q"] = asked
    wanted = searching.read(args, current_viewer(), FACETS)
    wanted = replace(wanted, visibility=served(), only_items=True, size=HOLDERS)
    viewer, by = current_viewer(), locating.way(args)
    located = locating.locate(parts().database, viewer, wanted, seeing.found, by)
    words, element = needles(located.found.words), located.element
    return render_template(
        "locate.html",
        asked=asked.strip(),
        located=located,
        found=located.found,
        element=element,
        holders=_holders(located.holdings, words),
        beside=_holders(tuple(map(Holding, located.beside.hits)), needles(located.beside.words))
        if located.beside
        else (),
        authorities=[(each, _answering(each)) for each in located.authorities],
        scope=lambda division: told(scopes.name(division)),
        facets=facets(located.found.facets, FACETS, located.found.total),
        chips=chips(wanted.filters, current_language()),
        by=by,
    )


def _holders(holdings: tuple[Holding, ...], words: tuple[str, ...]) -> tuple[Holder, ...]:
    found: dict[str, list[Holding]] = {}
    for each in holdings:
        found.setdefault(each.card.agency, []).append(each)
    return tuple(
        Holder(code, some[0].card.agency_name, tuple(_held(each, words) for each in some))
        for code, some in found.items()
    )


def _held(holding: Holding, words: tuple[str, ...]) -> Held:
    """The entry with the items that carry the element; where none was recognised, with those that
    hold a word asked for, marked.
    """
    types = {item.name: item.type for item in holding.card.items}
    if holding.items:
        shown = [(str(escape(name)), types.get(name, ""), how) for name, how in holding.items]
    else:
        marked = [(mark(item.name, words), item.type, "") for item in holding.card.items]
        shown = [each for each in marked if "<mark>" in each[0]]
    return Held(holding, tuple(shown[:ITEMS]))


def _answering(claim: ClaimView) -> Summary | None:
    """What an authoritative source says of itself."""
    view = claim.entry
    return summarize(view.served.descriptor) if view and view.served else None
