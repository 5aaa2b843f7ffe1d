"""The ordered logs, and how far each follower has read. They refer to entries by name only: they
tell what was, whatever is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.columns import SEQUENCE
from catalog.tables.base import Table


class Change(Table):
    """A row of the ordered log that every follower reads."""

    __tablename__ = "changes"
    seq: Mapped[int] = mapped_column(SEQUENCE, primary_key=True, autoincrement=False)
    entry: Mapped[str] = mapped_column(String(60))
    what: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]


class AuditEvent(Table):
    """A link of the audit chain."""

    __tablename__ = "audit_events"
    seq: Mapped[int] = mapped_column(SEQUENCE, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(String(40))
    entry: Mapped[str | None] = mapped_column(String(60), index=True)
    details: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ix_audit_events_actor_seq", "actor", "seq"),)


class RefusedCard(Table):
    """A card that the search engine cannot take, why, and since when."""

    __tablename__ = "refused_cards"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    reason: Mapped[str]
    at: Mapped[datetime]


class FollowerState(Table):
    """How far a follower has read, and which process may move it (a lease)."""

    __tablename__ = "followers"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    cursor: Mapped[int] = mapped_column(SEQUENCE, default=0)
    owner: Mapped[str] = mapped_column(String(100), default="")
    until: Mapped[datetime | None]
    updated: Mapped[datetime | None]
