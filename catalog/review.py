"""Review: accepting, returning and withdrawing, and the queue of what waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from catalog import entries, versions
from catalog.changes import What
from catalog.entries import EntryView
from catalog.errors import Forbidden, Invalid, WrongState
from catalog.proposals import Outcome, said
from catalog.tables import AgencyAbove, Entry, Version
from catalog.versions import Authorship
from catalog.viewers import Role, Viewer
from catalog.visibility import condition
from catalog.withdrawal import merge, needed, withdraw
from catalog.writing import Batch, State, claim, held_version, latest_number
from search.card import Stage
from search.query import BadQuery
from standards.profile import Level
from standards.validation import validate

__all__ = ["Page", "QueueFilters", "accept", "merge", "queue", "send_back", "withdraw"]

ATTRIBUTES = ("disclosure", "sharing")
"""What a reviewer sets, by its role in the Summary."""


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """Which of the waiting versions to list; empty means any."""

    state: State | None = State.SUBMITTED
    kind: str = ""
    agency: str = ""
    """With all below it."""
    disclosure: str = ""
    sharing: str = ""
    ground: str = ""
    source: str = ""
    submitted_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the queue; ``next`` is the cursor of the following one."""

    entries: tuple[EntryView, ...]
    total: int
    next: str | None


def accept(
    session: Session,
    actor: Viewer,
    identifier: str,
    revision: int,
    now: datetime,
    attributes: Mapping[str, Any] | None = None,
) -> Outcome:
    """Serve the pending version, from now on instead of the one served before.

    ``attributes`` are the reviewer's own, by role (``disclosure``, ``sharing``): they make a new
    version by the reviewer, held to the same rules, and are laid over what a source sends later.
    Raises NotFound, Forbidden (also to whoever proposed it), Stale, WrongState or Invalid.
    """
    entry, version = _reviewed(session, actor, identifier, revision)
    if version.author == actor.name and not actor.operator:
        raise Forbidden("nobody accepts what they proposed themselves")
    batch = Batch(actor.name, now)
    number, curated = entry.pending, entry.curated
    if attributes:
        number, curated = _with_attributes(session, batch, entry, version, attributes)
    told: dict[str, Any] = {"version": number, "attributes": dict(attributes or {})}
    batch.move(
        identifier,
        state=State.PUBLISHED.value,
        served=number,
        pending=None,
        served_at=now,
        submitted_at=None,
        curated=curated,
        remark="",
        revision=revision + 1,
    )
    batch.tell(identifier, What.SERVED, "accepted", **told)
    batch.write(session)
    return Outcome(identifier, revision + 1, State.PUBLISHED.value, False, True)


def send_back(
    session: Session, actor: Viewer, identifier: str, revision: int, reason: str, now: datetime
) -> Outcome:
    """Return the pending version to its registrar, with the reason. What is served stays served."""
    entry, _ = _reviewed(session, actor, identifier, revision)
    remark = needed(reason)
    batch = Batch(actor.name, now)
    batch.move(
        identifier,
        state=State.RETURNED.value,
        submitted_at=None,
        remark=remark,
        revision=revision + 1,
    )
    batch.tell(identifier, What.PENDING, "returned", version=entry.pending, reason=remark)
    batch.write(session)
    return Outcome(identifier, revision + 1, State.RETURNED.value, False, True)


def queue(
    session: Session,
    viewer: Viewer,
    filters: QueueFilters = QueueFilters(),
    size: int = 20,
    cursor: str | None = None,
) -> Page:
    """What waits, as far as the viewer may see it, longest waiting first."""
    wanted = [condition(viewer, Stage.PENDING), *_filtered(filters)]
    joined = (
        select(Entry)
        .join(Version, (Version.entry == Entry.identifier) & (Version.number == Entry.pending))
        .where(*wanted)
    )
    total = session.scalar(select(func.count()).select_from(joined.subquery())) or 0
    since = func.coalesce(Entry.submitted_at, Entry.updated)
    if cursor:
        moment, identifier = _position(cursor)
        behind = and_(since == moment, Entry.identifier > identifier)
        joined = joined.where(or_(since > moment, behind))
    rows = session.scalars(joined.order_by(since, Entry.identifier).limit(size + 1)).all()
    shown = rows[:size]
    more = None
    if len(rows) > size:
        last = shown[-1]
        more = f"{(last.submitted_at or last.updated).isoformat()}|{last.identifier}"
    views = entries.some(session, viewer, [row.identifier for row in shown])
    return Page(tuple(views), total, more)


def _position(cursor: str) -> tuple[datetime, str]:
    moment, _, identifier = cursor.partition("|")
    try:
        return datetime.fromisoformat(moment).astimezone(UTC), identifier
    except (ValueError, OverflowError):  # the latter near the first and the last of years
        raise BadQuery("cursor", "not one of ours") from None


def _reviewed(
    session: Session, actor: Viewer, identifier: str, revision: int
) -> tuple[Entry, Version]:
    """The entry and what waits for a decision, provided the actor is one to decide."""
    entry, path = claim(session, actor, identifier, revision)
    if not actor.may(Role.REVIEWER, path):
        raise Forbidden(f"not a reviewer of {entry.agency}")
    if entry.state != State.SUBMITTED or entry.pending is None:
        raise WrongState(identifier, entry.state)
    return entry, held_version(session, identifier, entry.pending)


def _with_attributes(
    session: Session,
    batch: Batch,
    entry: Entry,
    version: Version,
    attributes: Mapping[str, Any],
) -> tuple[int, dict[str, Any] | None]:
    """A version by the reviewer on top of the proposed one, and what to remember as curated; as
    it was where the reviewer leaves everything as proposed.
    """
    if unknown := attributes.keys() - set(ATTRIBUTES):
        zh, en = "审核时只能设定公开属性和共享属性。", "A review sets disclosure and sharing only."
        raise Invalid([said(sorted(unknown)[0], "attributes", zh, en)])
    laid = versions.curated_values(version.kind, version.values, attributes)
    level = Level(version.level)
    validation = validate(version.kind, laid, level)
    if not validation.ok:
        raise Invalid(validation.problems)
    descriptor = versions.completed(validation.descriptor, entry.identifier, version.values)
    if descriptor.digest == version.digest:
        return version.number, entry.curated
    number = latest_number(session, entry.identifier) + 1
    by = Authorship(batch.actor, batch.now, level, version.note)
    batch.version(versions.row(entry.identifier, number, descriptor, by))
    chosen = versions.curation(version.kind, descriptor.values, attributes)
    return number, {**(entry.curated or {}), **chosen}


def _filtered(filters: QueueFilters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    for column, value in (
        (Entry.state, filters.state.value if filters.state else ""),
        (Version.kind, filters.kind),
        (Version.disclosure, filters.disclosure),
        (Version.sharing, filters.sharing),
        (Entry.source, filters.source),
    ):
        if value:
            wanted.append(column == value)
    if filters.ground:
        grounds = (Version.disclosure_ground, Version.sharing_ground)
        wanted.append((grounds[0] == filters.ground) | (grounds[1] == filters.ground))
    if filters.agency:
        below = select(AgencyAbove.agency).where(AgencyAbove.above == filters.agency)
        wanted.append(Entry.agency.in_(below))
    if filters.submitted_before:
        wanted.append(Entry.submitted_at < filters.submitted_before)
    return wanted
