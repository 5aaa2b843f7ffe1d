"""Decisions on record: what an acceptance decides, axis by axis and part by part, each superseding
the one before it. A decision that stands is not made again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from catalog.tables import Decision
from standards.clocks import local_day
from standards.decisions import Ruling, default_review_by, rulings
from standards.descriptor import Descriptor

UNDETERMINED = "undetermined"
OPENED = "opened"
"""The value of a part that is withheld no longer."""
Key = tuple[str, str]
"""Axis and part."""


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision on record; ``superseded`` tells whether a later one took its place."""

    number: int
    entry: str
    version: int
    axis: str
    part: str
    value: str
    ground: str
    reason: str
    condition: str
    audience: str
    evidence: Mapping[str, Any]
    proposed_by: str
    decided_by: str
    decided_at: datetime
    valid_from: str
    review_by: str
    supersedes: int | None
    request: int | None
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Deciding:
    """By whom and when; ``anew`` makes a decision again that would stand, e.g. after its review."""

    proposed_by: str
    decided_by: str
    now: datetime
    request: int | None = None
    anew: bool = False


def numbers(session: Session) -> Iterator[int]:
    """The numbers of decisions to come; the caller holds the lock of the logs."""
    return count((session.scalar(select(func.max(Decision.id))) or 0) + 1)


def current(session: Session, entries: Sequence[str]) -> dict[str, dict[Key, Decision]]:
    """The decisions that stand, by entry, axis and part."""
    found: dict[str, dict[Key, Decision]] = {}
    if not entries:
        return found
    query = select(Decision).where(Decision.entry.in_(set(entries)), stands())
    for row in session.scalars(query.order_by(Decision.id)):
        found.setdefault(row.entry, {})[row.axis, row.part] = row
    return found


def of_entry(session: Session, entry: str) -> list[DecisionView]:
    """Every decision about the entry, newest first."""
    rows = session.scalars(
        select(Decision).where(Decision.entry == entry).order_by(Decision.id.desc())
    ).all()
    replaced = {row.supersedes for row in rows}
    return [_view(row, row.id in replaced) for row in rows]


def standing(session: Session, entries: Sequence[str]) -> dict[str, list[DecisionView]]:
    """The decisions that stand, by entry."""
    found = current(session, entries)
    return {entry: [_view(row, False) for row in rows.values()] for entry, rows in found.items()}


def decided(
    entry: str,
    version: int,
    descriptor: Descriptor,
    before: Mapping[Key, Decision],
    by: Deciding,
    ids: Iterator[int],
) -> list[dict[str, Any]]:
    """The rows for what serving this version decides otherwise than what stands."""
    day = local_day(by.now)
    made = {(each.axis, each.part): each for each in rulings(descriptor)}
    rows = []
    for key, ruling in made.items():
        old = before.get(key)
        if ruling.value == UNDETERMINED and old is None:
            continue
        if old is None or not _same(old, ruling) or by.anew:
            rows.append(_row(entry, version, ruling, day, old, by, next(ids)))
    for key, old in before.items():
        if key not in made and old.value not in (UNDETERMINED, OPENED):
            value = OPENED if old.part else UNDETERMINED
            gone = Ruling(axis=old.axis, part=old.part, value=value)
            rows.append(_row(entry, version, gone, day, old, by, next(ids)))
    return rows


def _same(old: Decision, ruling: Ruling) -> bool:
    said = ("value", "ground", "reason", "condition", "audience")
    if any(getattr(old, name) != getattr(ruling, name) for name in said):
        return False
    dates = (("valid_from", ruling.valid_from), ("review_by", ruling.review_by))
    moved = any(given and getattr(old, name) != given for name, given in dates)
    return dict(old.evidence) == dict(ruling.evidence) and not moved


def _row(
    entry: str,
    version: int,
    ruling: Ruling,
    day: date,
    old: Decision | None,
    by: Deciding,
    number: int,
) -> dict[str, Any]:
    review_by = ruling.review_by or _text(default_review_by(ruling, day))
    return {
        "id": number,
        "entry": entry,
        "version": version,
        "axis": ruling.axis,
        "part": ruling.part,
        "value": ruling.value,
        "ground": ruling.ground,
        "reason": ruling.reason,
        "condition": ruling.condition,
        "audience": ruling.audience,
        "evidence": dict(ruling.evidence),
        "proposed_by": by.proposed_by,
        "decided_by": by.decided_by,
        "decided_at": by.now,
        "valid_from": ruling.valid_from or day.isoformat(),
        "review_by": review_by,
        "supersedes": old.id if old else None,
        "request": by.request,
    }


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def stands() -> ColumnElement[bool]:
    """That no later decision took its place: a condition over ``decisions``."""
    later = aliased(Decision)
    return ~exists().where(later.supersedes == Decision.id)


def _view(row: Decision, superseded: bool) -> DecisionView:
    names = [name for name in DecisionView.__slots__ if name not in ("number", "superseded")]
    return DecisionView(
        number=row.id, superseded=superseded, **{name: getattr(row, name) for name in names}
    )
