"""The layer as people see it who hold a role over the entry's agency: what stands over what, by
whom and why, and where the source says something new. For everybody else it is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.orm import Session

from catalog import agencies
from catalog.curation.layer import CONFLICT, LIVE, correction_of
from catalog.errors import NotFound
from catalog.tables import Curation, Entry, SourceRecord, Version
from catalog.viewers import Viewer
from catalog.visibility import in_scope, within_scope
from catalog.writing import State

PAGE = 50
PIECE = 500


@dataclass(frozen=True, slots=True)
class CurationView:
    """A correction: what the source said then (``sourced``), says ``now``, and what is served in
    its place; of an addition, ``value`` are the members that were added.
    """

    id: int
    entry: str
    title: str
    kind: str
    source: str
    key: str
    path: str
    mode: str
    value: Any
    sourced: Any
    now: Any
    reason: str
    author: str
    accepted_by: str
    at: datetime
    state: str
    adopted: bool
    """Whether the source has come to say the same by itself."""


@dataclass(frozen=True, slots=True)
class Curations:
    """A page of corrections; ``next`` is the cursor of the following one."""

    curations: tuple[CurationView, ...]
    total: int
    conflicts: int
    next: int | None = None


def of_entry(session: Session, viewer: Viewer, identifier: str) -> list[CurationView]:
    """The corrections that are laid over the entry. Raises NotFound for those outside its agency
    (`catalog.visibility.in_scope`).
    """
    _demand_scope(session, viewer, identifier)
    return _views(session, _rows(Curation.entry == identifier, Curation.state.in_(LIVE)))


def history(session: Session, viewer: Viewer, identifier: str) -> list[CurationView]:
    """All that ever were, also those that ended; for the same people."""
    _demand_scope(session, viewer, identifier)
    return _views(session, _rows(Curation.entry == identifier))


def find(session: Session, viewer: Viewer, number: int) -> CurationView:
    """One that is laid over. Raises NotFound, also for those outside its entry's agency."""
    wanted = (Curation.id == number, Curation.state.in_(LIVE), within_scope(viewer, Entry.agency))
    found = _views(session, _rows(*wanted).limit(1))
    if not found:
        raise NotFound(f"curation {number}")
    return found[0]


def listed(
    session: Session,
    viewer: Viewer,
    state: str = "",
    source: str = "",
    size: int = PAGE,
    cursor: int = 0,
) -> Curations:
    """Those within the viewer's roles that are laid over, or are in this state, by number."""
    within = and_(within_scope(viewer, Entry.agency), Entry.source == source if source else true())
    counting = (
        select(Curation.state, func.count())
        .join(Entry, Entry.identifier == Curation.entry)
        .where(within, Curation.state.in_(LIVE), Entry.state != State.WITHDRAWN)
        .group_by(Curation.state)
    )
    counts = {row[0]: row[1] for row in session.execute(counting)}
    wanted = Curation.state == state if state in LIVE else Curation.state.in_(LIVE)
    rows = _rows(within, wanted, Curation.id > cursor).limit(size + 1)
    found = _views(session, rows)
    return Curations(
        curations=tuple(found[:size]),
        total=counts.get(state, 0) if state in LIVE else sum(counts.values()),
        conflicts=counts.get(CONFLICT, 0),
        next=found[size - 1].id if len(found) > size else None,
    )


def exported(session: Session, viewer: Viewer, source: str) -> Iterator[CurationView]:
    """What a source should take over: every correction within the viewer's roles that it does not
    say by itself yet, a piece at a time.
    """
    last = 0
    wanted = (within_scope(viewer, Entry.agency), Entry.source == source, Curation.state.in_(LIVE))
    while found := _views(session, _rows(*wanted, Curation.id > last).limit(PIECE)):
        last = found[-1].id
        yield from (each for each in found if not each.adopted)


def conflicts(session: Session, viewer: Viewer) -> int:
    """In how many of them, within the viewer's roles, the source says something new."""
    return listed(session, viewer, CONFLICT, size=0).conflicts


def _demand_scope(session: Session, viewer: Viewer, identifier: str) -> None:
    entry = session.get(Entry, identifier)
    path = agencies.get(session, entry.agency).path if entry else ()
    if entry is None or not in_scope(viewer, path):
        raise NotFound(identifier)


def _rows(*wanted: ColumnElement[bool]) -> Select[Curation, Entry, str]:
    hand = func.coalesce(Entry.served, Entry.pending)
    return (
        select(Curation, Entry, Version.title)
        .join(Entry, Entry.identifier == Curation.entry)
        .join(Version, (Version.entry == Entry.identifier) & (Version.number == hand))
        .where(*wanted)
        .order_by(Curation.id)
    )


def _views(session: Session, rows: Select[Curation, Entry, str]) -> list[CurationView]:
    found = session.execute(rows).all()
    records = _records(session, [row.Entry.identifier for row in found])
    return [_view(*row, records.get((row.Entry.identifier, row.Entry.source))) for row in found]


def _records(
    session: Session, entries: Sequence[str]
) -> dict[tuple[str | None, str | None], SourceRecord]:
    query = select(SourceRecord).where(SourceRecord.entry.in_(set(entries)))
    rows = session.scalars(query.order_by(SourceRecord.key.desc()))
    return {(row.entry, row.source): row for row in rows}


def _view(row: Curation, entry: Entry, title: str, record: SourceRecord | None) -> CurationView:
    said = record.values if record else None
    now = row.sourced if said is None else said.get(row.path)
    adopted = correction_of(row).adopted(entry.kind, now)
    return CurationView(
        **{name: getattr(row, name) for name in _AS_THEY_ARE},
        title=title,
        kind=entry.kind,
        source=entry.source or "",
        key=record.key if record else "",
        now=now,
        adopted=adopted,
    )


_AS_THEY_ARE: tuple[str, ...] = (
    *("id", "entry", "path", "mode", "value", "sourced", "reason", "author", "accepted_by"),
    *("at", "state"),
)
