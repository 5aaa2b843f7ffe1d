"""The fields of an index, declared once for every engine."""

from __future__ import annotations

from search import ranking, sounds
from search.query import BadQuery, Query

TEXTS = (*ranking.TEXTS, sounds.FIELD)
CARD_CODES = (
    "key",
    "identifier",
    "stage",
    "audience",
    "kind",
    "agency",
    "agency_path",
    "themes",
    "genre",
    "validity",
    "cycle",
    "formats",
    "disclosure",
    "disclosure_ground",
    "sharing",
    "sharing_ground",
    "divisions",
    "state",
    "source",
    "endpoint_state",
)
"""Those that a card has by these names."""
MADE_CODES = ("title_keys", "number_keys", "item_keys")
CODES = (*CARD_CODES, *MADE_CODES)
"""Compared as a whole (``Term``)."""

BEGINNINGS = ("begins", "agency_begins")
"""What suggestions compare: of titles and numbers, and of agencies."""

UNCOUNTED = frozenset({"key", "identifier", *MADE_CODES})
FACETED = tuple(name for name in CODES if name not in UNCOUNTED)
"""Codes that can be counted."""

MOMENTS = ("written", "issued", "updated", "submitted")
"""Dates and moments (``Range``), kept as numbers."""

ORDERS = ("issued", "updated", "submitted", "title")
"""Orders of the cards, each with the key behind it so that no two cards tie."""

SORTS = {"relevance": "issued", "issued": "issued", "updated": "updated"} | {
    "submitted": "submitted",
    "title": "title",
}
"""By the name of a sort: the order within (a tier of) it."""


def check(query: Query) -> None:
    """Raises BadQuery for a sort or a facet that there is none of."""
    if query.sort not in SORTS:
        raise BadQuery("sort", f"one of {', '.join(SORTS)} is expected")
    unknown = sorted(set(query.facets) - set(FACETED))
    if unknown:
        raise BadQuery("facets", f"{', '.join(unknown)} cannot be counted")
