"""What each tier of readers was shown: kept in the transaction of the change itself, so that lists
which go by it (OAI-PMH, federation) neither miss a change nor tell of anything else.

An entry that a tier never saw has no row, and numbers and turns are counted for each tier by
itself: nothing of a list moves when hidden entries do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Any, TypeAlias, cast

from sqlalchemy import Row, Table, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from catalog.database import lock_logs, put
from catalog.tables import Entry, ExposedTheme, Exposure, Version
from catalog.viewers import PUBLIC, Grant, Role, Viewer
from catalog.visibility import visible
from search.card import Audience, Stage
from standards.descriptor import Descriptor
from standards.summary import open_themes

WRONG_CLOCK = timedelta(days=1)
"""Times never go back, unless a clock was so wrong that following it would be worse."""


class Tier(StrEnum):
    """A circle of readers who are all shown the same."""

    PUBLIC = "public"
    AGENCIES = "agencies"


VIEWERS = {
    Tier.PUBLIC: PUBLIC,
    Tier.AGENCIES: Viewer(None, "", (Grant(Role.REGISTRAR, ""),)),
}
"""Somebody of each tier; of the agencies one with a role over none that is there."""


@dataclass(frozen=True, slots=True)
class Served:
    """An entry with the version that is served of it; None if none is."""

    entry: str
    agency: str
    version: int | None = None
    kind: str = ""
    audience: str = ""
    themes: tuple[str, ...] = ()


def sees(tier: Tier, audience: str) -> bool:
    """Whether the tier is shown what is served to an audience."""
    return visible(VIEWERS[tier], Stage.SERVED, audience, ())


def served(entry: str, agency: str, version: Mapping[str, Any]) -> Served:
    """An entry with a row of ``versions`` that is served from now on."""
    told = Descriptor(version["kind"], version["values"])
    number, audience = version["number"], version["audience"]
    return Served(entry, agency, number, told.kind, audience, open_themes(told))


def held(session: Session, entries: Collection[str]) -> list[Served]:
    """The same of entries as the database holds them."""
    rows = session.execute(
        select(Entry.identifier, Entry.agency, Version)
        .outerjoin(Version, (Version.entry == Entry.identifier) & (Version.number == Entry.served))
        .where(Entry.identifier.in_(set(entries)))
        .execution_options(populate_existing=True)
    )
    return [
        served(entry, agency, {name: getattr(version, name) for name in _READ})
        if version
        else Served(entry, agency)
        for entry, agency, version in rows
    ]


_READ = ("kind", "values", "number", "audience")


def expose(session: Session, new: Sequence[Served], old: Sequence[Served], now: datetime) -> None:
    """Take up that entries are served otherwise than before: ``new`` ones were in the directory
    never before. The caller holds the lock of the logs.
    """
    shown = [each for each in new if each.version is not None]
    if not shown and not old:
        return
    known = _known(session, [each.entry for each in old])
    heads = _heads(session)
    for tier in Tier:
        writing = _Writing(tier, heads[tier], now)
        for each in (*shown, *old):
            writing.take(each, known.get((tier.value, each.entry)))
        writing.write(session)


def renew(session: Session, agency: str, now: datetime) -> None:
    """What is shown of an agency's entries has changed by something that is not theirs."""
    lock_logs(session)
    heads = _heads(session)
    for tier in Tier:
        writing = _Writing(tier, heads[tier], now)
        query = select(*_COLUMNS).where(
            Exposure.tier == tier.value, Exposure.agency == agency, Exposure.present
        )
        for row in session.execute(query.order_by(Exposure.number)).all():
            writing.turn(row)
        writing.write(session)


_COLUMNS = (
    *(Exposure.tier, Exposure.entry, Exposure.number, Exposure.present),
    *(Exposure.agency, Exposure.kind, Exposure.themes, Exposure.version),
)


_Row: TypeAlias = Row[str, str, int, bool, str, str, str, int]


