"""What time does to requests: one that somebody holds too long is given back, one that is overdue
or that nobody may decide on is escalated, one that was returned long ago expires.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import accounts, agencies
from catalog.changes import What
from catalog.database import lock_logs
from catalog.requests.model import LEAVING, WITH_REVIEWERS, RequestState, values
from catalog.requests.rights import deciders
from catalog.standing_in import with_absent
from catalog.tables import Entry, Request
from catalog.viewers import Viewer
from catalog.writing import Batch, State
from standards.clocks import clock, local_day
from standards.workdays import between

SWEEPER = "mulu"
"""Who acts, in the logs."""


def sweep(session: Session, now: datetime) -> int:
    """Do what is due; how many requests moved."""
    lock_logs(session)
    batch = Batch(SWEEPER, now)
    moved = _give_back_and_escalate(session, batch) + _expire(session, batch)
    batch.write(session)
    return moved


def people(session: Session, now: datetime) -> list[Viewer]:
    """Every open account as it may act today."""
    return [with_absent(session, each, now) for each in accounts.every(session)]


def _give_back_and_escalate(session: Session, batch: Batch) -> int:
    rows = session.scalars(
        select(Request)
        .where(Request.state.in_(values(WITH_REVIEWERS)))
        .execution_options(populate_existing=True)
    ).all()
    everybody = people(session, batch.now) if rows else []
    paths = agencies.known_paths(session, {row.agency for row in rows})
    moved = 0
    for row in rows:
        fields = _given_back(row, batch) | _escalated(row, everybody, paths[row.agency], batch)
        if fields:
            batch.move_request(row.id, **fields)
            moved += 1
    return moved


def _given_back(row: Request, batch: Batch) -> dict[str, Any]:
    if row.state != RequestState.IN_REVIEW or row.assigned_at is None:
        return {}
    if _working_days(row.assigned_at, batch.now) <= clock("escalation").days:
        return {}
    batch.note(row.entry, "released", request=row.id, **{"from": row.assignee}, reason="time")
    return {"state": RequestState.SUBMITTED.value, "assignee": "", "assigned_at": None}


def _escalated(
    row: Request, everybody: list[Viewer], path: tuple[str, ...], batch: Batch
) -> dict[str, Any]:
    if row.escalated:
        return {}
    today = local_day(batch.now).isoformat()
    why = "overdue" if row.due and row.due < today else ""
    if not why and not deciders(everybody, row, path):
        why = "nobody"
    if not why:
        return {}
    batch.note(row.entry, "escalated", request=row.id, reason=why)
    return {"escalated": True}


def _expire(session: Session, batch: Batch) -> int:
    """Returned versions that nobody mended: the entry's draft stays, and can be handed in anew."""
    rows = session.execute(
        select(Request, Entry)
        .join(Entry, Entry.identifier == Request.entry)
        .where(Request.state == RequestState.RETURNED.value, Request.finding == "")
        .execution_options(populate_existing=True)
    ).all()
    limit, moved = clock("draft-expiry").days, 0
    for request, entry in rows:
        if _working_days(request.updated, batch.now) <= limit:
            continue
        batch.move_request(request.id, state=RequestState.EXPIRED.value, closed_at=batch.now)
        if request.what in LEAVING or entry.pending is None:
            batch.note(entry.identifier, "expired", request=request.id)
        else:
            batch.move(entry.identifier, state=State.DRAFT.value, revision=entry.revision + 1)
            told = {"request": request.id, "version": request.version}
            batch.tell(entry.identifier, What.PENDING, "expired", **told)
        moved += 1
    return moved


def _working_days(since: datetime, now: datetime) -> int:
    return between(local_day(since), local_day(now))
