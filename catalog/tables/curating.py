"""What people made of what sources say, element by element."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Table

_LIVE = text("state IN ('standing', 'conflict')")


class Curation(Table):
    """A correction of one element of a harvested entry, accepted by a review and laid over what
    the source says; ``sourced`` is what it said when the correction was made or last confirmed.
    One that ended stays, ``superseded`` by a later one or ``withdrawn``.
    """

    __tablename__ = "curations"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), index=True)
    path: Mapped[str] = mapped_column(String(100))
    mode: Mapped[str] = mapped_column(String(10))
    value: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    sourced: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[str]
    author: Mapped[str]
    accepted_by: Mapped[str]
    at: Mapped[datetime]
    request: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20))
    closed_by: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_curations_state_entry", "state", "entry"),
        Index(
            "uq_curations_live", "entry", "path",
            unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE,
        ),
    )  # fmt: skip
