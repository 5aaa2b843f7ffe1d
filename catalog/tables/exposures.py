"""What each circle of readers is shown of the entries, in an order of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.columns import SEQUENCE
from catalog.tables.base import Table


class Exposure(Table):
    """That a tier was shown an entry, and what of it last.

    ``number`` is given at the first showing and stays; ``turn`` is new at each change that the tier
    may notice, ``at`` its second. What the tier does not see any more is not ``present``; the rest
    stays as it was last shown. ``themes`` are codes, parted by spaces.
    """

    __tablename__ = "exposures"
    tier: Mapped[str] = mapped_column(String(20), primary_key=True)
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), primary_key=True)
    number: Mapped[int] = mapped_column(SEQUENCE)
    turn: Mapped[int] = mapped_column(SEQUENCE)
    at: Mapped[datetime]
    present: Mapped[bool] = mapped_column(Boolean)
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"))
    kind: Mapped[str] = mapped_column(String(20))
    themes: Mapped[str]
    version: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        Index("ix_exposures_tier_number", "tier", "number", unique=True),
        Index("ix_exposures_tier_turn", "tier", "turn", unique=True),
        Index("ix_exposures_tier_at", "tier", "at"),
        Index("ix_exposures_tier_agency_number", "tier", "agency", "number"),
    )


class ExposedTheme(Table):
    """The numbers of a tier's entries by theme."""

    __tablename__ = "exposed_themes"
    tier: Mapped[str] = mapped_column(String(20), primary_key=True)
    theme: Mapped[str] = mapped_column(String(200), primary_key=True)
    number: Mapped[int] = mapped_column(SEQUENCE, primary_key=True, autoincrement=False)
