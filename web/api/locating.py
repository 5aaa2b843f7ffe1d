"""Locating through the API: the holders of a data item, or what lies in a place."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from search.card import Card
from search.finding import FoundHit
from web import locating, searching
from web.api import parameters
from web.api.resource import Resource
from web.api.shapes import EntryBrief, Shape, amount, flag, listed, nested, number, text
from web.jsonio import answer
from web.signin import current_viewer

api = Resource(
    "api-locate", __name__, url_prefix="/api/v1", description="Who holds what, and where"
)


class HeldItem(Shape):
    """A data item of the resource."""

    name = text()
    type = text()
    definition = text()


class Box(Shape):
    """Decimal degrees (WGS 84); west > east crosses the anti-meridian."""

    west = amount()
    south = amount()
    east = amount()
    north = amount()


class LocatedEntry(EntryBrief):
    """An entry that holds the item or lies in the place."""

    items = listed(nested(HeldItem), description="The items that match, or none asked for")
    box = nested(Box, allow_none=True)
    divisions = listed(text())


class Located(Shape):
    """Who holds it, or what lies there."""

    total = number()
    entries = listed(nested(LocatedEntry))
    next = text(allow_none=True)
    relaxed = flag()


@api.get("/locate")
@api.doc(
    parameters=[
        parameters.words("The name of a data item, e.g. 统一社会信用代码", "item"),
        *parameters.filters("stage", "audience", "state", "age", "source"),
        *parameters.paging(),
    ]
)
@api.response(200, Located)
def locate() -> Response:
    """Say who holds a data item and where it is offered, or what lies in a box or a division.

    At least one of `item`, `bbox`, `within`, `near` and `division` is needed.
    """
    asked = locating.read(request.args, current_viewer())
    found = searching.search(asked).found
    told = [located(hit, asked.text) for hit in found.hits]
    rest = {"next": found.next, "relaxed": found.relaxed}
    return answer({"total": found.total, "entries": told, **rest})


def located(hit: FoundHit, item: str) -> dict[str, Any]:
    """One holder, with those of its items that match."""
    card: Card = hit.card
    box = card.box
    return {
        **searching.brief(card),
        "items": [
            {"name": each.name, "type": each.type, "definition": each.definition}
            for each in (searching.matching_items(hit) if item else ())
        ],
        "box": box and {"west": box.west, "south": box.south, "east": box.east, "north": box.north},
        "divisions": list(card.divisions),
    }
