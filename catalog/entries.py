"""Reading entries: what a viewer may see of one, its history, and lists of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from catalog import agencies, audit
from catalog.agencies import AgencyView
from catalog.audit import EventView
from catalog.errors import Gone, Moved, NotFound
from catalog.identity import aliases
from catalog.tables import Entry, Tombstone, Version
from catalog.versions import descriptor_of
from catalog.viewers import Role, Viewer
from catalog.visibility import condition, in_scope, redacted, visible
from catalog.writing import State
from search.card import Audience, Stage
from standards.descriptor import Descriptor


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version with as much of its descriptor as the viewer may see."""

    number: int
    descriptor: Descriptor
    audience: Audience
    level: str
    author: str
    note: str
    created: datetime


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry as one viewer sees it. Who may not see the pending version does not learn that
    there is one: ``state``, ``revision`` and ``updated`` are then those of the served version.
    """

    identifier: str
    kind: str
    agency: AgencyView
    state: str
    audience: Audience
    revision: int
    served: VersionView | None
    pending: VersionView | None
    created: datetime
    updated: datetime
    served_at: datetime | None = None
    submitted_at: datetime | None = None
    remark: str = ""
    """Why the pending version was returned."""
    source: str | None = None

    @property
    def shown(self) -> VersionView:
        """The served version, or the pending one of an entry not yet served."""
        version = self.served or self.pending
        assert version is not None  # noqa: S101  find() gives nobody an entry without either
        return version


def find(session: Session, viewer: Viewer, identifier: str) -> EntryView:
    """The entry. Raises NotFound (also for what the viewer may not know of), Gone or Moved."""
    entry = session.get(Entry, identifier)
    if entry is None:
        raise _by_other_names(session, viewer, identifier)
    agency = agencies.get(session, entry.agency)
    if entry.state == State.WITHDRAWN:
        raise _answer_of_tombstone(session, viewer, entry, agency)
    view = _views(session, viewer, [entry]).get(identifier)
    if view is None:
        raise NotFound(identifier)
    return view


def _by_other_names(session: Session, viewer: Viewer, name: str) -> NotFound | Moved:
    """Where a name that is no identifier leads, as far as the viewer may know: by what they may
    see of the entries, never by what is withheld from them.
    """
    given = aliases.named(session, name)
    if given and _known(session, viewer, given):
        return Moved(name, given)
    found = [
        view.identifier
        for view in some(session, viewer, aliases.numbered(session, name))
        if view.served and aliases.has_number(view.served.descriptor, name)
    ]
    return Moved(name, found[0]) if len(found) == 1 else NotFound(name)


def some(session: Session, viewer: Viewer, identifiers: Sequence[str]) -> list[EntryView]:
    """Those of the entries that the viewer may see, in the order asked for."""
    rows = session.scalars(select(Entry).where(Entry.identifier.in_(set(identifiers)))).all()
    views = _views(session, viewer, rows)
    return [views[each] for each in identifiers if each in views]


def page(
    session: Session, viewer: Viewer, after: str = "", size: int = 100, served_only: bool = True
) -> list[EntryView]:
    """Visible entries by identifier, from behind ``after``; for exports of any length."""
    seen = and_(Version.number == Entry.served, condition(viewer, Stage.SERVED))
    if not served_only:
        pending = and_(Version.number == Entry.pending, condition(viewer, Stage.PENDING))
        seen = or_(seen, pending)
    held_one = select(Version.number).where(Version.entry == Entry.identifier, seen).exists()
    query = (
        select(Entry)
        .where(Entry.identifier > after, held_one)
        .order_by(Entry.identifier)
        .limit(size)
    )
    rows = session.scalars(query).all()
    views = _views(session, viewer, rows)
    return [views[row.identifier] for row in rows]


def count(session: Session, viewer: Viewer) -> int:
    """How many served entries the viewer may see."""
    return session.scalar(select(func.count()).select_from(_served(viewer).subquery())) or 0


def addresses(
    session: Session, viewer: Viewer, offset: int, size: int
) -> list[tuple[str, datetime]]:
    """Identifiers of served entries by order, each with when it was served, for a sitemap."""
    query = _served(viewer).order_by(Entry.identifier).offset(offset).limit(size)
    return [(row[0], row[1]) for row in session.execute(query) if row[1]]


def _served(viewer: Viewer) -> Select[str, datetime | None]:
    return (
        select(Entry.identifier, Entry.served_at)
        .join(Version, (Version.entry == Entry.identifier) & (Version.number == Entry.served))
        .where(condition(viewer, Stage.SERVED))
    )


def history(session: Session, viewer: Viewer, identifier: str) -> list[VersionView]:
    """Every version, newest first, for those who hold a role over the entry's agency."""
    _in_scope(session, viewer, identifier)
    rows = session.scalars(
        select(Version).where(Version.entry == identifier).order_by(Version.number.desc())
    )
    return [_version(viewer, row) for row in rows]


