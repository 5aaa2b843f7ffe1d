"""Sources: what is harvested, how, for which agency, and the columns confirmed for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import agencies
from catalog.audit import Event, append
from catalog.database import lock_logs
from catalog.errors import Conflict, Forbidden, NotFound
from catalog.tables import Source
from catalog.viewers import Role, Viewer
from standards.profile import Level

AUTOMATIC = "automatic"
REVIEW = "review"
DELETION_LIMIT = 0.05
"""The share of a source's entries that one run may delete without a person's approval."""


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """How a source is harvested. ``options`` are its protocol's own (set, prefix, encoding…)."""

    protocol: str
    location: str
    level: Level = Level.MINIMAL
    acceptance: str = REVIEW
    kind: str = ""
    """The kind of its records where they do not tell."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Values for what its records leave out."""
    deletion_limit: float = DELETION_LIMIT
    options: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As kept in the database."""
        return {
            "protocol": self.protocol,
            "location": self.location,
            "level": self.level.value,
            "acceptance": self.acceptance,
            "kind": self.kind,
            "defaults": dict(self.defaults),
            "deletion_limit": self.deletion_limit,
            "options": dict(self.options),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> SourceSettings:
        """As kept in the database."""
        return cls(**{**kept, "level": Level(kept["level"])})


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source; ``mapping`` (heading → path) is what a person confirmed for its columns."""

    name: str
    agency: str
    settings: SourceSettings
    mapping: Mapping[str, Any] | None
    created: datetime
    updated: datetime


def add(
    session: Session,
    actor: Viewer,
    name: str,
    agency: str,
    settings: SourceSettings,
    now: datetime,
) -> SourceView:
    """Make a source of an agency; raises Conflict when the name is taken."""
    _administrator(session, actor, agency)
    if settings.acceptance not in (AUTOMATIC, REVIEW):
        raise ValueError(f"acceptance is {AUTOMATIC} or {REVIEW}: {settings.acceptance}")
    lock_logs(session)
    if session.get(Source, name):
        raise Conflict(f"the source's name is taken: {name}")
    kept = settings.as_dict()
    row = Source(name=name, agency=agency, settings=kept, mapping=None, created=now, updated=now)
    session.add(row)
    session.flush()
    append(session, actor.name, [Event("source added", None, {"name": name, **kept})], now)
    return _view(row)


def change(
    session: Session, actor: Viewer, name: str, settings: SourceSettings, now: datetime
) -> SourceView:
    """Harvest a source in another way."""
    row = _known(session, name)
    _administrator(session, actor, row.agency)
    lock_logs(session)
    row.settings, row.updated = settings.as_dict(), now
    session.flush()
    told = {"name": name, **row.settings}
    append(session, actor.name, [Event("source changed", None, told)], now)
    return _view(row)


def get(session: Session, name: str) -> SourceView:
    """The source; raises NotFound."""
    return _view(_known(session, name))


def all(session: Session) -> list[SourceView]:  # noqa: A001  read as `sources.all(session)`
    """All sources, by name."""
    return [_view(row) for row in session.scalars(select(Source).order_by(Source.name))]


def save_mapping(session: Session, name: str, mapping: Mapping[str, Any], now: datetime) -> None:
    """Remember what a person confirmed for the source's columns."""
    row = _known(session, name)
    row.mapping, row.updated = dict(mapping), now
    session.flush()


def _known(session: Session, name: str) -> Source:
    row = session.get(Source, name)
    if row is None:
        raise NotFound(f"source {name}")
    return row


def _administrator(session: Session, actor: Viewer, agency: str) -> None:
    if not actor.may(Role.ADMINISTRATOR, agencies.get(session, agency).path):
        raise Forbidden("only an administrator manages sources")


def _view(row: Source) -> SourceView:
    settings = SourceSettings.from_dict(row.settings)
    return SourceView(row.name, row.agency, settings, row.mapping, row.created, row.updated)
