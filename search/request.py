"""What a page, the API or the command line asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from search.clauses import EVERYTHING, Clause


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search. ``filters`` holds the values of the filters' parameters, ``facets`` names
    filters to count. Like a query it has no default for ``visibility``.
    """

    text: str
    visibility: Clause
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = "relevance"
    size: int = 20
    cursor: str | None = None
    facets: tuple[str, ...] = ()
    only_items: bool = False
    where: Clause = EVERYTHING
    """What must hold besides, and is no filter that somebody chose."""
