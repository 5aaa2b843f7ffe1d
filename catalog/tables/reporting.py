"""What is wrong with the records of a source, and who else may read of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Table


class RecordProblems(Table):
    """A record of a source that has problems now, each with the run that found it first; the
    numbers are those of its problems by tier. ``position`` is its place in the order of the source.
    """

    __tablename__ = "record_problems"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"))
    key: Mapped[str] = mapped_column(String(500))
    place: Mapped[str]
    position: Mapped[int]
    entry: Mapped[str | None] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))
    rejected: Mapped[bool] = mapped_column(Boolean)
    seen: Mapped[int]
    blocks: Mapped[int]
    obligations: Mapped[int]
    improvements: Mapped[int]
    problems: Mapped[list[Any]]
    __table_args__ = (
        UniqueConstraint("source", "key"),
        Index("ix_record_problems_order", "source", "position", "id"),
    )


class ReportShare(Table):
    """An address at which a source's report can be read without an account; of its secret only the
    digest is kept.
    """

    __tablename__ = "report_shares"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[str] = mapped_column(String(100))
    made: Mapped[datetime]
    expires: Mapped[datetime]
    revoked: Mapped[datetime | None]
