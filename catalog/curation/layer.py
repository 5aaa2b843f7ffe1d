"""The layer itself: the corrections that stand, what the source says beneath them, and what a
proposal would add to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.tables import Curation, Entry, SourceRecord, Version
from standards.curation import Correction, Mode, changed, corrected, laid
from standards.descriptor import Descriptor

STANDING, CONFLICT = "standing", "conflict"
SUPERSEDED, WITHDRAWN = "superseded", "withdrawn"
LIVE = (STANDING, CONFLICT)
AS_SOURCE = "source"
"""In the place of a mode: the element is to follow the source again."""

Live = Mapping[str, Curation]
"""The corrections of an entry that are laid over, by element."""
Proposed = Mapping[str, Mapping[str, Any]]
"""What a request would make of elements, by their names: mode, value, reason, author, and what the
source said when it was written (``sourced``)."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the source of an entry says of it. ``exact``: known to be its own words; else the
    directory held it before there was a layer, and corrections may be among it.
    """

    source: str
    key: str
    values: Mapping[str, Any]
    exact: bool


def live(session: Session, entries: Collection[str]) -> dict[str, dict[str, Curation]]:
    """The corrections that are laid over these entries, with one query."""
    if not entries:
        return {}
    query = select(Curation).where(Curation.entry.in_(set(entries)), Curation.state.in_(LIVE))
    found: dict[str, dict[str, Curation]] = {}
    for row in session.scalars(query.order_by(Curation.id)):
        found.setdefault(row.entry, {})[row.path] = row
    return found


def said(session: Session, entry: Entry) -> Said | None:
    """What the entry's source says beneath all corrections; None where it has no source."""
    if entry.source is None:
        return None
    record = session.scalars(
        select(SourceRecord)
        .where(SourceRecord.entry == entry.identifier, SourceRecord.source == entry.source)
        .order_by(SourceRecord.key)
        .limit(1)
    ).first()
    if record is None:
        return None
    if record.values is not None:
        return Said(record.source, record.key, record.values, exact=True)
    number = record.version or entry.served or 1
    version = session.get_one(Version, (entry.identifier, number))
    rows = live(session, [entry.identifier]).get(entry.identifier, {})
    values = {**version.values, **{path: row.sourced for path, row in rows.items()}}
    bare = {name: value for name, value in values.items() if value is not None}
    return Said(record.source, record.key, bare, exact=record.version is not None)


def proposed(
    beneath: Said, before: Mapping[str, Any], after: Descriptor, author: str, reason: str
) -> dict[str, dict[str, Any]]:
    """What a person proposes who made ``after`` of ``before``: each element that differs, as a
    correction of what the source says.
    """
    return {
        path: _written(corrected(after.kind, beneath.values, after.values, path), beneath, path)
        | {"author": author, "reason": reason}
        for path in changed(after.kind, before, after.values)
    }


def asked(
    session: Session, entry: Entry, before: Version, after: Descriptor, author: str, reason: str
) -> dict[str, dict[str, Any]] | None:
    """The same for an entry; None where it has no source."""
    beneath = said(session, entry)
    return proposed(beneath, before.values, after, author, reason) if beneath else None


def corrections(rows: Live, wanted: Proposed | None = None) -> list[Correction]:
    """What is laid over: the standing corrections, with those that are proposed in their place."""
    found = {path: correction_of(row) for path, row in rows.items()}
    for path, each in (wanted or {}).items():
        found.pop(path, None)
        if each["mode"] != AS_SOURCE:
            found[path] = Correction(path, Mode(each["mode"]), each["value"])
    return list(found.values())


def over(
    kind: str, values: Mapping[str, Any], rows: Live, wanted: Proposed | None = None
) -> dict[str, Any]:
    """The source's values with the corrections over them."""
    return laid(kind, values, corrections(rows, wanted))


def correction_of(row: Curation) -> Correction:
    """The correction that a row holds."""
    return Correction(row.path, Mode(row.mode), row.value)


def states(rows: Iterable[Curation], values: Mapping[str, Any]) -> dict[int, str]:
    """The new states of corrections, by their numbers, now that the source says ``values``; those
    that stay as they are are left out.
    """
    found = {}
    for row in rows:
        disputed = correction_of(row).disputed(row.sourced, values.get(row.path))
        state = CONFLICT if disputed else STANDING
        if state != row.state:
            found[row.id] = state
    return found


def _written(correction: Correction | None, beneath: Said, path: str) -> dict[str, Any]:
    mode = correction.mode.value if correction else AS_SOURCE
    value = correction.value if correction else None
    return {"mode": mode, "value": value, "sourced": beneath.values.get(path)}
