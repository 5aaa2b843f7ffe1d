"""What time does to requests: one that somebody holds too long is given back, one that is overdue
or that nobody may decide on is escalated, one that was returned long ago expires.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select
from sqlalchemy.orm import Session

from catalog import agencies, standing_in
from catalog.changes import What
from catalog.database import lock_logs
from catalog.requests.model import LEAVING, WITH_REVIEWERS, RequestState, values
from catalog.requests.rights import deciders
from catalog.tables import Entry, Request
from catalog.viewers import TIMES_HAND
from catalog.writing import Batch, State
from standards.clocks import clock, local_day
from standards.workdays import between

SWEEPER = TIMES_HAND
"""Who acts, in the logs."""
PIECE = 1000
"""So many are looked at in one transaction: whoever else writes need not wait long."""


def sweep(session: Session, now: datetime) -> int:
    """Do what is due, a piece of it at a time; how many requests moved."""
    lock_logs(session)
    batch = Batch(SWEEPER, now)
    steps = (_give_back, _escalate_late, _escalate_orphans, _expire)
    moved: set[int] = set().union(*(step(session, batch) for step in steps))
    batch.write(session)
    return len(moved)


def _give_back(session: Session, batch: Batch) -> set[int]:
    """What somebody has in hand for too long."""
    days = clock("escalation").days
    held = select(Request).where(
        Request.state == RequestState.IN_REVIEW.value,
        Request.assigned_at < batch.now - timedelta(days=days),  # at least: these are working days
    )
    moved = set()
    for row in _piece(session, held.order_by(Request.assigned_at)):
        if row.assigned_at is None or _working_days(row.assigned_at, batch.now) <= days:
            continue
        batch.note(row.entry, "released", request=row.id, **{"from": row.assignee}, reason="time")
        free = RequestState.SUBMITTED.value
        batch.move_request(row.id, state=free, assignee="", assigned_at=None)
        moved.add(row.id)
    return moved


def _escalate_late(session: Session, batch: Batch) -> set[int]:
    today = local_day(batch.now).isoformat()
    late = select(Request).where(*_waiting(), Request.due != "", Request.due < today)
    return _escalate(batch, _piece(session, late.order_by(Request.id)), "overdue")


def _escalate_orphans(session: Session, batch: Batch) -> set[int]:
    """What nobody may decide on. Very many requests have the same people about them, so it is
    asked once for all that are alike.
    """
    today = local_day(batch.now).isoformat()
    alike = (
        Request.agency,
        Request.step,
        Request.proposed_by,
        *(cast(each, Text) for each in (Request.steps, Request.authors, Request.confirmed_by)),
    )
    in_time = (*_waiting(), or_(Request.due == "", Request.due >= today))
    groups = session.execute(
        select(func.min(Request.id), *alike).where(*in_time).group_by(*alike)
    ).all()
    examples = _by_number(session, [group[0] for group in groups])
    everybody = standing_in.everybody(session, batch.now) if groups else []
    paths = agencies.known_paths(session, {row.agency for row in examples.values()})
    moved: set[int] = set()
    for first, *shared in groups:
        row = examples[first]
        if not deciders(everybody, row, paths[row.agency]):
            same = (column == value for column, value in zip(alike, shared, strict=True))
            rows = _piece(session, select(Request).where(*in_time, *same).order_by(Request.id))
            moved |= _escalate(batch, rows, "nobody")
    return moved


def _by_number(session: Session, numbers: Sequence[int]) -> dict[int, Request]:
    found: dict[int, Request] = {}
    for start in range(0, len(numbers), PIECE):
        some = Request.id.in_(numbers[start : start + PIECE])
        found |= {row.id: row for row in session.scalars(select(Request).where(some))}
    return found


def _escalate(batch: Batch, rows: Sequence[Request], why: str) -> set[int]:
    for row in rows:
        batch.note(row.entry, "escalated", request=row.id, reason=why)
        batch.move_request(row.id, escalated=True)
    return {row.id for row in rows}


def _expire(session: Session, batch: Batch) -> set[int]:
    """Returned versions that nobody mended: the entry's draft stays, and can be handed in anew."""
    limit, moved = clock("draft-expiry").days, set()
    returned = select(Request).where(
        Request.state == RequestState.RETURNED.value,
        Request.finding == "",
        Request.updated < batch.now - timedelta(days=limit),
    )
    for request in _piece(session, returned.order_by(Request.updated)):
        if _working_days(request.updated, batch.now) <= limit:
            continue
        entry = session.get_one(Entry, request.entry, populate_existing=True)
        batch.move_request(request.id, state=RequestState.EXPIRED.value, closed_at=batch.now)
        if request.what in LEAVING or entry.pending is None:
            batch.note(entry.identifier, "expired", request=request.id)
        else:
            batch.move(entry.identifier, state=State.DRAFT.value, revision=entry.revision + 1)
            told = {"request": request.id, "version": request.version}
            batch.tell(entry.identifier, What.PENDING, "expired", **told)
        moved.add(request.id)
    return moved


def _waiting() -> tuple[ColumnElement[bool], ...]:
    return Request.state.in_(values(WITH_REVIEWERS)), Request.escalated.is_(False)


def _piece(session: Session, wanted: Select[Request]) -> Sequence[Request]:
    return session.scalars(wanted.limit(PIECE).execution_options(populate_existing=True)).all()


def _working_days(since: datetime, now: datetime) -> int:
    return between(local_day(since), local_day(now))
