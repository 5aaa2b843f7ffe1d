"""Endpoints as pages show them: one by its address, and those of an agency's own entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from catalog.endpoints.keeping import key_of
from catalog.tables import EndpointRow, EndpointUse, Entry, Version
from catalog.viewers import Viewer
from catalog.visibility import within_scope
from standards.problems import Problem

SIZE = 50


@dataclass(frozen=True, slots=True)
class EndpointView:
    """An endpoint with what is known of it."""

    key: str
    url: str
    protocol: str
    state: str
    problem: Problem | None
    since: datetime | None
    checked: datetime | None
    due: datetime | None
    certificate_until: datetime | None
    described: datetime | None
    failures: int


@dataclass(frozen=True, slots=True)
class Owned:
    """An endpoint with the viewer's entries that lead there: how many, and the first of them."""

    endpoint: EndpointView
    entries: int
    first: str
    title: str


def of(session: Session, url: str) -> EndpointView | None:
    """What is known of an address; None before it was ever met."""
    row = session.get(EndpointRow, key_of(url))
    return _view(row) if row else None


def counts(session: Session, viewer: Viewer) -> Mapping[str, int]:
    """How many endpoints there are in each state that the viewer's own entries lead to."""
    mine = select(EndpointUse.endpoint).join(Entry, Entry.identifier == EndpointUse.entry)
    query = select(EndpointRow.state, func.count()).where(
        EndpointRow.key.in_(mine.where(within_scope(viewer, Entry.agency)))
    )
    rows = session.execute(query.group_by(EndpointRow.state))
    return {row[0]: row[1] for row in rows}


def owned(
    session: Session, viewer: Viewer, state: str = "", after: str = "", size: int = SIZE
) -> list[Owned]:
    """The endpoints that entries of the viewer's agencies lead to, by key."""
    first = func.min(EndpointUse.entry)
    query = (
        select(EndpointUse.endpoint, func.count(), first)
        .join(Entry, Entry.identifier == EndpointUse.entry)
        .join(EndpointRow, EndpointRow.key == EndpointUse.endpoint)
        .where(within_scope(viewer, Entry.agency), EndpointUse.endpoint > after)
        .where(EndpointRow.state == state if state else true())
        .group_by(EndpointUse.endpoint)
        .order_by(EndpointUse.endpoint)
        .limit(size)
    )
    found = session.execute(query).all()
    keys, entries = [row[0] for row in found], [row[2] for row in found]
    rows = {row.key: row for row in session.scalars(_rows(keys))}
    titles = {row[0]: row[1] for row in session.execute(_titles(entries))}
    return [
        Owned(_view(rows[key]), number, entry, titles.get(entry, ""))
        for key, number, entry in found
    ]


def is_owned(session: Session, viewer: Viewer, key: str) -> bool:
    """Whether an entry of the viewer's agencies leads to the endpoint."""
    query = (
        select(EndpointUse.entry)
        .join(Entry, Entry.identifier == EndpointUse.entry)
        .where(EndpointUse.endpoint == key, within_scope(viewer, Entry.agency))
    )
    return session.scalar(query.limit(1)) is not None


def _rows(keys: list[str]) -> Any:
    return select(EndpointRow).where(EndpointRow.key.in_(keys))


def _titles(entries: list[str]) -> Any:
    return (
        select(Entry.identifier, Version.title)
        .join(Version, (Version.entry == Entry.identifier) & (Version.number == Entry.served))
        .where(Entry.identifier.in_(entries))
    )


def _view(row: EndpointRow) -> EndpointView:
    return EndpointView(
        key=row.key,
        url=row.url,
        protocol=row.protocol,
        state=row.state,
        problem=Problem.from_dict(row.problem) if row.problem else None,
        since=row.since,
        checked=row.checked,
        due=row.due,
        certificate_until=row.certificate_until,
        described=row.described,
        failures=row.failures,
    )
