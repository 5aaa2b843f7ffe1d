"""What sources sent before: the entries that their records have become, asked for many at once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, aliased

from catalog.proposals import SourceKey
from catalog.sources import AUTOMATIC, NODE
from catalog.tables import Entry, Source, SourceRecord, Tombstone, Version


@dataclass(frozen=True, slots=True)
class Terms:
    """Whose source it is, whether its records are accepted without a review, and whether it is a
    node like this one."""

    agency: str
    automatic: bool
    node: bool


@dataclass(frozen=True, slots=True)
class Known:
    """An entry that a source's record has become before."""

    record: SourceRecord
    entry: Entry
    latest: Version
    grave: Tombstone | None


def sources(session: Session, names: set[str]) -> dict[str, Terms]:
    """On what terms each of the sources sends."""
    if not names:
        return {}
    rows = session.scalars(select(Source).where(Source.name.in_(names)))
    return {
        row.name: Terms(
            row.agency,
            automatic=row.settings.get("acceptance") == AUTOMATIC,
            node=row.settings.get("protocol") == NODE,
        )
        for row in rows
    }


def any_known(session: Session, keys: set[SourceKey]) -> bool:
    """Whether any of these records was sent before."""
    if not keys:
        return False
    by_source: dict[str, set[str]] = {}
    for each in keys:
        by_source.setdefault(each.source, set()).add(each.key)
    return any(
        session.scalar(
            select(SourceRecord.key)
            .where(SourceRecord.source == source, SourceRecord.key.in_(some))
            .limit(1)
        )
        is not None
        for source, some in by_source.items()
    )


def known(session: Session, keys: set[SourceKey]) -> dict[SourceKey, Known]:
    """The entries that records of sources have become, with their latest versions."""
    if not keys:
        return {}
    other = aliased(Version)
    latest = select(func.max(other.number)).where(other.entry == Entry.identifier).scalar_subquery()
    wanted = tuple_(SourceRecord.source, SourceRecord.key)
    rows = session.execute(
        select(SourceRecord, Entry, Version, Tombstone)
        .join(Entry, Entry.identifier == SourceRecord.entry)
        .join(Version, Version.entry == Entry.identifier)
        .outerjoin(Tombstone, Tombstone.entry == Entry.identifier)
        .where(wanted.in_([(key.source, key.key) for key in keys]))
        .where(Version.number == latest)
        .execution_options(populate_existing=True)
    )
    return {
        SourceKey(record.source, record.key): Known(record, entry, version, grave)
        for record, entry, version, grave in rows
    }
