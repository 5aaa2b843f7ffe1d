"""From a request's parameters to a search and back to an answer, the same for pages and the API."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from werkzeug.datastructures import MultiDict

from catalog.viewers import Viewer
from catalog.visibility import clause
from search.card import Card
from search.filters import FILTERS
from search.finding import Found, FoundHit
from search.request import SearchRequest
from standards.problems import Text
from standards.summary import Item
from web import seeing
from web.errors import wrong
from web.labels import Labels
from web.language import Language

SORTS = ("relevance", "issued", "updated", "submitted", "title")
FACETS = ("agency", "kind", "topic", "disclosure", "sharing")
COUNTED = tuple(item.name for item in FILTERS if item.field is not None)
"""Filters whose values can be counted."""
SIZE, MOST = 20, 100
LONGEST = 500
TAG = re.compile(r"</?mark>")
CURSOR_LONGEST = 4_000
VALUES_MOST = 50
FILTER_PARAMETERS = tuple(name for item in FILTERS for name in item.parameters)


@dataclass(frozen=True, slots=True)
class Searched:
    """What was found, and how long it took."""

    request: SearchRequest
    found: Found
    milliseconds: float


def read(
    args: MultiDict[str, str], viewer: Viewer, facets: tuple[str, ...] = FACETS
) -> SearchRequest:
    """The search that the parameters ask for, seen with this viewer's eyes.

    A parameter that cannot be read is told by name (422); unknown ones are left to others.
    """
    return SearchRequest(
        text=one(args, "q", longest=LONGEST),
        filters=filters(args),
        visibility=clause(viewer),
        sort=choice(args, "sort", SORTS),
        size=number(args, "size", SIZE, 1, MOST),
        cursor=one(args, "cursor", longest=CURSOR_LONGEST) or None,
        facets=facets,
    )


def filters(args: MultiDict[str, str]) -> dict[str, list[str]]:
    """The filters' parameters with their values, blanks left out."""
    found: dict[str, list[str]] = {}
    for name in FILTER_PARAMETERS:
        values = [value.strip() for value in args.getlist(name) if value.strip()]
        if len(values) > VALUES_MOST or any(len(value) > LONGEST for value in values):
            raise wrong(name, Text("取值过多或过长", "has too many or too long values"))
        if values:
            found[name] = values
    return found


def facets(args: MultiDict[str, str]) -> tuple[str, ...]:
    """What the caller wants counted, parted by commas; nothing when it is given empty."""
    if "facets" not in args:
        return FACETS
    one(args, "facets")
    chosen = tuple(dict.fromkeys(args["facets"].split(","))) if args["facets"] else ()
    if set(chosen) - set(COUNTED):
        listed = ", ".join(COUNTED)
        raise wrong("facets", Text(f"应取自：{listed}", f"are some of {listed}"))
    return chosen


def search(request: SearchRequest) -> Searched:
    """Ask the engine."""
    start = time.perf_counter()
    found = seeing.found(request)
    return Searched(request, found, (time.perf_counter() - start) * 1000)


def one(args: MultiDict[str, str], name: str, longest: int = LONGEST) -> str:
    """A parameter that may be given once, its control characters blank."""
    values = args.getlist(name)
    if len(values) > 1:
        raise wrong(name, Text("只能出现一次", "may be given once"))
    if not values:
        return ""
    if len(values[0]) > longest:
        raise wrong(name, Text(f"不得超过 {longest} 个字符", f"may have {longest} characters"))
    return "".join(c if c.isprintable() else " " for c in values[0]).strip()


def number(args: MultiDict[str, str], name: str, default: int, least: int, most: int) -> int:
    """A whole number within bounds."""
    text = one(args, name)
    if name not in args:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise wrong(name, Text(f"应为 {least} 到 {most} 的整数", f"is a number {least} to {most}"))
    return int(text)


def choice(args: MultiDict[str, str], name: str, choices: tuple[str, ...]) -> str:
    """One of some words; the first when nothing is given."""
    text = one(args, name)
    if name not in args:
        return choices[0]
    if text not in choices:
        listed = ", ".join(choices)
        raise wrong(name, Text(f"应为其中之一：{listed}", f"is one of {listed}"))
    return text


def answer(searched: Searched, labels: Labels, language: Language) -> dict[str, Any]:
    """The search answer of the API, ready to be written as JSON."""
    found = searched.found
    return {
        "total": found.total,
        "took_ms": round(searched.milliseconds, 2),
        "entries": [entry(hit) for hit in found.hits],
        "facets": {
            name: [
                {
                    "value": bucket.value,
                    "label": labels.of(name, bucket.value, language),
                    "count": bucket.count,
                }
                for bucket in buckets
            ]
            for name, buckets in found.facets.items()
        },
        "next": found.next,
        "relaxed": found.relaxed,
        "corrected": found.corrected,
    }


def entry(hit: FoundHit) -> dict[str, Any]:
    """One entry of a list, with its marked texts."""
    return {**brief(hit.card), "highlight": _plain(hit.highlight)}


def brief(card: Card) -> dict[str, Any]:
    """What a list tells of an entry."""
    end = card.endpoint
    return {
        "identifier": card.identifier,
        "kind": card.kind,
        "title": card.title,
        "abstract": card.abstract,
        "agency": {"code": card.agency, "name": card.agency_name},
        "disclosure": card.disclosure,
        "sharing": card.sharing,
        "issued": card.issued or None,
        "updated": card.updated or None,
        "endpoint": end and {"protocol": end.protocol, "url": end.url, "state": end.state},
        "url": f"/entries/{card.identifier}",
    }


def pointer(card: Card) -> dict[str, Any]:
    """Just enough to show an entry's name and lead there."""
    return {
        "identifier": card.identifier,
        "title": card.title,
        "agency": {"code": card.agency, "name": card.agency_name},
        "url": f"/entries/{card.identifier}",
    }


def matching_items(hit: FoundHit) -> list[Item]:
    """The data items whose names hold a searched word."""
    marked = hit.highlight.get("items", "")
    names = {unescape(TAG.sub("", part)) for part in marked.split("；")}
    return [item for item in hit.card.items if item.name in names]


def _plain(highlight: Mapping[str, object]) -> dict[str, str]:
    return {name: str(text) for name, text in highlight.items()}
