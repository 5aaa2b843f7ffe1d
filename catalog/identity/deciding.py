"""Declaring that two entries that look alike are about different resources. (That they are about
one is said by merging them: `catalog.requests.leaving`.)
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from catalog.database import lock_logs
from catalog.errors import Forbidden
from catalog.identity import reading
from catalog.identity.keeping import DISTINCT
from catalog.identity.reading import LikePair
from catalog.proposals import needed
from catalog.tables import Likeness
from catalog.viewers import Role, Viewer
from catalog.writing import Batch


def may_declare(viewer: Viewer, pair: LikePair) -> bool:
    """Whether the viewer reviews for both agencies."""
    return viewer.operator or all(
        viewer.may(Role.REVIEWER, each.agency.path) for each in (pair.one, pair.other)
    )


def declare_distinct(
    session: Session, actor: Viewer, one: str, other: str, reason: str, now: datetime
) -> LikePair:
    """The pair is not shown again unless its evidence changes. Raises NotFound (also for who may
    not see it), Forbidden (no reviewer of both) or Invalid (no reason).
    """
    lock_logs(session)
    pair = reading.find(session, actor, one, other)
    if not may_declare(actor, pair):
        raise Forbidden("only a reviewer of both agencies declares their entries distinct")
    told = needed(reason)
    first, second = pair.one.identifier, pair.other.identifier
    session.execute(
        update(Likeness)
        .where(Likeness.one == first, Likeness.other == second)
        .values(state=DISTINCT, reason=told, by=actor.name, at=now)
    )
    batch = Batch(actor.name, now)
    batch.note(first, "declared distinct", other=second, reason=told)
    batch.note(second, "declared distinct", other=first, reason=told)
    batch.write(session)
    return reading.find(session, actor, one, other)
