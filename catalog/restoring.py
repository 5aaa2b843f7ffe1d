"""Bringing back what a source's run deleted: the same entries, as they were, under their permanent
identifiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog import agencies
from catalog.changes import What
from catalog.database import lock_logs
from catalog.errors import Forbidden
from catalog.requests.opening import Opening, Proposed
from catalog.tables import Entry, Tombstone, Version
from catalog.versions import descriptor_of
from catalog.viewers import Viewer
from catalog.visibility import may_write
from catalog.writing import Batch, State

_UNREVIEWED = (State.SUBMITTED, State.DRAFT, State.RETURNED)


def restore(
    session: Session,
    actor: Viewer,
    entries: Sequence[str],
    reason: str,
    now: datetime,
    **told: Any,
) -> set[str]:
    """Let entries that their source deleted be as they were before; those that were. One that a
    person withdrew or merged, or that is there again, is left alone.

    Raises Forbidden for who may not write for the agency of one of them.
    """
    lock_logs(session)
    query = (
        select(Entry, Tombstone)
        .join(Tombstone, Tombstone.entry == Entry.identifier)
        .where(Entry.identifier.in_(set(entries)), Entry.state == State.WITHDRAWN.value)
        .where(Tombstone.by_source.is_(True), Tombstone.merged_into.is_(None))
        .order_by(Entry.identifier)
        .execution_options(populate_existing=True)
    )
    rows = [(entry, grave) for entry, grave in session.execute(query)]
    paths = agencies.paths(session, {entry.agency for entry, _ in rows})
    refused = next((e for e, _ in rows if not may_write(actor, paths[e.agency])), None)
    if refused:
        raise Forbidden(f"not a registrar of {refused.agency}")
    batch = Batch(actor.name, now)
    opening = Opening(session, batch, paths, [entry.identifier for entry, _ in rows])
    versions = _versions(session, rows)
    for entry, grave in rows:
        before = grave.before or {}
        version = versions.get(entry.identifier)
        fields = _fields(grave, before, version, now)
        batch.raise_again(entry.identifier)
        batch.move(entry.identifier, revision=entry.revision + 1, **fields)
        what = What.SERVED if fields["served"] else What.PENDING
        details = {"reason": reason, "version": fields["served"] or fields["pending"], **told}
        if version and fields["pending"]:
            details["request"] = opening.propose(_proposed(entry, version, fields))
        batch.tell(entry.identifier, what, "restored", **details)
    batch.write(session)
    return {entry.identifier for entry, _ in rows}


def _fields(
    grave: Tombstone, before: Mapping[str, Any], version: Version | None, now: datetime
) -> dict[str, Any]:
    """Where the entry stood: what was served, and what waited beside it."""
    served_at = before.get("served_at")
    submitted_at = before.get("submitted_at")
    waited = State.SUBMITTED if version else State.PUBLISHED
    return {
        "state": before.get("state", waited.value),
        "served": grave.last,
        "pending": version.number if version else None,
        "served_at": (_moment(served_at) or now) if grave.last else None,
        "submitted_at": (_moment(submitted_at) or now) if version else None,
    }


def _proposed(entry: Entry, version: Version, fields: Mapping[str, Any]) -> Proposed:
    return Proposed(
        entry=entry.identifier,
        agency=entry.agency,
        version=version.number,
        served=fields["served"],
        descriptor=descriptor_of(version),
        author=version.author,
        submit=fields["state"] == State.SUBMITTED,
    )


def _versions(session: Session, rows: Sequence[tuple[Entry, Tombstone]]) -> dict[str, Version]:
    """The versions that waited: as the tombstones tell, else the latest of what never was."""
    wanted: dict[str, int] = {}
    for entry, grave in rows:
        pending = (grave.before or {}).get("pending")
        if grave.before is None and grave.last is None:
            query = select(func.max(Version.number)).where(Version.entry == entry.identifier)
            pending = session.scalar(query)
        if pending:
            wanted[entry.identifier] = pending
    found = session.scalars(
        select(Version).where(Version.entry.in_(wanted), Version.number.in_(set(wanted.values())))
    )
    return {each.entry: each for each in found if wanted[each.entry] == each.number}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
