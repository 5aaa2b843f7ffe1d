"""The search page: what was found, in a sentence, with facets and the way to each resource."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from catalog.visibility import clause
from search.card import Stage
from search.clauses import Clause, Every, Term
from search.finding import Found, FoundHit
from search.request import SearchRequest
from search.understanding.offering import named
from search.understanding.trying import attempts
from web import peering, searching, seeing, understanding
from web.language import current_language
from web.pages.facets import chips, facets
from web.pages.offered import Offered, offered, tried
from web.searching import Searched
from web.signin import current_viewer, parts

pages = Blueprint("search", __name__)
FACETS = ("kind", "agency", "topic", "disclosure", "sharing", "format", "validity", "endpoint")
SERVED = Term("stage", (Stage.SERVED.value,))


@pages.get("/search")
def results() -> ResponseReturnValue:
    """Search, by words, filters or both; with neither everything is listed, newest first."""
    args: MultiDict[str, str] = MultiDict(request.args.items(multi=True))
    if not args.get("q", "").strip() and not args.get("sort"):
        args["sort"] = "issued"
    asked = replace(searching.read(args, current_viewer(), FACETS), visibility=served())
    searched = searching.search(asked)
    here = [hit.card.identifier for hit in searched.found.hits]
    alongside = peering.asked_along(args, here)
    offers = [offered(each) for each in understanding.meant(searched).offers]
    page = render_template(
        "search.html",
        alongside=alongside,
        has_peers=peering.there_are(),
        searched=searched,
        found=searched.found,
        offers=offers,
        attempts=[] if offers else _attempts(searched),
        named={hit.card.key for hit in searched.found.hits if is_named(hit, searched.found)},
        everything=total(asked.visibility),
        facets=facets(searched.found.facets, FACETS, searched.found.total),
        chips=chips(asked.filters, current_language()),
        sort=asked.sort,
    )
    return peering.guard(make_response(page), alongside)


def served() -> Clause:
    """What the viewer may see of what is served; drafts have pages of their own."""
    return Every((clause(current_viewer()), SERVED))


def _attempts(searched: Searched) -> list[Offered]:
    made = attempts(parts().engine, searched.request, searched.found)
    return [tried(each) for each in made]


def is_named(hit: FoundHit, found: Found) -> bool:
    """Whether the entry's own number was typed."""
    return named(hit.card, found.words) == "number"


def total(visibility: Clause) -> int:
    """How many entries there are for this viewer."""
    return seeing.found(SearchRequest(text="", visibility=visibility, size=0)).total
