"""Offers as links: other ways to read a query, and searches that ask for less."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from search.understanding.offering import Offer
from search.understanding.parts import Kind
from search.understanding.telling import sentence
from search.understanding.trying import Attempt
from web.language import current_language
from web.pages import address
from web.pages.words import list_label, told


@dataclass(frozen=True, slots=True)
class Link:
    """Where to go, and what for."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer in words, with what it finds; ``more`` leads to other views of the same."""

    text: str
    url: str
    count: int
    more: tuple[Link, ...] = ()


def offered(offer: Offer) -> Offered:
    """A reading leads to a search, a data item to its holders."""
    text = told(sentence(offer))
    if offer.item:
        return Offered(text, url_for("locating.locate", item=offer.item), offer.count)
    url = _search(offer.rest, offer.filters, keep=True)
    return Offered(text, url, offer.count, tuple(_views(offer)))


def tried(attempt: Attempt) -> Offered:
    """A search that asks for less."""
    url = _search(attempt.text, attempt.filters, keep=False)
    if not attempt.dropped:
        return Offered(_("只查“%(words)s”", words=attempt.text), url, attempt.count)
    between = ", " if current_language() == "en" else "、"
    named = between.join(list_label(name) for name in attempt.dropped)
    return Offered(_("不限%(filters)s", filters=named), url, attempt.count)


def _search(text: str, filters: Mapping[str, Sequence[str]], *, keep: bool) -> str:
    """The search page with these words and filters, within those that are chosen already if
    they are to be kept."""
    kept = address.pairs(["q", "sort"]) if keep else []
    given = [(name, value) for name, values in filters.items() for value in values]
    return address.here([("q", text), *kept, *given] if text else [*kept, *given])


def _views(offer: Offer) -> list[Link]:
    """Other pages that show the same: the map of a place, the page of an agency."""
    found = []
    for part in offer.parts:
        if part.kind is Kind.PLACE:
            given = {"q": [offer.rest] if offer.rest else [], **offer.filters}
            found.append(Link(_("在地图上看"), url_for("places.map_page", **given)))  # type: ignore[arg-type]
        if part.kind is Kind.AGENCY and len(offer.parts) == 1 and not offer.rest:
            page = url_for("agencies.page", code=part.meaning.value)
            found.append(Link(_("部门页面"), page))
    return found
