"""Turns entries into cards, the flat form that search engines hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from catalog import agencies
from catalog.agencies import AgencyView
from catalog.endpoints import keeping as endpoints
from catalog.tables import Entry, Version
from catalog.writing import State
from search.card import Audience, Card, CardEndpoint, Stage
from search.engine import Removal
from standards.descriptor import Descriptor
from standards.summary import Endpoint, Summary, redact, summarize

PENDING = "~pending"
_COLUMNS = (
    *(Entry.identifier, Entry.agency, Entry.changed, Entry.state, Entry.source),
    *(Entry.served, Entry.pending, Entry.updated, Entry.served_at, Entry.submitted_at),
    *(Version.number, Version.kind, Version.audience, Version.values.label("told")),
)
"""What a card is made of: read as columns, since an index is filled with very many."""
_OF_ITS_OWN = {"provider", "numbers", "endpoint"}
"""What a card tells in another way than the Summary."""
_SAID = {each.name for each in fields(Card)} & {each.name for each in fields(Summary)} - _OF_ITS_OWN
"""What the descriptor says, told as the Summary tells it."""


def keys_of(identifier: str) -> dict[Stage, str]:
    """The keys of an entry's cards."""
    return {Stage.SERVED: identifier, Stage.PENDING: identifier + PENDING}


def entry_of(key: str) -> str:
    """The entry that a card's key belongs to."""
    return key.removesuffix(PENDING)


def cards(session: Session, identifiers: Sequence[str]) -> list[Card]:
    """The cards of the entries as they stand: of the served and of the pending version."""
    rows = session.execute(
        select(*_COLUMNS)
        .join(Version, Version.entry == Entry.identifier)
        .where(Entry.identifier.in_(set(identifiers)))
        .where(or_(Version.number == Entry.served, Version.number == Entry.pending))
    ).all()
    organs = agencies.some(session, {row.agency for row in rows})
    made = [
        _card(row, stage, organs[row.agency])
        for row in rows
        for stage, number in ((Stage.SERVED, row.served), (Stage.PENDING, row.pending))
        if row.number == number
    ]
    return _with_states(session, made)


def current(session: Session, identifiers: Sequence[str]) -> list[Card | Removal]:
    """What an index must know of the entries now: their cards, and which cards are no more."""
    wanted = list(dict.fromkeys(identifiers))
    found = cards(session, wanted)
    present = {card.key for card in found}
    query = select(Entry.identifier, Entry.changed).where(Entry.identifier.in_(wanted))
    gone = [
        Removal(key, changed)
        for identifier, changed in session.execute(query)
        for key in keys_of(identifier).values()
        if key not in present
    ]
    return [*found, *gone]


def _card(row: Row[Any], stage: Stage, agency: AgencyView) -> Card:
    """Built from what everybody may see of the version: no search can find by more than that."""
    summary = summarize(redact(Descriptor(row.kind, row.told), Audience.PUBLIC.value))
    pending = stage is Stage.PENDING
    numbers = (row.identifier, *(number.text for number in summary.numbers))
    return Card(
        key=keys_of(row.identifier)[stage],
        version=row.changed,
        identifier=row.identifier,
        stage=stage,
        audience=Audience(row.audience),
        agency=agency.code,
        agency_name=agency.name,
        agency_path=agency.path,
        agency_names=(agency.name, *agency.short_names),
        provider="、".join(summary.providers),
        numbers=tuple(dict.fromkeys(numbers)),
        updated=_told(row.updated if pending else row.served_at),
        submitted=_told(row.submitted_at) if pending else "",
        state=row.state if pending else State.PUBLISHED.value,
        source=row.source or "",
        endpoint=_endpoint(summary.endpoint),
        **{name: getattr(summary, name) for name in _SAID},
    )


def _with_states(session: Session, made: list[Card]) -> list[Card]:
    """The cards with what probes found of their endpoints."""
    found = endpoints.states(session, {card.endpoint.url for card in made if card.endpoint})
    if not found:
        return made
    return [
        replace(card, endpoint=replace(card.endpoint, state=found[card.endpoint.url]))
        if card.endpoint and card.endpoint.url in found
        else card
        for card in made
    ]


def _endpoint(endpoint: Endpoint | None) -> CardEndpoint | None:
    return CardEndpoint(endpoint.protocol, endpoint.url) if endpoint else None


def _told(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""
