"""Turns entries into cards, the flat form that search engines hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import agencies
from catalog.agencies import AgencyView
from catalog.entries import held
from catalog.tables import Entry, Version
from catalog.versions import descriptor_of
from catalog.writing import State
from search.card import Audience, Card, CardEndpoint, Stage
from search.engine import Removal
from standards.summary import Endpoint, redact, summarize

PENDING = "~pending"


def keys_of(identifier: str) -> dict[Stage, str]:
    """The keys of an entry's cards."""
    return {Stage.SERVED: identifier, Stage.PENDING: identifier + PENDING}


def entry_of(key: str) -> str:
    """The entry that a card's key belongs to."""
    return key.removesuffix(PENDING)


def cards(session: Session, identifiers: Sequence[str]) -> list[Card]:
    """The cards of the entries as they stand: of the served and of the pending version."""
    rows = session.scalars(select(Entry).where(Entry.identifier.in_(set(identifiers)))).all()
    organs = agencies.some(session, {row.agency for row in rows})
    versions = held(session, rows)
    return [
        _card(entry, stage, version, organs)
        for entry in rows
        for stage, number in ((Stage.SERVED, entry.served), (Stage.PENDING, entry.pending))
        if (version := versions.get((entry.identifier, number)))
    ]


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


def _card(entry: Entry, stage: Stage, version: Version, organs: Mapping[str, AgencyView]) -> Card:
    """Built from what everybody may see of the version: no search can find by more than that."""
    summary = summarize(redact(descriptor_of(version), Audience.PUBLIC.value))
    agency, pending = organs[entry.agency], stage is Stage.PENDING
    numbers = (entry.identifier, *(number.text for number in summary.numbers))
    return Card(
        key=keys_of(entry.identifier)[stage],
        version=entry.changed,
        identifier=entry.identifier,
        stage=stage,
        audience=Audience(version.audience),
        kind=version.kind,
        title=summary.title,
        agency=agency.code,
        agency_name=agency.name,
        agency_path=agency.path,
        agency_names=(agency.name, *agency.short_names),
        provider="、".join(summary.providers),
        abstract=summary.abstract,
        numbers=tuple(dict.fromkeys(numbers)),
        document_number=summary.document_number,
        keywords=summary.keywords,
        items=summary.items,
        themes=summary.themes,
        theme_names=summary.theme_names,
        genre=summary.genre,
        validity=summary.validity,
        cycle=summary.cycle,
        formats=summary.formats,
        disclosure=summary.disclosure,
        disclosure_ground=summary.disclosure_ground,
        sharing=summary.sharing,
        sharing_ground=summary.sharing_ground,
        divisions=summary.divisions,
        place_names=summary.place_names,
        box=summary.box,
        written=summary.written,
        issued=summary.issued,
        updated=_told(entry.updated if pending else entry.served_at),
        submitted=_told(entry.submitted_at) if pending else "",
        state=entry.state if pending else State.PUBLISHED.value,
        source=entry.source or "",
        endpoint=_endpoint(summary.endpoint),
    )


def _endpoint(endpoint: Endpoint | None) -> CardEndpoint | None:
    return CardEndpoint(endpoint.protocol, endpoint.url) if endpoint else None


def _told(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""
