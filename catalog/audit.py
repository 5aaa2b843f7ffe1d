"""The audit log: who did what, as a chain of hashes that anyone can verify."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from catalog import audit_files
from catalog.audit_files import START
from catalog.database import Database, lock_logs, put
from catalog.errors import Forbidden
from catalog.tables import AuditEvent
from catalog.viewers import Role, Viewer

BATCH = 2000
VIEWED, LISTED = "viewed", "listed"
VIEWS = (VIEWED, LISTED)
"""What tells who saw what; everything else tells who did what."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done."""

    action: str
    entry: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventView:
    """A link of the chain as an auditor reads it."""

    seq: int
    at: datetime
    actor: str
    action: str
    entry: str | None
    details: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What verifying found: how many links hold, and the first that does not.

    Cutting links off the end leaves a chain that holds, so keep ``head`` somewhere else. Of a head
    that was kept, ``kept_at`` says whose it is.
    """

    count: int
    head: str
    broken_at: int | None = None
    reason: str = ""
    kept_at: int = 0

    @property
    def ok(self) -> bool:
        """Whether every link holds."""
        return self.broken_at is None


def append(session: Session, actor: str, events: Sequence[Event], now: datetime) -> None:
    """Chain the events to what is there, in the transaction of what they tell."""
    if not events:
        return
    lock_logs(session)
    seq, previous = _head(session)
    rows: list[dict[str, Any]] = []
    for event in events:
        seq += 1
        row = {
            "seq": seq,
            "at": now,
            "actor": actor,
            "action": event.action,
            "entry": event.entry,
            "details": dict(event.details),
            "previous": previous,
        }
        previous = row["hash"] = _hash(row)
        rows.append(row)
    put(session, AuditEvent, rows)


def verify(session: Session, kept: str = "") -> AuditVerdict:
    """Walk the whole chain and stop at the first link that is changed, missing or put in; then a
    head that was kept elsewhere must be one of the links.
    """
    count, previous, kept_at = 0, START, 0
    for row in _stream(session):
        if row["seq"] != count + 1:
            return AuditVerdict(count, previous, count + 1, "missing")
        if row["previous"] != previous:
            return AuditVerdict(count, previous, row["seq"], "does not follow the link before it")
        if row["hash"] != _hash(row):
            return AuditVerdict(count, previous, row["seq"], "was changed")
        count, previous = row["seq"], row["hash"]
        kept_at = count if previous == kept else kept_at
    if kept and kept != START and not kept_at:
        return AuditVerdict(count, previous, count + 1, "the head that was kept is not in it")
    return AuditVerdict(count, previous, kept_at=kept_at)


def export(database: Database, now: datetime) -> Iterator[bytes]:
    """The whole log as a file that proves itself, in pieces; broken links are written as they are.

    The log only grows, so it is read piece by piece up to the event that is the last one now: a
    slow reader holds no snapshot, and memory is that of a piece.
    """
    with database.reading() as session:
        last, _ = _head(session)
        count = session.scalar(select(func.count()).select_from(AuditEvent)) or 0
    return audit_files.chunks(audit_files.write(_pieces(database, last), count, now))


def head(session: Session) -> tuple[int, str]:
    """How many events there are, and the hash of the last."""
    return _head(session)


def admit(viewer: Viewer) -> None:
    """Go on only for those who audit the whole directory. Raises Forbidden."""
    if not (viewer.may(Role.AUDITOR) or viewer.may(Role.ADMINISTRATOR)):
        raise Forbidden("the audit log is for auditors of the whole directory")


def events(
    session: Session,
    viewer: Viewer,
    entry: str | None = None,
    after: int = 0,
    size: int = 100,
) -> list[EventView]:
    """The events after a number, oldest first, for those who audit the whole directory."""
    admit(viewer)
    query = select(AuditEvent).where(AuditEvent.seq > after).order_by(AuditEvent.seq).limit(size)
    if entry is not None:
        query = query.where(AuditEvent.entry == entry)
    return [view(row) for row in session.scalars(query)]


def about(session: Session, entry: str, views: bool) -> list[EventView]:
    """The latest events of an entry, newest first, with who saw it or without; the caller answers
    for who sees them.
    """
    query = select(AuditEvent).where(AuditEvent.entry == entry).order_by(AuditEvent.seq.desc())
    if not views:
        query = query.where(AuditEvent.action.not_in(VIEWS))
    return [view(row) for row in session.scalars(query.limit(BATCH))]


def seen_lately(session: Session, actor: str, since: datetime, size: int) -> list[EventView]:
    """What somebody saw since a moment, as far as it is among their latest events, so many."""
    query = select(AuditEvent).where(AuditEvent.actor == actor).order_by(AuditEvent.seq.desc())
    latest = aliased(AuditEvent, query.limit(size).subquery())
    wanted = select(latest).where(latest.at >= since, latest.action.in_(VIEWS))
    return [view(row) for row in session.scalars(wanted)]


def view(row: AuditEvent) -> EventView:
    """A link as it is read."""
    return EventView(row.seq, row.at, row.actor, row.action, row.entry, row.details, row.hash)


def _head(session: Session) -> tuple[int, str]:
    query = select(AuditEvent.seq, AuditEvent.hash).order_by(AuditEvent.seq.desc()).limit(1)
    row = session.execute(query).first()
    return (row.seq, row.hash) if row else (0, START)


def _stream(session: Session) -> Iterator[dict[str, Any]]:
    table = AuditEvent.__table__
    result = session.execute(
        select(table).order_by(table.c.seq), execution_options={"yield_per": BATCH}
    )
    for row in result.mappings():
        yield dict(row)


def _pieces(database: Database, last: int) -> Iterator[dict[str, Any]]:
    table, after = AuditEvent.__table__, 0
    while after < last:
        query = select(table).where(table.c.seq > after, table.c.seq <= last)
        with database.reading() as session:
            rows = session.execute(query.order_by(table.c.seq).limit(BATCH)).mappings().all()
        if not rows:
            return
        yield from map(dict, rows)
        after = rows[-1]["seq"]


def _hash(row: Mapping[str, Any]) -> str:
    return audit_files.hash_of(audit_files.canonical(row))
