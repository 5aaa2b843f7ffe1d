"""The search page: what was found, in a sentence, with facets and the way to each resource."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from catalog.visibility import clause
from search.card import Stage
from search.clauses import Clause, Every, Term
from search.request import SearchRequest
from web import peering, searching, seeing
from web.language import current_language
from web.pages.facets import chips, facets
from web.signin import current_viewer

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
    page = render_template(
        "search.html",
        alongside=alongside,
        has_peers=peering.there_are(),
        searched=searched,
        found=searched.found,
        everything=total(asked.visibility),
        facets=facets(searched.found.facets, FACETS, searched.found.total),
        chips=chips(asked.filters, current_language()),
        sort=asked.sort,
    )
    return peering.guard(make_response(page), alongside)


def served() -> Clause:
    """What the viewer may see of what is served; drafts have pages of their own."""
    return Every((clause(current_viewer()), SERVED))


def total(visibility: Clause) -> int:
    """How many entries there are for this viewer."""
    return seeing.found(SearchRequest(text="", visibility=visibility, size=0)).total
