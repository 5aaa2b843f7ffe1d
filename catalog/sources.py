"""Sources: what is harvested, how, for which agency, and the columns confirmed for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog import agencies, schedules
from catalog.audit import Event, append
from catalog.database import lock_logs
from catalog.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from catalog.tables import Source
from catalog.viewers import Role, Viewer
from standards.profile import Level
from standards.rules import problem

AUTOMATIC = "automatic"
REVIEW = "review"
SCHEDULE = "schedule"
"""The option that says when a source is harvested by itself."""
NODE = "mulu"
"""The protocol of sources that are nodes like this one."""
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
    """A source; ``mapping`` (heading → path) is what a person confirmed for its columns, ``due``
    when it is harvested next by itself.
    """

    name: str
    agency: str
    settings: SourceSettings
    mapping: Mapping[str, Any] | None
    created: datetime
    updated: datetime
    due: datetime | None = None
    paused: bool = False
    retired: datetime | None = None


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
    _without_secret(settings)
    lock_logs(session)
    if session.get(Source, name):
        raise Conflict(f"the source's name is taken: {name}")
    kept = settings.as_dict()
    row = Source(
        name=name,
        agency=agency,
        settings=kept,
        mapping=None,
        created=now,
        updated=now,
        due=_due(settings, now),
        paused=False,
    )
    session.add(row)
    session.flush()
    append(session, actor.name, [Event("source added", None, {"name": name, **kept})], now)
    return _view(row)


def change(
    session: Session, actor: Viewer, name: str, settings: SourceSettings, now: datetime
) -> SourceView:
    """Harvest a source in another way."""
    _without_secret(settings)
    row = _managed(session, actor, name)
    row.settings, row.updated = settings.as_dict(), now
    row.due = None if row.paused else _due(settings, now)
    session.flush()
    told = {"name": name, **row.settings}
    append(session, actor.name, [Event("source changed", None, told)], now)
    return _view(row)


def pause(session: Session, actor: Viewer, name: str, paused: bool, now: datetime) -> SourceView:
    """Harvest a source by itself no more until it is resumed; by hand it can be all the same."""
    row = _managed(session, actor, name)
    row.paused = paused
    row.due = None if paused else _due(_view(row).settings, now)
    session.flush()
    told = Event("source paused" if paused else "source resumed", None, {"name": name})
    append(session, actor.name, [told], now)
    return _view(row)


def retire(session: Session, actor: Viewer, name: str, reason: str, now: datetime) -> SourceView:
    """Harvest a source no more. Its entries and runs stay, and its name stays taken."""
    row = _managed(session, actor, name)
    row.retired, row.due = now, None
    session.flush()
    told = Event("source removed", None, {"name": name, "reason": reason})
    append(session, actor.name, [told], now)
    return _view(row)


def due(session: Session, now: datetime) -> list[SourceView]:
    """The sources that are to be harvested by now; each is given once, whoever asks at the same
    time, and is due again at the next moment of its schedule: what was missed does not pile up.
    """
    found = []
    for row in session.scalars(select(Source).where(Source.due <= now).order_by(Source.name)):
        following = _due(_view(row).settings, now)
        taken = (
            update(Source)
            .where(Source.name == row.name, Source.due == row.due)
            .values(due=following)
            .returning(Source.name)
            .execution_options(synchronize_session=False)
        )
        if session.scalar(taken):
            found.append(_view(row))
    return found


def get(session: Session, name: str) -> SourceView:
    """The source; raises NotFound."""
    return _view(_known(session, name))


def all(session: Session) -> list[SourceView]:  # noqa: A001  read as `sources.all(session)`
    """All sources that are harvested, by name."""
    query = select(Source).where(Source.retired.is_(None)).order_by(Source.name)
    return [_view(row) for row in session.scalars(query)]


def save_mapping(session: Session, name: str, mapping: Mapping[str, Any], now: datetime) -> None:
    """Remember what a person confirmed for the source's columns."""
    row = _known(session, name)
    row.mapping, row.updated = dict(mapping), now
    session.flush()


def _without_secret(settings: SourceSettings) -> None:
    """Raise Invalid for a location that holds a password: settings are shown and audited."""
    try:
        parts = urlsplit(settings.location)
        told = parts.password or {"password", "pwd"} & parse_qs(parts.query).keys()
    except ValueError:  # no address: a path may look like anything
        return
    if told:
        raise Invalid([problem("location-secret", path="location", clause="采集源设置")])


def _known(session: Session, name: str) -> Source:
    row = session.get(Source, name)
    if row is None:
        raise NotFound(f"source {name}")
    return row


def _managed(session: Session, actor: Viewer, name: str) -> Source:
    """The source, held for a change by somebody who may make it."""
    lock_logs(session)
    row = _known(session, name)
    _administrator(session, actor, row.agency)
    if row.retired:
        raise WrongState(f"source {name}", "removed")
    return row


def _due(settings: SourceSettings, now: datetime) -> datetime | None:
    """When a source is harvested next; raises ValueError for a schedule that cannot be read."""
    return schedules.following(str(settings.options.get(SCHEDULE, "")), now)


def _administrator(session: Session, actor: Viewer, agency: str) -> None:
    if not actor.may(Role.ADMINISTRATOR, agencies.get(session, agency).path):
        raise Forbidden("only an administrator manages sources")


def _view(row: Source) -> SourceView:
    return SourceView(
        name=row.name,
        agency=row.agency,
        settings=SourceSettings.from_dict(row.settings),
        mapping=row.mapping,
        created=row.created,
        updated=row.updated,
        due=row.due,
        paused=row.paused,
        retired=row.retired,
    )
