"""Agencies, accounts and their roles."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Table


class Agency(Table):
    """An organ that registers entries; ``serial`` is the last number it was given, ``home`` the
    source from whose node its entries come: there they are registered, not here."""

    __tablename__ = "agencies"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    short_names: Mapped[list[str]]
    former_names: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    credit_code: Mapped[str] = mapped_column(String(40), default="")
    division: Mapped[str] = mapped_column(String(20), default="")
    parent: Mapped[str | None] = mapped_column(ForeignKey("agencies.code"))
    serial: Mapped[int] = mapped_column(Integer, default=0)
    home: Mapped[str | None] = mapped_column(String(100))
    created: Mapped[datetime]


class AgencyAbove(Table):
    """Which agencies stand above which, each also above itself at distance 0."""

    __tablename__ = "agencies_above"
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"), primary_key=True)
    above: Mapped[str] = mapped_column(ForeignKey("agencies.code"), primary_key=True, index=True)
    distance: Mapped[int] = mapped_column(Integer)


class Account(Table):
    """Somebody who signs in."""

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    username: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str]
    password: Mapped[str]
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created: Mapped[datetime]


class AccountGrant(Table):
    """A role of an account; no agency means the whole directory."""

    __tablename__ = "grants"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    agency: Mapped[str | None] = mapped_column(ForeignKey("agencies.code"))


class Token(Table):
    """A key for programs. Only its digest is kept."""

    __tablename__ = "tokens"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    label: Mapped[str]
    created: Mapped[datetime]
    expires: Mapped[datetime | None]
    revoked: Mapped[datetime | None]


class EndedSession(Table):
    """A session that was ended before its cookie expires, by the digest of its name."""

    __tablename__ = "ended_sessions"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime]


class Saved(Table):
    """What somebody keeps for the next time: a filtered queue, a reason for returning."""

    __tablename__ = "saved"
    account: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    text: Mapped[str]
    created: Mapped[datetime]
