"""What a step writes: entries, versions, the change log and the audit log, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from catalog import agencies, audit, changes, exposure, origins
from catalog.changes import What
from catalog.database import lock_logs, put
from catalog.errors import Forbidden, NotFound, Stale
from catalog.exposure import Served
from catalog.origins import Chain
from catalog.tables import Curation, Decision, Entry, Request, SourceRecord, Tombstone, Version
from catalog.viewers import Viewer
from catalog.visibility import in_scope, visible
from search.card import Stage


class State(StrEnum):
    """Of an entry: of its pending version while there is one."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass
class Batch:
    """Rows collected by one or many steps and written at once, few statements for all of them."""

    actor: str
    now: datetime
    _entries: list[dict[str, Any]] = field(default_factory=list)
    _moved: list[dict[str, Any]] = field(default_factory=list)
    _versions: list[dict[str, Any]] = field(default_factory=list)
    _records: list[dict[str, Any]] = field(default_factory=list)
    _sent: list[dict[str, Any]] = field(default_factory=list)
    _graves: list[dict[str, Any]] = field(default_factory=list)
    _risen: list[str] = field(default_factory=list)
    _opened: list[dict[str, Any]] = field(default_factory=list)
    _requests: list[dict[str, Any]] = field(default_factory=list)
    _decisions: list[dict[str, Any]] = field(default_factory=list)
    _curations: list[dict[str, Any]] = field(default_factory=list)
    _disputed: list[dict[str, Any]] = field(default_factory=list)
    _origins: dict[str, Chain] = field(default_factory=dict)
    _changes: list[tuple[str, What]] = field(default_factory=list)
    _events: list[audit.Event] = field(default_factory=list)

    def create(self, entry: dict[str, Any]) -> None:
        """A new entry."""
        self._entries.append(entry)

    def move(self, identifier: str, **fields: Any) -> None:
        """An entry with other fields."""
        self._moved.append({"identifier": identifier, "updated": self.now, **fields})

    def version(self, row: dict[str, Any]) -> None:
        """A new version (`catalog.versions.row`)."""
        self._versions.append(row)

    def source_record(self, row: dict[str, Any], known: bool) -> None:
        """What a source calls an entry and what it sent."""
        (self._sent if known else self._records).append(row)

    def came_by(self, identifier: str, chain: Chain) -> None:
        """The way by which an entry came."""
        self._origins[identifier] = chain

    def bury(self, grave: dict[str, Any]) -> None:
        """Why an entry is gone."""
        self._graves.append(grave)

    def raise_again(self, identifier: str) -> None:
        """An entry that is gone no longer."""
        self._risen.append(identifier)

    def open_request(self, row: dict[str, Any]) -> None:
        """A new request (`catalog.requests.opening.row`)."""
        self._opened.append(row)

    def move_request(self, number: int, **fields: Any) -> None:
        """A request with other fields."""
        self._requests.append({"id": number, "updated": self.now, **fields})

    def decide(self, rows: Iterable[dict[str, Any]]) -> None:
        """New decisions (`catalog.requests.deciding`)."""
        self._decisions.extend(rows)

    def curate(self, row: dict[str, Any]) -> None:
        """A new correction of what a source says (`catalog.curation.keeping`)."""
        self._curations.append(row)

    def move_curation(self, number: int, **fields: Any) -> None:
        """A correction with other fields."""
        self._disputed.append({"id": number, **fields})

    def note(self, identifier: str, action: str, **details: Any) -> None:
        """A deed that changes nothing of the entry: a row in the audit log alone."""
        self._events.append(audit.Event(action, identifier, details))

    def tell(self, identifier: str, what: What, action: str, **details: Any) -> None:
        """One row for each log."""
        self._changes.append((identifier, what))
        self._events.append(audit.Event(action, identifier, details))

    def write(self, session: Session) -> None:
        """Write everything that was collected."""
        seqs = changes.append(session, self._changes, self.now)
        latest = dict(zip((entry for entry, _ in self._changes), seqs, strict=True))
        for entry in (*self._entries, *self._moved):
            entry["changed"] = latest[entry["identifier"]]
        for table, rows in (
            (Entry, self._entries),
            (Version, self._versions),
            (SourceRecord, self._records),
            (Tombstone, self._graves),
            (Request, self._opened),
            (Decision, self._decisions),
        ):
            put(session, table, rows)
        if self._disputed:  # before new ones take the place of those that end
            session.execute(update(Curation), self._disputed)
        put(session, Curation, self._curations)
        if self._origins:
            origins.keep(session, self._origins)
        if self._risen:
            session.execute(delete(Tombstone).where(Tombstone.entry.in_(self._risen)))
        for table, rows in (
            (Entry, self._moved),
            (SourceRecord, self._sent),
            (Request, self._requests),
        ):
            if rows:
                session.execute(update(table), rows)
        exposure.expose(session, *self._served(session), self.now)
        audit.append(session, self.actor, self._events, self.now)

    def _served(self, session: Session) -> tuple[list[Served], list[Served]]:
        """The new entries, and the old ones of which another version is served than before; of
        those that are not in this batch the database tells.
        """
        rows = {(row["entry"], row["number"]): row for row in self._versions}
        new = [
            exposure.served(each["identifier"], each["agency"], rows[each["identifier"], number])
            for each in self._entries
            if (number := each["served"]) is not None
        ]
        moved = dict.fromkeys(each["identifier"] for each in self._moved if "served" in each)
        return new, exposure.held(session, moved) if moved else []


def claim(
    session: Session, actor: Viewer, identifier: str, revision: int | None
) -> tuple[Entry, tuple[str, ...]]:
    """The entry, held for this transaction, with its agency's path, provided the actor knows of it
    and of its latest revision (``None``: whatever it is). Raises NotFound, Forbidden or Stale.
    """
    lock_logs(session)
    entry = session.scalar(
        select(Entry)
        .where(Entry.identifier == identifier)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if entry is None:
        raise NotFound(identifier)
    path = agencies.paths(session, [entry.agency])[entry.agency]
    if not in_scope(actor, path):  # how often it was worked on is not theirs to learn either
        if _sees_served(session, actor, entry, path):
            raise Forbidden(f"no role over {entry.agency}")
        raise NotFound(identifier)
    if revision is not None and entry.revision != revision:
        raise Stale(identifier, entry.revision)
    return entry, path


def latest_number(session: Session, identifier: str) -> int:
    """The highest number of a version of the entry."""
    query = select(func.max(Version.number)).where(Version.entry == identifier)
    return session.scalar(query) or 0


def held_version(session: Session, entry: str, number: int) -> Version:
    """A version that the entry is known to have."""
    return session.get_one(Version, (entry, number))


def _sees_served(session: Session, actor: Viewer, entry: Entry, path: tuple[str, ...]) -> bool:
    if entry.served is None:
        return False
    version = held_version(session, entry.identifier, entry.served)
    return visible(actor, Stage.SERVED, version.audience, path)
