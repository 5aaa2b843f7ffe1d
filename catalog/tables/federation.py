"""Nodes: what this one is called, what is known of those it follows, and whence entries came."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.columns import SEQUENCE
from catalog.tables.base import Table


class OwnName(Table):
    """A name or address under which this node is or was known."""

    __tablename__ = "own_names"
    name: Mapped[str] = mapped_column(String(300), primary_key=True)
    since: Mapped[datetime]


class Origin(Table):
    """A hop on the way of an entry that came from elsewhere: the first is its home."""

    __tablename__ = "origins"
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    node: Mapped[str] = mapped_column(String(300))
    identifier: Mapped[str] = mapped_column(String(500))
    __table_args__ = (Index("ix_origins_node_identifier", "node", "identifier"),)


class Node(Table):
    """A node that is followed: its keys, how far its changes were read, and when it answered.

    ``pinned`` is the key that a person confirmed, ``key`` the one it signs with now. ``level`` is
    when everything that it had said was here.
    """

    __tablename__ = "nodes"
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    tier: Mapped[str] = mapped_column(String(20))
    pinned: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(60))
    following_key: Mapped[str] = mapped_column(String(60))
    turn: Mapped[int] = mapped_column(SEQUENCE)
    head: Mapped[int] = mapped_column(SEQUENCE)
    contact: Mapped[datetime | None]
    level: Mapped[datetime | None]
    tried: Mapped[datetime | None]
    fault: Mapped[dict[str, Any] | None]
    lost: Mapped[int] = mapped_column(Integer)
    alarm: Mapped[dict[str, Any] | None]


class Peer(Table):
    """A directory that is asked along when somebody searches it live."""

    __tablename__ = "peers"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    address: Mapped[str]
    private: Mapped[bool]
    created: Mapped[datetime]
