"""Search and suggestions. The answer is written straight from the cards, for speed."""

from __future__ import annotations

from flask import Response, current_app, request
from marshmallow import fields

from catalog.visibility import clause
from web import peering, searching, seeing, understanding
from web.api import parameters
from web.api.resource import Resource
from web.api.shapes import (
    AgencyBrief,
    EntryBrief,
    Shape,
    amount,
    flag,
    listed,
    mapped,
    nested,
    number,
    text,
)
from web.jsonio import answer
from web.language import current_language
from web.signin import current_viewer, parts

api = Resource("api-search", __name__, url_prefix="/api/v1", description="Finding entries")

OPENSEARCH = "application/x-suggestions+json"
OPENSEARCH_SHAPE = {"type": "array", "description": "What was typed, then three lists as long"}


class FoundEntry(EntryBrief):
    """An entry that was found; `highlight` holds safe HTML with the words in <mark>."""

    highlight = mapped(fields.String())


class Bucket(Shape):
    """How many of the found entries have a value."""

    value = text()
    label = text()
    count = number()


class PeerEntry(Shape):
    """An entry that a peer found."""

    identifier = text()
    title = text()
    agency = text()
    issued = text(allow_none=True)
    url = text(description="Its address at the peer")


class PeerAnswer(Shape):
    """What a peer said; entries that are here too, or at a peer named before, are left out."""

    name = text()
    url = text()
    answered = flag()
    reason = text(allow_none=True, description="Why it did not answer")
    total = number()
    entries = listed(nested(PeerEntry))


class QueryPart(Shape):
    """A piece of the query and one thing that it may mean."""

    kind = text(
        description="number, place, agency, year, item, theme, genre, disclosure, sharing, kind"
    )
    said = text(description="As typed")
    start = number()
    end = number(description="The place behind its last character")
    value = text(description="A code, a number, a year, or a range of years")
    label = text()
    filters = mapped(listed(text()), description="The parameters that it stands for")
    extent = fields.List(
        fields.Float(),
        required=True,
        allow_none=True,
        metadata={"description": "Of a place: west, south, east, north"},
    )


class Offer(Shape):
    """Another way to ask the same, which finds something for you."""

    sentence = text()
    q = text(description="What is left to search for")
    item = text(allow_none=True, description="A data item whose holders `/locate` tells")
    filters = mapped(listed(text()), description="Parameters to put in its place")
    count = number()


class Understood(Shape):
    """What the query may mean; nothing of it takes part in the search."""

    parts = listed(nested(QueryPart))
    offers = listed(nested(Offer))


class SearchAnswer(Shape):
    """What was found."""

    total = number()
    took_ms = amount()
    entries = listed(nested(FoundEntry))
    facets = mapped(listed(nested(Bucket)), description="By the filter's name")
    next = text(allow_none=True, description="The cursor of the following page")
    relaxed = flag(description="No entry held every word; these hold some")
    corrected = text(allow_none=True, description="What was searched, since nothing held the words")
    understood = nested(Understood)
    complete = flag(required=False, description="With `peers=1`: whether every peer answered")
    peers = listed(nested(PeerAnswer), required=False, description="With `peers=1`")


class Suggestion(Shape):
    """An entry that begins as typed."""

    identifier = text()
    title = text()
    agency = nested(AgencyBrief)
    url = text()


class SuggestedName(Shape):
    """An agency, a place, a theme or a data element that begins as typed."""

    kind = text(description="agency, place, theme, item")
    kind_label = text()
    value = text()
    label = text()
    url = text(description="The page that shows what there is of it")


class Suggestions(Shape):
    """Names and entries that begin as typed, also in pinyin or its initials."""

    names = listed(nested(SuggestedName))
    suggestions = listed(nested(Suggestion))


@api.get("/search")
@api.doc(
    parameters=[
        *parameters.search(),
        parameters.facets(),
        parameters.query(
            peering.PARAMETER,
            {"type": "string", "enum": ["0", "1"], "default": "0"},
            "1: the directories that this one asks along are asked too",
        ),
    ]
)
@api.response(200, SearchAnswer)
def search() -> Response:
    """Search the entries that are open to you.

    All words must match; when nothing does, most of them (`relaxed`). Several values of a filter
    mean any of them, several filters mean all. Facets count without their own filter.
    """
    asked = searching.read(request.args, current_viewer(), searching.facets(request.args))
    found = searching.search(asked)
    labels, language = current_app.extensions["mulu-labels"], current_language()
    told = searching.answer(found, labels, language)
    told["understood"] = understanding.answer(understanding.meant(found), language)
    here = [each["identifier"] for each in told["entries"]]
    alongside = peering.asked_along(request.args, here)
    if alongside is not None:
        told |= peering.told(alongside, language)
    return peering.guard(answer(told), alongside)


@api.get("/suggest")
@api.doc(
    parameters=[
        parameters.words("The beginning of a title, a number or an agency's name, or its pinyin"),
        parameters.paging(default=8, most=20)[0],
        parameters.query(
            "as", {"type": "string", "enum": ["json", "opensearch"]}, "For a browser's search bar"
        ),
    ]
)
@api.response(200, Suggestions)
@api.response(200, OPENSEARCH_SHAPE, content_type=OPENSEARCH)
def suggest() -> Response:
    """Suggest names and entries while a person types; each finds something that is open to you."""
    prefix = searching.one(request.args, "q")
    size = searching.number(request.args, "size", 8, 1, 20)
    seen, language = clause(current_viewer()), current_language()
    meanings = understanding.suggested(prefix, seen) if prefix else ()
    hits = parts().engine.suggest(prefix, seen, size) if prefix else []
    cards = seeing.cards(hit.card for hit in hits)
    names = [understanding.suggestion(each, language) for each in meanings]
    if searching.choice(request.args, "as", ("json", "opensearch")) == "opensearch":
        rows = [
            *((each["label"], each["kind_label"], each["url"]) for each in names),
            *((card.title, card.agency_name, f"/entries/{card.identifier}") for card in cards),
        ]
        columns = [list(column) for column in zip(*rows[:size], strict=True)] or [[], [], []]
        return answer([prefix, *columns], media_type=OPENSEARCH)
    pointers = [searching.pointer(card) for card in cards]
    return answer({"names": names, "suggestions": pointers})
