"""Pairs that look like one resource, as those see them who hold a role over one of the two agencies
and may see both entries: of all others there is no trace, neither in lists nor in counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from catalog import entries
from catalog.entries import EntryView
from catalog.errors import NotFound
from catalog.identity.evidence import Evidence
from catalog.identity.keeping import MOST, OPEN
from catalog.tables import AgencyAbove, Crowd, Entry, IdentityKey, Likeness, Version
from catalog.viewers import Viewer
from catalog.visibility import condition
from search.card import Stage

CROWDS = 20
SAMPLE = 5


@dataclass(frozen=True, slots=True)
class LikePair:
    """Two entries with what speaks for their being one, and what was declared about them."""

    one: EntryView
    other: EntryView
    evidence: tuple[Evidence, ...]
    state: str
    found: datetime
    reason: str
    by: str
    at: datetime | None

    @property
    def key(self) -> str:
        """The cursor behind it."""
        return f"{self.one.identifier}|{self.other.identifier}"


@dataclass(frozen=True, slots=True)
class LikeCrowd:
    """More entries of one number or title than are compared; some of them."""

    scheme: str
    number: int
    some: tuple[EntryView, ...]


@dataclass(frozen=True, slots=True)
class Likenesses:
    """A page of pairs with the counts by evidence; ``next`` is the following one's cursor."""

    pairs: tuple[LikePair, ...]
    kinds: Mapping[str, int]
    next: str | None = None


def listed(
    session: Session,
    viewer: Viewer,
    kind: str = "",
    state: str = OPEN,
    size: int = 20,
    cursor: str = "",
) -> Likenesses:
    """The pairs that are the viewer's to judge, by identifiers."""
    mine = and_(Likeness.state == state, _may_see(viewer))
    counting = select(Likeness.kind, func.count()).where(mine).group_by(Likeness.kind)
    kinds = {row[0]: row[1] for row in session.execute(counting)}
    one, _, other = cursor.partition("|")
    behind = or_(Likeness.one > one, and_(Likeness.one == one, Likeness.other > other))
    query = select(Likeness).where(mine, behind, Likeness.kind == kind if kind else true())
    rows = session.scalars(query.order_by(Likeness.one, Likeness.other).limit(size + 1)).all()
    found = _views(session, viewer, rows[:size])
    more = f"{rows[size - 1].one}|{rows[size - 1].other}" if len(rows) > size else None
    return Likenesses(tuple(found), kinds, more)


def find(session: Session, viewer: Viewer, one: str, other: str) -> LikePair:
    """One pair, whatever was declared about it. Raises NotFound, also for who may not see it."""
    first, second = sorted((one, other))
    query = select(Likeness).where(
        Likeness.one == first, Likeness.other == second, _may_see(viewer)
    )
    found = _views(session, viewer, session.scalars(query).all())
    if not found:
        raise NotFound(f"{first} and {second}")
    return found[0]


def crowds(session: Session, viewer: Viewer) -> list[LikeCrowd]:
    """Groups of which the viewer may see more than are compared in pairs."""
    found = []
    for crowd in session.scalars(select(Crowd).order_by(Crowd.hash).limit(CROWDS)):
        query = select(IdentityKey.entry).where(
            IdentityKey.hash == crowd.hash, _visible(viewer, IdentityKey.entry)
        )
        number = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        if number > MOST:
            names = session.scalars(query.order_by(IdentityKey.entry).limit(SAMPLE)).all()
            some = tuple(entries.some(session, viewer, names))
            found.append(LikeCrowd(crowd.scheme, number, some))
    return found


def _may_see(viewer: Viewer) -> ColumnElement[bool]:
    """Both entries may be seen, and one at least is of an agency over which a role is held."""
    seen = and_(_visible(viewer, Likeness.one), _visible(viewer, Likeness.other))
    if viewer.operator or any(grant.agency is None for grant in viewer.grants):
        return seen
    scopes = sorted({grant.agency for grant in viewer.grants if grant.agency})
    below = select(AgencyAbove.agency).where(AgencyAbove.above.in_(scopes))
    own = exists(
        select(Entry.identifier).where(
            Entry.identifier.in_((Likeness.one, Likeness.other)), Entry.agency.in_(below)
        )
    )
    return and_(seen, own)


def _visible(viewer: Viewer, name: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether the viewer may see the entry, in the version by which it is compared."""
    served = and_(Version.number == Entry.served, condition(viewer, Stage.SERVED))
    pending = and_(
        Entry.served.is_(None),
        Version.number == Entry.pending,
        condition(viewer, Stage.PENDING),
    )
    return exists(
        select(Entry.identifier)
        .join(Version, Version.entry == Entry.identifier)
        .where(Entry.identifier == name, or_(served, pending))
    )


def _views(session: Session, viewer: Viewer, rows: Sequence[Likeness]) -> list[LikePair]:
    named = {each for row in rows for each in (row.one, row.other)}
    seen = {view.identifier: view for view in entries.some(session, viewer, sorted(named))}
    return [
        LikePair(
            one=seen[row.one],
            other=seen[row.other],
            evidence=tuple(Evidence(*each) for each in row.evidence),
            **{name: getattr(row, name) for name in ("state", "found", "reason", "by", "at")},
        )
        for row in rows
        if row.one in seen and row.other in seen
    ]
