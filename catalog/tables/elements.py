"""Data elements, the items that carry them, who answers for them; relations between entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Table


class ElementVersion(Table):
    """A data element as it was set at one time; the latest one counts. Of an element that is
    shipped and was never changed there is none.
    """

    __tablename__ = "data_element_versions"
    element: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    values: Mapped[dict[str, Any]]
    latest: Mapped[bool] = mapped_column(Boolean)
    by: Mapped[str]
    note: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (
        Index(
            "uq_data_element_versions_latest",
            "element",
            unique=True,
            sqlite_where=text("latest"),
            postgresql_where=text("latest"),
        ),
    )


class EntryItem(Table):
    """An item of an entry's served version: its name as a key, the family of its type, and the data
    element that it declares. Items that are withheld are not ``open``.
    """

    __tablename__ = "entry_items"
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), primary_key=True)
    key: Mapped[str] = mapped_column(String(24), primary_key=True)
    name: Mapped[str]
    family: Mapped[str] = mapped_column(String(10))
    declared: Mapped[str] = mapped_column(String(40))
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"))
    open: Mapped[bool] = mapped_column(Boolean)
    __table_args__ = (
        Index("ix_entry_items_key", "key", "agency", "family", "declared", "entry"),
        Index("ix_entry_items_declared", "declared", "entry"),
    )


class ItemLink(Table):
    """What a person said of all items of an agency with one name: that they carry the element, or
    do not.
    """

    __tablename__ = "item_links"
    element: Mapped[str] = mapped_column(String(40), primary_key=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"), primary_key=True)
    key: Mapped[str] = mapped_column(String(24), primary_key=True)
    name: Mapped[str]
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (
        Index(
            "uq_item_links_confirmed",
            "agency",
            "key",
            unique=True,
            sqlite_where=text("state = 'confirmed'"),
            postgresql_where=text("state = 'confirmed'"),
        ),
    )


class Claim(Table):
    """That an entry is the authoritative source of a data element within a division; of those that
    were accepted there is one for each.
    """

    __tablename__ = "authority_claims"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    element: Mapped[str] = mapped_column(String(40))
    division: Mapped[str] = mapped_column(String(20))
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"))
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(default="")
    decision: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_authority_claims_element_state", "element", "state"),
        Index("ix_authority_claims_state", "state", "id"),
        Index(
            "uq_authority_claims_accepted",
            "element",
            "division",
            unique=True,
            sqlite_where=text("state = 'accepted'"),
            postgresql_where=text("state = 'accepted'"),
        ),
    )


class DuplicateException(Table):
    """Why an agency goes on collecting what another answers for."""

    __tablename__ = "duplicate_exceptions"
    element: Mapped[str] = mapped_column(String(40), primary_key=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"), primary_key=True)
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class RelationKey(Table):
    """What an entry's served version says it stands in relation to: the hash of a number that it
    names, under each scheme that it may be of. Withheld relations are not ``open``.
    """

    __tablename__ = "relation_keys"
    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), primary_key=True)
    type: Mapped[str] = mapped_column(String(20), primary_key=True)
    open: Mapped[bool] = mapped_column(Boolean)
    __table_args__ = (Index("ix_relation_keys_entry", "entry"),)


class DepartedNumber(Table):
    """A number of an entry that was withdrawn, so that what refers to it is still understood."""

    __tablename__ = "departed_numbers"
    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), primary_key=True)
    __table_args__ = (Index("ix_departed_numbers_entry", "entry"),)
