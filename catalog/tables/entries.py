"""Entries with their versions, and what remains of those that left."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.columns import SEQUENCE
from catalog.tables.base import Table


class Entry(Table):
    """What the directory holds about one resource, and which versions are served and pending.

    ``state`` is the pending version's while there is one; ``changed`` is the latest row of the
    change log about it.
    """

    __tablename__ = "entries"
    identifier: Mapped[str] = mapped_column(String(60), primary_key=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(Integer)
    served: Mapped[int | None] = mapped_column(Integer)
    pending: Mapped[int | None] = mapped_column(Integer)
    changed: Mapped[int] = mapped_column(SEQUENCE)
    remark: Mapped[str] = mapped_column(default="")
    source: Mapped[str | None] = mapped_column(ForeignKey("sources.name"), index=True)
    created: Mapped[datetime]
    updated: Mapped[datetime]
    served_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_entries_queue", "state", "submitted_at", "identifier"),)


class Version(Table):
    """One immutable descriptor of an entry, with what the policy and the queue ask of it."""

    __tablename__ = "versions"
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str]
    audience: Mapped[str] = mapped_column(String(20))
    disclosure: Mapped[str]
    disclosure_ground: Mapped[str]
    sharing: Mapped[str]
    sharing_ground: Mapped[str]
    values: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(20))
    author: Mapped[str]
    note: Mapped[str]
    created: Mapped[datetime]


class Tombstone(Table):
    """Why an entry is gone, and who may know that it was here; ``before`` is its state and pending
    version, should it be restored.
    """

    __tablename__ = "tombstones"
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str]
    audience: Mapped[str] = mapped_column(String(20))
    last: Mapped[int | None] = mapped_column(Integer)
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("entries.identifier"))
    by_source: Mapped[bool] = mapped_column(Boolean, default=False)
    before: Mapped[dict[str, Any] | None]
