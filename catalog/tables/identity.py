"""By what entries are known again, which look like one another, and other names of theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Table


class IdentityKey(Table):
    """One thing by which an entry would be known again: ``hash`` is of the scheme and the value."""

    __tablename__ = "identity_keys"
    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), primary_key=True)
    scheme: Mapped[str] = mapped_column(String(12))
    __table_args__ = (Index("ix_identity_keys_entry", "entry"),)


class Likeness(Table):
    """Two entries that look as if they were about one resource, the smaller identifier first.

    ``kind`` is the strongest evidence, ``signature`` of all of it and the titles: declared
    ``distinct``, they are shown again only when that changes.
    """

    __tablename__ = "likenesses"
    one: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), primary_key=True)
    other: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    evidence: Mapped[list[Any]]
    signature: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(20))
    found: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
    by: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_likenesses_state_kind", "state", "kind", "one", "other"),
        Index("ix_likenesses_other", "other"),
    )


class Crowd(Table):
    """More entries with one key than are compared in pairs: told as a group."""

    __tablename__ = "crowds"
    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    scheme: Mapped[str] = mapped_column(String(12))
    number: Mapped[int] = mapped_column(Integer)


class Alias(Table):
    """Another name by which an entry is known: a former identifier, or another system's."""

    __tablename__ = "aliases"
    value: Mapped[str] = mapped_column(String(200), primary_key=True)
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), index=True)
    scheme: Mapped[str] = mapped_column(String(40))
    by: Mapped[str]
    at: Mapped[datetime]
