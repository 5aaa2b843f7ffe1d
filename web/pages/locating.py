"""Locating: who holds a datum and how to get it; and what lies here, on a map or in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from search.finding import FoundHit
from search.highlighting import mark, needles
from standards.summary import Item
from web import searching, seeing
from web.language import current_language
from web.pages.facets import chips, facets
from web.pages.searching import served
from web.signin import current_viewer

pages = Blueprint("locating", __name__)
FACETS = ("agency", "sharing", "disclosure")
HOLDERS = 60


@dataclass(frozen=True, slots=True)
class Holding:
    """An entry with those of its items that were asked for."""

    hit: FoundHit
    items: tuple[tuple[str, Item], ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """An agency with its entries that hold the item."""

    code: str
    name: str
    holdings: tuple[Holding, ...]


@pages.get("/locate")
def locate() -> ResponseReturnValue:
    """Who holds a data item: by agency, each with type, sharing and the way to it."""
    args: MultiDict[str, str] = MultiDict(request.args.items(multi=True))
    asked = args.get("item", "") or args.get("q", "")
    if not asked.strip():
        return render_template("locate.html", asked="", found=None)
    args["q"] = asked
    wanted = searching.read(args, current_viewer(), FACETS)
    wanted = replace(wanted, visibility=served(), only_items=True, size=HOLDERS)
    found = seeing.found(wanted)
    holders: dict[str, list[FoundHit]] = {}
    for hit in found.hits:
        holders.setdefault(hit.card.agency, []).append(hit)
    words = needles(found.words)
    return render_template(
        "locate.html",
        asked=asked.strip(),
        found=found,
        holders=[
            Holder(code, hits[0].card.agency_name, tuple(_holding(hit, words) for hit in hits))
            for code, hits in holders.items()
        ],
        facets=facets(found.facets, FACETS, found.total),
        chips=chips(wanted.filters, current_language()),
    )


def _holding(hit: FoundHit, words: tuple[str, ...]) -> Holding:
    """The entry with the items that hold a word asked for, marked."""
    marked = ((mark(item.name, words), item) for item in hit.card.items)
    return Holding(hit, tuple(pair for pair in marked if "<mark>" in pair[0])[:12])