def deeds(session: Session, viewer: Viewer, identifier: str) -> list[EventView]:
    """Who did what to the entry and why, newest first, for the same people; to an auditor also who
    saw it.
    """
    path = _in_scope(session, viewer, identifier)
    return audit.about(session, identifier, views=viewer.may(Role.AUDITOR, path))


def _in_scope(session: Session, viewer: Viewer, identifier: str) -> tuple[str, ...]:
    """The agency's path. Raises NotFound for those without a role over it."""
    entry = session.get(Entry, identifier)
    path = agencies.get(session, entry.agency).path if entry else ()
    if entry is None or not in_scope(viewer, path):
        raise NotFound(identifier)
    return path


def _views(session: Session, viewer: Viewer, entries: Sequence[Entry]) -> dict[str, EntryView]:
    """The entries of which the viewer may see at least one version, as far as they may."""
    organs = agencies.some(session, {entry.agency for entry in entries})
    versions = held(session, entries)
    views = {}
    for entry in entries:
        agency = organs[entry.agency]
        served = _seen(viewer, Stage.SERVED, versions.get((entry.identifier, entry.served)), agency)
        pending = _seen(
            viewer, Stage.PENDING, versions.get((entry.identifier, entry.pending)), agency
        )
        if served or pending:
            views[entry.identifier] = _view(viewer, entry, agency, served, pending)
    return views


def held(session: Session, entries: Sequence[Entry]) -> Mapping[tuple[str, int | None], Version]:
    """The served and pending versions of the entries, by entry and number."""
    rows = session.scalars(
        select(Version)
        .join(Entry, Entry.identifier == Version.entry)
        .where(Entry.identifier.in_([entry.identifier for entry in entries]))
        .where(or_(Version.number == Entry.served, Version.number == Entry.pending))
    )
    return {(row.entry, row.number): row for row in rows}


def _seen(
    viewer: Viewer, stage: Stage, version: Version | None, agency: AgencyView
) -> Version | None:
    if version is None or not visible(viewer, stage, version.audience, agency.path):
        return None
    return version


def _view(
    viewer: Viewer,
    entry: Entry,
    agency: AgencyView,
    served: Version | None,
    pending: Version | None,
) -> EntryView:
    inside = in_scope(viewer, agency.path)
    shown = served or pending
    assert shown is not None  # noqa: S101  asked for visible entries only
    private: dict[str, Any] = {
        "state": entry.state,
        "revision": entry.revision,
        "updated": entry.updated,
        "submitted_at": entry.submitted_at,
        "remark": entry.remark,
        "source": entry.source,
    }
    public: dict[str, Any] = {
        "state": State.PUBLISHED.value,
        "revision": shown.number,
        "updated": entry.served_at or entry.updated,
    }
    return EntryView(
        identifier=entry.identifier,
        kind=shown.kind,
        agency=agency,
        audience=Audience(shown.audience),
        served=_version(viewer, served) if served else None,
        pending=_version(viewer, pending) if pending else None,
        created=entry.created,
        served_at=entry.served_at,
        **(private if inside else public),
    )


def _version(viewer: Viewer, row: Version) -> VersionView:
    return VersionView(
        number=row.number,
        descriptor=redacted(viewer, descriptor_of(row)),
        audience=Audience(row.audience),
        level=row.level,
        author=row.author if viewer.signed_in else "",
        note=row.note if viewer.signed_in else "",
        created=row.created,
    )


def _answer_of_tombstone(
    session: Session, viewer: Viewer, entry: Entry, agency: AgencyView
) -> Gone | Moved | NotFound:
    """Only who could see the entry before learns that, when and why it is gone."""
    grave = session.get_one(Tombstone, entry.identifier)
    stage = Stage.SERVED if grave.last else Stage.PENDING
    if not visible(viewer, stage, grave.audience, agency.path):
        return NotFound(entry.identifier)
    if grave.merged_into and _known(session, viewer, grave.merged_into):
        return Moved(entry.identifier, grave.merged_into)
    return Gone(entry.identifier, grave.at, grave.reason)


def _known(session: Session, viewer: Viewer, identifier: str) -> bool:
    """Whether the viewer may learn of the entry."""
    try:
        find(session, viewer, identifier)
    except NotFound:
        return False
    except (Gone, Moved):
        pass  # that is an answer too
    return True
