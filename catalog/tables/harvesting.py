"""Sources, their records and runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Table


class Source(Table):
    """What is harvested, and the columns that a person confirmed for it; ``due`` is when it is
    harvested next by itself. A retired one is harvested no more, though its entries stay.
    """

    __tablename__ = "sources"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"), index=True)
    settings: Mapped[dict[str, Any]]
    mapping: Mapped[dict[str, Any] | None]
    created: Mapped[datetime]
    updated: Mapped[datetime]
    due: Mapped[datetime | None]
    paused: Mapped[bool] = mapped_column(Boolean, default=False)
    retired: Mapped[datetime | None]


class SourceRecord(Table):
    """What a source calls its record, the digest of what it said last, that of how it was ``sent``
    (with how it was read; empty where that is not kept), and the run that saw it.

    What it says stands in the entry's ``version`` made of it; where corrections were laid over, or
    another source's record is served in its place, in ``values``.
    """

    __tablename__ = "source_records"
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"), primary_key=True)
    key: Mapped[str] = mapped_column(String(500), primary_key=True)
    entry: Mapped[str | None] = mapped_column(ForeignKey("entries.identifier"), index=True)
    digest: Mapped[str] = mapped_column(String(64), default="")
    sent: Mapped[str] = mapped_column(String(32), default="")
    seen: Mapped[int] = mapped_column(Integer, default=0)
    version: Mapped[int | None] = mapped_column(Integer)
    values: Mapped[dict[str, Any] | None]


class Run(Table):
    """One harvesting of a source."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"), index=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    requested_by: Mapped[str]
    options: Mapped[dict[str, Any]]
    owner: Mapped[str] = mapped_column(String(100), default="")
    heartbeat: Mapped[datetime | None]
    checkpoint: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]
    complete: Mapped[bool] = mapped_column(Boolean, default=False)
    note: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime]
    started: Mapped[datetime | None]
    finished: Mapped[datetime | None]
    cancelled_by: Mapped[str] = mapped_column(default="")


class RunRecord(Table):
    """What became of one record in a run; a rejected one is kept raw with its problems."""

    __tablename__ = "run_records"
    run: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    key: Mapped[str]
    place: Mapped[str]
    action: Mapped[str] = mapped_column(String(20))
    entry: Mapped[str | None] = mapped_column(String(60))
    problems: Mapped[list[Any]]
    raw: Mapped[str | None]
    __table_args__ = (Index("ix_run_records_run_action", "run", "action"),)


class FetchMark(Table):
    """What a server said of an address when it was read last, to ask whether it changed."""

    __tablename__ = "fetch_marks"
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    etag: Mapped[str]
    modified: Mapped[str]


class Host(Table):
    """A host that gave faults one after another: how many, how often it was left alone for that,
    and until when it is; ``told`` is the latest fault.
    """

    __tablename__ = "hosts"
    name: Mapped[str] = mapped_column(String(300), primary_key=True)
    faults: Mapped[int] = mapped_column(Integer)
    rests: Mapped[int] = mapped_column(Integer)
    until: Mapped[datetime | None]
    told: Mapped[dict[str, Any]]
    updated: Mapped[datetime]
