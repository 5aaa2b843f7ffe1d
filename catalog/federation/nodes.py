"""The nodes that are followed: which key each signs with, how far its changes are here, and when it
answered last."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from catalog.errors import NotFound
from catalog.federation.keys import PublicKey
from catalog.runs import RunState
from catalog.sources import NODE
from catalog.tables import (
    Entry,
    Node,
    Run,
    RunRecord,
    Source,
    SourceRecord,
    Tombstone,
    Version,
)
from catalog.viewers import Viewer
from catalog.visibility import condition
from search.card import Stage

KEY = "key"
"""The option that pins a node's public key: somebody has compared its fingerprint."""
FOLLOWING = "following"
"""The option of the one run a day that holds what following brought."""


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node as it stands. ``level`` is when all that it had said was here."""

    source: str
    name: str = ""
    tier: str = ""
    pinned: str = ""
    key: str = ""
    following_key: str = ""
    turn: int = 0
    head: int = 0
    contact: datetime | None = None
    level: datetime | None = None
    tried: datetime | None = None
    fault: Mapping[str, Any] | None = None
    alarm: Mapping[str, Any] | None = None

    @property
    def behind(self) -> int:
        """How many of its turns are not here yet."""
        return max(0, self.head - self.turn)

    def lag(self, now: datetime) -> float | None:
        """For how many seconds something that it said has not been here; None before all was."""
        if self.level is None:
            return None
        reached = self.contact if not self.behind and self.contact else self.level
        return 0.0 if not (self.behind or self.fault) else (now - reached).total_seconds()

    @property
    def trusted(self) -> tuple[PublicKey, ...]:
        """The keys with which it may sign now."""
        return tuple(PublicKey(each) for each in (self.key, self.following_key) if each)


def standing(session: Session, source: str, pinned: str) -> NodeView:
    """How the node of a source stands; one that was pinned anew is trusted by that key alone."""
    row = session.get(Node, source, populate_existing=True)
    if row is None:
        return NodeView(source, pinned=pinned, key=pinned)
    view = _view(row)
    return view if view.pinned == pinned else NodeView(source, pinned=pinned, key=pinned)


def every(session: Session) -> list[NodeView]:
    """All nodes that are followed, by the name of their source, also those not reached yet."""
    rows = {row.source: row for row in session.scalars(select(Node))}
    found = session.scalars(select(Source.name).order_by(Source.name).where(_is_node()))
    return [_view(rows[name]) if name in rows else NodeView(name) for name in found]


def keep(session: Session, view: NodeView) -> None:
    """Write down how a node stands."""
    fields = {name: getattr(view, name) for name in NodeView.__slots__ if name != "source"}
    row = session.get(Node, view.source)
    if row is None:
        session.add(Node(source=view.source, lost=0, **fields))
    else:
        for name, value in fields.items():
            setattr(row, name, value)
    session.flush()


def calm(session: Session, source: str) -> None:
    """Take back the alarm, since a person has seen it. Raises NotFound."""
    query = update(Node).where(Node.source == source).values(alarm=None).returning(Node.source)
    if session.scalar(query) is None:
        raise NotFound(f"node {source}")


def entries(session: Session, viewer: Viewer) -> dict[str, int]:
    """How many entries of each node the viewer may see."""
    query = (
        select(Entry.source, func.count())
        .join(Version, (Version.entry == Entry.identifier) & (Version.number == Entry.served))
        .join(Source, Source.name == Entry.source)
        .where(_is_node(), condition(viewer, Stage.SERVED))
        .group_by(Entry.source)
    )
    return {row[0]: row[1] for row in session.execute(query) if row[0]}


def run_of_day(session: Session, source: str, by: str, now: datetime) -> int:
    """The run that holds what following brings today; one for each change would be a flood."""
    day = now.date().isoformat()
    latest = select(Run).where(Run.source == source).order_by(Run.id.desc()).limit(20)
    for run in session.scalars(latest):
        if run.options.get(FOLLOWING) == day:
            return run.id
    made = Run(
        source=source,
        state=RunState.DONE.value,
        requested_by=by,
        options={FOLLOWING: day},
        checkpoint={},
        counts={},
        complete=True,
        created=now,
        started=now,
        finished=now,
    )
    session.add(made)
    session.flush()
    return made.id


def refused(session: Session, source: str, keys: Collection[str]) -> set[str]:
    """Which of the records were turned down when they came last, or are kept out by a person."""
    if not keys:
        return set()
    of_source = select(Run.id).where(Run.source == source)
    latest = (
        select(func.max(RunRecord.run))
        .where(RunRecord.run.in_(of_source), RunRecord.key.in_(set(keys)))
        .group_by(RunRecord.key)
    )
    rows = select(RunRecord.key).where(
        RunRecord.run.in_(latest), RunRecord.key.in_(set(keys)), RunRecord.action == "rejected"
    )
    buried = (
        select(SourceRecord.key)
        .join(Tombstone, Tombstone.entry == SourceRecord.entry)
        .where(SourceRecord.source == source, SourceRecord.key.in_(set(keys)))
        .where(Tombstone.by_source.is_(False))
    )
    return {*session.scalars(rows), *session.scalars(buried)}


def _is_node() -> ColumnElement[bool]:
    protocol: ColumnElement[str] = Source.settings["protocol"].as_string()
    return protocol == NODE


def _view(row: Node) -> NodeView:
    return NodeView(**{name: getattr(row, name) for name in NodeView.__slots__})
