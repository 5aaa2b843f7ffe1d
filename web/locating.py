"""Locating: who holds a data item and how to get it, and what lies in a box or a division."""

from __future__ import annotations

from dataclasses import replace

from werkzeug.datastructures import MultiDict

from catalog.viewers import Viewer
from search.request import SearchRequest
from standards.problems import Text
from web import searching
from web.errors import wrong

FACETS = ("agency", "sharing")
PLACES = ("bbox", "within", "near", "division")


def read(args: MultiDict[str, str], viewer: Viewer) -> SearchRequest:
    """The search for an item's holders, for what lies somewhere, or for both at once."""
    item = searching.one(args, "item")
    asked = searching.read(args, viewer, FACETS)
    if not item and not any(place in asked.filters for place in PLACES):
        message = Text("请给出信息项名称、范围或区划", "name an item, a box or a division")
        raise wrong("item", message)
    return replace(asked, text=item, only_items=bool(item))
