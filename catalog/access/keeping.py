"""Deleting on schedule who asked: the sealed row goes, the request and its answer stay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog import audit
from catalog.database import lock_logs
from catalog.tables import AccessRequest, Applicant
from catalog.viewers import HOUSEKEEPING

BATCH = 500


def purge(session: Session, now: datetime) -> int:
    """Delete what is no longer to be kept, at most a batch; how many there were."""
    due = Applicant.delete_after.is_not(None) & (Applicant.delete_after <= now)
    if not session.scalar(select(Applicant.number).where(due).limit(1)):
        return 0
    lock_logs(session)
    rows = session.execute(
        select(Applicant.number, AccessRequest.entry)
        .join(AccessRequest, AccessRequest.number == Applicant.number)
        .where(due)
        .order_by(Applicant.number)
        .limit(BATCH)
    ).all()
    session.execute(delete(Applicant).where(Applicant.number.in_([row.number for row in rows])))
    events = [audit.Event("applicant deleted", row.entry, {"number": row.number}) for row in rows]
    audit.append(session, HOUSEKEEPING, events, now)
    return len(rows)
