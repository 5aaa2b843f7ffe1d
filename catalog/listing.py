"""Long lists of what a tier is shown, page by page in the order of first showing.

A list goes up to the number that was the last when it began: however entries change meanwhile,
none is missed and none comes twice. What left is in it too, marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from catalog.exposure import VIEWERS, Tier
from catalog.tables import ExposedTheme, Exposure, Version
from catalog.visibility import redacted
from standards.descriptor import Descriptor

__all__ = [
    "Selection",
    "Session",  # so that the web can name it without knowing SQLAlchemy
    "Shown",
    "earliest",
    "head",
    "one",
    "page",
]
FEW = 4000
"""So many entries of a span of time are looked through one by one; more of them are found soon
enough by going through all."""
NARROWEST, WIDEST, WIDER = 1000, 64_000, 4
"""How many numbers are looked through at a time while nothing fits."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which entries: None is all of them. Both ends of the time belong to it."""

    begin: datetime | None = None
    end: datetime | None = None
    agencies: tuple[str, ...] | None = None
    kind: str | None = None
    themes: tuple[str, ...] | None = None
    themed: bool = False
    """Those of any theme at all."""

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Selection()


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as the tier was shown it last; without descriptor where it left, or where only its
    head was asked for."""

    number: int
    entry: str
    at: datetime
    present: bool
    agency: str
    kind: str
    themes: tuple[str, ...]
    descriptor: Descriptor | None = None


def head(session: Session, tier: Tier) -> int:
    """The number of the entry that was shown first most lately; so many there are."""
    query = select(func.max(Exposure.number)).where(Exposure.tier == tier.value)
    return session.scalar(query) or 0


def earliest(session: Session, tier: Tier) -> datetime | None:
    """The time of the oldest change."""
    query = select(func.min(Exposure.at)).where(Exposure.tier == tier.value)
    return session.scalar(query)


def one(session: Session, tier: Tier, entry: str) -> Shown | None:
    """An entry by its identifier; None if the tier was never shown it."""
    rows = session.execute(_query(tier, True).where(Exposure.entry == entry))
    return next((_shown(tier, row) for row in rows.all()), None)


def page(
    session: Session,
    tier: Tier,
    chosen: Selection,
    after: int,
    last: int,
    size: int,
    whole: bool = True,
) -> list[Shown]:
    """The next entries behind a number, none behind ``last``; ``whole`` with their descriptors."""
    numbers = _numbers(session, tier, chosen, after, last, size)
    if not numbers:
        return []
    query = _query(tier, whole).where(Exposure.number.in_(numbers)).order_by(Exposure.number)
    return [_shown(tier, row) for row in session.execute(query).all()]


def _numbers(
    session: Session, tier: Tier, chosen: Selection, after: int, last: int, size: int
) -> Sequence[int]:
    if chosen.everything:
        return range(after + 1, min(after + size, last) + 1)
    span = _span(chosen)
    found = _found(tier, chosen).where(*span)
    if span:
        of_tier = Exposure.tier == tier.value
        few = session.scalars(select(Exposure.number).where(of_tier, *span).limit(FEW + 1)).all()
        if len(few) <= FEW:
            near = [number for number in few if after < number <= last]
            return session.scalars(found.where(Exposure.number.in_(near)).limit(size)).all()
    if chosen.themes is not None and not span:
        found = _of_themes(tier, chosen.themes)
    return _walked(session, found, after, last, size)


def _walked(
    session: Session, query: Select[int], after: int, last: int, size: int
) -> Sequence[int]:
    """Stretch by stretch, since a stretch has an end whichever index the database takes."""
    found: list[int] = []
    width = max(NARROWEST, 2 * size)
    while after < last and len(found) < size:
        end = min(after + width, last)
        number = query.selected_columns[0]
        stretch = query.where(number > after, number <= end)
        found += session.scalars(stretch.limit(size - len(found)))
        after, width = end, min(width * WIDER, WIDEST)
    return found


def _span(chosen: Selection) -> list[ColumnElement[bool]]:
    ends = [Exposure.at >= chosen.begin if chosen.begin else None]
    ends.append(Exposure.at <= chosen.end if chosen.end else None)
    return [end for end in ends if end is not None]


def _found(tier: Tier, chosen: Selection) -> Select[int]:
    """The numbers in order, but for the span of time."""
    query = select(Exposure.number).where(Exposure.tier == tier.value).order_by(Exposure.number)
    if chosen.agencies is not None:
        query = query.where(Exposure.agency.in_(chosen.agencies))
    if chosen.kind is not None:
        query = query.where(Exposure.kind == chosen.kind)
    if chosen.themed:
        query = query.where(Exposure.themes != "")
    if chosen.themes is not None:
        listed = _of_themes(tier, chosen.themes).order_by(None)
        query = query.where(listed.where(ExposedTheme.number == Exposure.number).exists())
    return query


def _of_themes(tier: Tier, themes: Sequence[str]) -> Select[int]:
    """The numbers in order of what is in one of the classes."""
    return (
        select(ExposedTheme.number)
        .where(ExposedTheme.tier == tier.value, ExposedTheme.theme.in_(themes))
        .order_by(ExposedTheme.number)
        .distinct()
    )


_HEAD = (
    *(Exposure.number, Exposure.entry, Exposure.at, Exposure.present),
    *(Exposure.agency, Exposure.kind, Exposure.themes),
)


def _query(tier: Tier, whole: bool) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(*_HEAD).where(Exposure.tier == tier.value)
    if not whole:
        return query
    served = (Version.entry == Exposure.entry) & (Version.number == Exposure.version)
    told = query.add_columns(Version.kind.label("told_kind"), Version.values.label("told"))
    return told.outerjoin(Version, served & Exposure.present)


def _shown(tier: Tier, row: Row[*tuple[Any, ...]]) -> Shown:
    number, entry, at, present, agency, kind, themes, *told = row
    whole = Descriptor(*told) if told and told[0] else None
    descriptor = redacted(VIEWERS[tier], whole) if whole else None
    return Shown(number, entry, at, present, agency, kind, tuple(themes.split()), descriptor)
