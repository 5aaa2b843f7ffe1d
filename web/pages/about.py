"""What this directory is, the reference of the metadata standard, and counts."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from catalog.errors import NotFound
from search.finding import find
from search.request import SearchRequest
from standards.codelists import codelist
from standards.profile import KINDS, Element, Level, profile
from web.labels import LISTS
from web.pages.searching import served
from web.pages.shown import standard_of
from web.signin import parts

pages = Blueprint("about", __name__)
COUNTED = ("kind", "disclosure", "sharing", "topic", "agency", "format")
LISTED = 15


@pages.get("/about")
def page() -> ResponseReturnValue:
    """What it is, for whom, and what it is not."""
    return render_template("about.html", kinds=[profile(kind) for kind in KINDS])


@pages.get("/reference/<kind:kind>")
def reference(kind: str) -> ResponseReturnValue:
    """Every element of a profile, as the standard's data has it."""
    known = profile(kind)
    return render_template(
        "reference.html",
        known=known,
        kinds=[profile(each) for each in KINDS],
        levels=list(Level),
        standard_of=standard_of,
        codes_of=_codes,
    )


@pages.get("/reference/codes/<name>")
def codes(name: str) -> ResponseReturnValue:
    """A code list."""
    try:
        listed = codelist(name)
    except KeyError:
        raise NotFound(f"code list {name}") from None
    return render_template("codes.html", listed=listed)


@pages.get("/statistics")
def statistics() -> ResponseReturnValue:
    """How much there is of what, counted over what the reader may see."""
    request = SearchRequest(text="", visibility=served(), size=0, facets=COUNTED)
    found = find(parts().engine, request)
    counts = {
        name: [(b.value, b.count) for b in buckets if b.value and _at_top(name, b.value)][:LISTED]
        for name, buckets in found.facets.items()
    }
    return render_template("statistics.html", total=found.total, counts=counts)


def _codes(element: Element) -> str:
    """The code list of an element, if it has one of its own."""
    return element.codelist or ""


def _at_top(name: str, value: str) -> bool:
    """Of a list of classes only the classes: a subclass is counted in its class."""
    found = [code for listed in LISTS.get(name, ()) if (code := codelist(listed).get(value))]
    return not found or any(code.parent is None for code in found)
