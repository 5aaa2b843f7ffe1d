"""The agencies: the tree with how much each has registered, and a page for each."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from catalog import agencies, entries
from catalog.agencies import AgencyNode, AgencyView
from catalog.entries import EntryView
from search.card import Audience
from search.engine import EngineUnavailable
from search.finding import Found
from search.request import SearchRequest
from standards.codelists import codelist
from standards.summary import redact, summarize
from web import seeing
from web.labels import LISTS
from web.pages.searching import served
from web.signin import current_viewer, parts

pages = Blueprint("agencies", __name__)
LATEST = 10
HELD = 50


@pages.get("/agencies")
def tree() -> ResponseReturnValue:
    """Every agency under the one above it; without counts while the engine is away."""
    with parts().database.reading() as db:
        nodes = nested(agencies.every(db))
    found = _found({}, 0)
    buckets = found.facets["agency"] if found else ()
    counts = {bucket.value: bucket.count for bucket in buckets}
    return render_template("agencies.html", nodes=nodes, counts=counts, known=found is not None)


@pages.get("/agencies/<code>")
def page(code: str) -> ResponseReturnValue:
    """An agency: what it has registered, by theme, and the newest."""
    with parts().database.reading() as db:
        agency = agencies.get(db, code)
        above = agencies.some(db, agency.path[1:])
        below = [each for each in agencies.every(db) if each.parent == code]
    found = _found({"agency": [code]}, LATEST)
    return render_template(
        "agency.html",
        agency=agency,
        above=[above[each] for each in reversed(agency.path[1:])],
        below=below,
        found=found,
        topics=_classes(found) if found else [],
        held=[] if found else _held(code),
    )


def _held(code: str) -> list[tuple[str, str]]:
    """While the search engine is away: entries of the agency, from the database by number."""
    after = request.args.get("after", "")
    after = after if after.startswith(f"{code}-") else f"{code}-"
    with parts().database.reading() as db:
        views = entries.page(db, current_viewer(), after, HELD)
    listed = seeing.listed(view for view in views if view.agency.code == code)
    return [(view.identifier, _title(view)) for view in listed]


def _title(view: EntryView) -> str:
    """As cards have it: of what everybody may see."""
    return summarize(redact(view.shown.descriptor, Audience.PUBLIC.value)).title


def nested(listed: Sequence[AgencyView]) -> tuple[AgencyNode, ...]:
    """The agencies as a tree."""
    children: dict[str | None, list[AgencyView]] = {}
    known = {agency.code for agency in listed}
    for agency in listed:
        above = agency.parent if agency.parent in known else None
        children.setdefault(above, []).append(agency)

    def below(code: str | None) -> tuple[AgencyNode, ...]:
        return tuple(AgencyNode(each, below(each.code)) for each in children.get(code, ()))

    return below(None)


def _found(filters: dict[str, list[str]], size: int) -> Found | None:
    facets = ("agency", "kind", "topic")
    request = SearchRequest(
        text="", visibility=served(), filters=filters, sort="issued", size=size, facets=facets
    )
    try:
        return seeing.found(request)
    except EngineUnavailable:
        return None


def _classes(found: Found) -> list[tuple[str, int]]:
    tops = {
        code.code for name in LISTS["topic"] for code in codelist(name).codes if not code.parent
    }
    return [
        (bucket.value, bucket.count) for bucket in found.facets["topic"] if bucket.value in tops
    ]
