"""Locating through the API: the holders of a data item, or what lies in a place."""

from __future__ import annotations

from flask import Response, request

from web import elements as told_as
from web import locating, seeing
from web.api import parameters
from web.api.element_shapes import Authority, ElementAnswer
from web.api.resource import Resource
from web.api.shapes import EntryBrief, Shape, amount, flag, listed, nested, number, text
from web.jsonio import answer
from web.signin import current_viewer, parts

api = Resource(
    "api-locate", __name__, url_prefix="/api/v1", description="Who holds what, and where"
)


BY = "`words`: only what is called so, whatever data element the words mean"


class HeldItem(Shape):
    """A data item of the resource."""

    name = text()
    type = text()
    definition = text()
    link = text(description="proposed or confirmed to carry the element; empty: by its words alone")


class Time(Shape):
    """The time that the content covers; an open side is empty."""

    begin = text()
    end = text()


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
    cycle = text(description="How often it is brought up to date; empty where it is not told")
    period = nested(Time, allow_none=True)
    condition = text(description="Of sharing")
    authoritative = listed(text(), description="Divisions for which it is the one source; '' all")


class Located(Shape):
    """Who holds it, or what lies there."""

    total = number()
    entries = listed(nested(LocatedEntry))
    next = text(allow_none=True)
    relaxed = flag()
    element = nested(ElementAnswer, allow_none=True)
    offers = listed(nested(ElementAnswer), description="Elements that may be meant")
    authorities = listed(nested(Authority), description="Who answers for the element, and where")
    beside = listed(nested(LocatedEntry), description="Called alike, and not known to carry it")


@api.get("/locate")
@api.doc(
    parameters=[
        parameters.words("The name of a data item, e.g. 统一社会信用代码", "item"),
        parameters.query("by", {"type": "string", "enum": list(locating.WAYS)}, BY),
        *parameters.filters("stage", "audience", "state", "age", "source"),
        *parameters.paging(),
    ]
)
@api.response(200, Located)
def locate() -> Response:
    """Say who holds a data item and where it is offered, or what lies in a box or a division.

    A name, synonym or the pinyin of a data element finds what carries it, whatever each agency
    calls it, the authoritative sources first. At least one of `item`, `bbox`, `within`, `near`
    and `division` is needed.
    """
    viewer, by = current_viewer(), locating.way(request.args)
    asked = locating.read(request.args, viewer)
    made = locating.locate(parts().database, viewer, asked, seeing.found, by)
    found = made.found
    return answer(
        {
            "total": found.total,
            "entries": [told_as.holding(each, asked.text) for each in made.holdings],
            "next": found.next,
            "relaxed": found.relaxed,
            "element": made.element and told_as.element(made.element),
            "offers": [told_as.element(each) for each in made.offers],
            "authorities": [told_as.authority(each) for each in made.authorities],
            "beside": [
                told_as.holding(locating.Holding(hit), asked.text)
                for hit in (made.beside.hits if made.beside else ())
            ],
        }
    )
