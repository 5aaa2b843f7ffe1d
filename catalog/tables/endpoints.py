"""Exchange endpoints as probes found them, the entries that lead there, what owners are told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Table


class EndpointRow(Table):
    """An address with what probes found of it; ``key`` is the digest of the address.

    ``description`` is the digest of what the service says of itself, ``candidate`` one that was
    seen once: only a text that stays is a changed description.
    """

    __tablename__ = "endpoints"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    url: Mapped[str]
    protocol: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))
    problem: Mapped[dict[str, Any] | None]
    since: Mapped[datetime | None]
    checked: Mapped[datetime | None]
    due: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(Integer, default=0)
    certificate_until: Mapped[datetime | None]
    description: Mapped[str] = mapped_column(String(64), default="")
    candidate: Mapped[str] = mapped_column(String(64), default="")
    described: Mapped[datetime | None]
    __table_args__ = (Index("ix_endpoints_due", "due"), Index("ix_endpoints_state", "state", "key"))


class EndpointUse(Table):
    """The endpoint that an entry's served version leads to."""

    __tablename__ = "endpoint_uses"
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), primary_key=True)
    endpoint: Mapped[str] = mapped_column(ForeignKey("endpoints.key"), index=True)


class Notice(Table):
    """Something that an agency is told once, until somebody there has read it."""

    __tablename__ = "notices"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"))
    what: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    read_by: Mapped[str | None]
    read_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_notices_agency_read", "agency", "read_at", "id"),)
