"""The front page: one search box, and what is inside."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from catalog import agencies
from search.engine import EngineUnavailable
from search.finding import Found
from search.query import Bucket
from search.request import SearchRequest
from standards.codelists import codelist
from web import seeing
from web.labels import LISTS
from web.pages.searching import served
from web.signin import parts

pages = Blueprint("home", __name__)
RECENT = 6
LISTED = 12


@pages.get("/")
def page() -> ResponseReturnValue:
    """Answers also while the search engine does not."""
    try:
        found = _newest()
    except EngineUnavailable:
        return render_template("home.html", down=True)
    with parts().database.reading() as db:
        organs = {agency.code: agency for agency in agencies.every(db)}
    leaves = organs.keys() - {agency.parent for agency in organs.values()}
    return render_template(
        "home.html",
        total=found.total,
        kinds=_counts(found.facets["kind"]),
        agencies=len(organs),
        recent=found.hits,
        topics=[pair for pair in _counts(found.facets["topic"]) if _is_class(pair[0])][:LISTED],
        organs=[pair for pair in _counts(found.facets["agency"]) if pair[0] in leaves][:LISTED],
    )


def _newest() -> Found:
    facets = ("kind", "topic", "agency")
    request = SearchRequest(text="", visibility=served(), sort="issued", size=RECENT, facets=facets)
    return seeing.found(request)


def _counts(buckets: tuple[Bucket, ...]) -> list[tuple[str, int]]:
    return [(bucket.value, bucket.count) for bucket in buckets if bucket.value]


def _is_class(code: str) -> bool:
    """Whether a theme stands at the top of its classification."""
    found = (codelist(name).get(code) for name in LISTS["topic"])
    return any(each is not None and each.parent is None for each in found)