@dataclass(frozen=True, slots=True)
class _Head:
    """The last number and turn of a tier, and the time of the latter."""

    number: int
    turn: int
    at: datetime | None


class _Writing:
    """The rows of one tier, collected and written at once."""

    def __init__(self, tier: Tier, head: _Head, now: datetime) -> None:
        self._tier = tier.value
        self._sees = {audience.value: sees(tier, audience) for audience in Audience}
        self._numbers, self._turns = count(head.number + 1), count(head.turn + 1)
        self._at = _moment(head.at, now)
        self._fresh: list[dict[str, Any]] = []
        self._turned: list[dict[str, Any]] = []
        self._themes: list[dict[str, Any]] = []
        self._untold: list[dict[str, Any]] = []

    def take(self, each: Served, row: _Row | None) -> None:
        """An entry as it is served now, beside what the tier was shown of it before."""
        if each.version is None or not self._sees[each.audience]:
            if row is not None and row.present:
                self.turn(row, present=False)
            return
        themes = " ".join(each.themes)
        told = {"agency": each.agency, "kind": each.kind, "themes": themes, "version": each.version}
        if row is None:
            self._first(each, told)
        else:
            self.turn(row, present=True, **told)
            if row.themes != themes:
                self._retell(row.number, row.themes.split(), each.themes)

    def turn(self, row: _Row, **fields: Any) -> None:
        """A row that is known gets its next turn."""
        kept = {name: getattr(row, name) for name in _MOVING}
        key = {"tier": self._tier, "entry": row.entry}
        self._turned.append({**kept, **fields, **key, "turn": next(self._turns), "at": self._at})

    def write(self, session: Session) -> None:
        put(session, Exposure, self._fresh)
        if self._turned:
            session.execute(update(Exposure), self._turned)
        if self._untold:
            session.execute(_UNTELL, self._untold)
        put(session, ExposedTheme, self._themes)

    def _first(self, each: Served, told: Mapping[str, Any]) -> None:
        number = next(self._numbers)
        self._fresh.append(
            {
                "tier": self._tier,
                "entry": each.entry,
                "number": number,
                "turn": next(self._turns),
                "at": self._at,
                "present": True,
                **told,
            }
        )
        self._retell(number, (), each.themes)

    def _retell(self, number: int, before: Iterable[str], after: Iterable[str]) -> None:
        old, new = set(before), set(after)
        key = {"tier": self._tier, "number": number}
        self._untold.extend(
            {f"a_{name}": value for name, value in {**key, "theme": theme}.items()}
            for theme in old - new
        )
        self._themes.extend({**key, "theme": theme} for theme in sorted(new - old))


_MOVING = ("present", "agency", "kind", "themes", "version")
_THEMES = cast("Table", ExposedTheme.__table__)
_UNTELL = delete(_THEMES).where(*(column == bindparam(f"a_{column.name}") for column in _THEMES.c))


def _known(session: Session, entries: Sequence[str]) -> dict[tuple[str, str], _Row]:
    if not entries:
        return {}
    rows = session.execute(select(*_COLUMNS).where(Exposure.entry.in_(entries)))
    return {(row.tier, row.entry): row for row in rows}


def _heads(session: Session) -> dict[Tier, _Head]:
    """By which numbers each tier goes on."""
    return {tier: _head(session, tier) for tier in Tier}


def _head(session: Session, tier: Tier) -> _Head:
    of_tier = Exposure.tier == tier.value
    number = select(func.max(Exposure.number)).where(of_tier).scalar_subquery()
    last = select(number, Exposure.turn, Exposure.at).where(of_tier)
    row = session.execute(last.order_by(Exposure.turn.desc()).limit(1)).first()
    return _Head(*row) if row else _Head(0, 0, None)


def _moment(last: datetime | None, now: datetime) -> datetime:
    """The second of a change: none before that of the last one."""
    second = now.replace(microsecond=0)
    if last is None or last - second > WRONG_CLOCK:
        return second
    return max(last, second)
