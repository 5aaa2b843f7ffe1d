"""Who asks for a resource, and who that is, apart."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Table


class AccessCounter(Table):
    """The last number that was given to a request for access in a year."""

    __tablename__ = "access_counters"
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    serial: Mapped[int] = mapped_column(Integer)


class AccessRequest(Table):
    """Somebody asks for the resource of an entry; who that is, a member of the public keeps in
    ``applicants``. ``secret`` is the digest of the code on the receipt, ``begins`` the day from
    which the agency's time runs, ``due`` its last day.
    """

    __tablename__ = "access_requests"
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), index=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"))
    title: Mapped[str]
    kind: Mapped[str] = mapped_column(String(20))
    asking_agency: Mapped[str | None] = mapped_column(ForeignKey("agencies.code"), index=True)
    asker: Mapped[str] = mapped_column(String(100), default="")
    what: Mapped[str]
    items: Mapped[list[str]]
    form: Mapped[str] = mapped_column(String(20), default="")
    receiving: Mapped[str] = mapped_column(String(20), default="")
    purpose: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(String(20))
    received_at: Mapped[datetime]
    begins: Mapped[str] = mapped_column(String(10))
    due: Mapped[str] = mapped_column(String(10))
    provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    extension: Mapped[dict[str, Any] | None]
    pauses: Mapped[list[Any]]
    correction: Mapped[dict[str, Any] | None]
    outcome: Mapped[str] = mapped_column(String(30), default="")
    ground: Mapped[str] = mapped_column(default="")
    reply: Mapped[str] = mapped_column(default="")
    granted: Mapped[list[str]]
    valid_until: Mapped[str] = mapped_column(String(10), default="")
    closed_by: Mapped[str] = mapped_column(String(100), default="")
    closed_at: Mapped[datetime | None]
    secret: Mapped[str] = mapped_column(String(64), default="")
    __table_args__ = (Index("ix_access_requests_queue", "agency", "state", "due"),)


class Applicant(Table):
    """Who asked, sealed, and from when on that is no longer kept."""

    __tablename__ = "applicants"
    number: Mapped[str] = mapped_column(ForeignKey("access_requests.number"), primary_key=True)
    sealed: Mapped[str]
    delete_after: Mapped[datetime | None] = mapped_column(index=True)
