"""The card: the flat form of an entry that an engine is given and gives back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from standards.summary import Box, Item

UNKNOWN = "unknown"
"""The state of an endpoint that nobody has looked at."""


class Stage(StrEnum):
    """Which version of an entry a card stands for."""

    SERVED = "served"
    PENDING = "pending"


class Audience(StrEnum):
    """Who may know that the record exists (not who may have the resource)."""

    PUBLIC = "public"
    AGENCIES = "agencies"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True)
class CardEndpoint:
    """Where the source system offers the resource, and whether it was found there."""

    protocol: str
    url: str
    state: str = UNKNOWN


@dataclass(frozen=True, slots=True)
class Card:
    """One version of an entry as an engine sees it.

    ``key`` is the entry's identifier, with ``~pending`` behind it for the pending version.
    ``version`` is the sequence number of the change that made the card: an engine ignores an
    older one, so replays are harmless. Codes are those of the code lists; ``*_names`` carry the
    text that people search. Dates are ISO 8601 (``YYYY-MM-DD``), moments are UTC.
    """

    key: str
    version: int
    identifier: str
    stage: Stage
    audience: Audience
    kind: str
    title: str
    agency: str
    agency_name: str
    agency_path: tuple[str, ...]
    """Codes of the agency and of all that stand above it."""
    agency_names: tuple[str, ...] = ()
    """Full and short names, for finding."""
    provider: str = ""
    """The providing organ as the descriptor names it."""
    abstract: str = ""
    numbers: tuple[str, ...] = ()
    """Index, document, call and resource numbers and the identifiers, as displayed."""
    document_number: str = ""
    keywords: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    themes: tuple[str, ...] = ()
    """Theme codes, each with those of the classes above it."""
    theme_names: tuple[str, ...] = ()
    genre: str = ""
    validity: str = ""
    cycle: str = ""
    formats: tuple[str, ...] = ()
    disclosure: str = "undetermined"
    disclosure_ground: str = ""
    sharing: str = "undetermined"
    sharing_ground: str = ""
    divisions: tuple[str, ...] = ()
    """Division codes, each with those of the divisions above it."""
    place_names: tuple[str, ...] = ()
    box: Box | None = None
    written: str = ""
    issued: str = ""
    updated: str = ""
    """When the version was served or, for a pending one, last changed."""
    submitted: str = ""
    """When the pending version was submitted; empty for a served one."""
    state: str = ""
    """Of the pending version: draft, submitted or returned; ``published`` for a served one."""
    source: str = ""
    endpoint: CardEndpoint | None = None

    @property
    def endpoint_state(self) -> str:
        """What probes found of the endpoint; empty where there is none or nobody looked."""
        return self.endpoint.state if self.endpoint and self.endpoint.state != UNKNOWN else ""
