"""Asking that an entry leave the directory: withdrawn, or merged into another that stands for the
same resource. Somebody else has to agree, unless it was never served.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.changes import What
from catalog.errors import Conflict, Forbidden, WrongState
from catalog.proposals import Outcome, needed
from catalog.requests.holding import hold_to_propose
from catalog.requests.model import LEAVING, OPEN, Purpose, RequestState, values
from catalog.requests.opening import Opening
from catalog.requests.routes import Routes, due
from catalog.tables import Entry, Request
from catalog.viewers import Role, Viewer
from catalog.visibility import may_write
from catalog.withdrawal import bury
from catalog.writing import Batch, State, claim


def may_ask(viewer: Viewer, agency_path: Sequence[str]) -> bool:
    """Whether the viewer may ask that an entry of the agency leave."""
    return may_write(viewer, agency_path) or viewer.may(Role.REVIEWER, agency_path)


def withdraw(
    session: Session, actor: Viewer, identifier: str, revision: int, reason: str, now: datetime
) -> Outcome:
    """Ask that an entry be withdrawn for good. One that was never served leaves at once, as does
    whatever the operator withdraws. Raises NotFound, Forbidden, Stale, WrongState, Conflict (it was
    asked for already) or Invalid (no reason).
    """
    entry, path = claim(session, actor, identifier, revision)
    _demand(actor, entry, path)
    batch = Batch(actor.name, now)
    if entry.served is None or actor.operator:
        outcome = bury(session, batch, entry, What.WITHDRAWN, reason=needed(reason))
    else:
        outcome = _ask(session, batch, entry, path, Purpose.WITHDRAW, needed(reason), None)
    batch.write(session)
    return outcome


def merge(
    session: Session,
    actor: Viewer,
    identifier: str,
    into: str,
    revision: int,
    reason: str,
    now: datetime,
) -> Outcome:
    """Ask that an entry lead to another one that stands for the same resource."""
    entry, path = claim(session, actor, identifier, revision)
    _demand(actor, entry, path)
    other, _ = claim(session, actor, into, None)
    if other.served is None or into == identifier:
        raise WrongState(into, other.state)
    batch = Batch(actor.name, now)
    if actor.operator:
        told = needed(reason)
        outcome = bury(session, batch, entry, What.MERGED, reason=told, merged_into=into)
    else:
        outcome = _ask(session, batch, entry, path, Purpose.MERGE, needed(reason), into)
    batch.write(session)
    return outcome


def ask_again(
    session: Session, actor: Viewer, number: int, revision: int, reason: str, now: datetime
) -> Outcome:
    """Hand in a returned request to leave once more, with a better reason."""
    held = hold_to_propose(session, actor, number, revision)
    if held.row.what not in LEAVING or held.row.state != RequestState.RETURNED:
        raise WrongState(held.name, held.row.state)
    told = needed(reason)
    batch = Batch(actor.name, now)
    agency = held.entry.agency
    deadline = due(Routes(session, {agency: held.path}).of(agency, "high"), None, now)
    batch.move_request(
        number,
        state=RequestState.SUBMITTED.value,
        reason=told,
        authors=list(dict.fromkeys([*held.row.authors, actor.name])),
        due=deadline.day.isoformat(),
        provisional=deadline.provisional,
        submitted_at=now,
    )
    batch.move(held.entry.identifier, revision=revision + 1)
    batch.tell(held.entry.identifier, What.PENDING, "submitted", request=number, reason=told)
    batch.write(session)
    state = held.entry.state
    return Outcome(held.entry.identifier, revision + 1, state, False, True, request=number)


def _demand(actor: Viewer, entry: Entry, path: Sequence[str]) -> None:
    if not may_ask(actor, path):
        raise Forbidden(f"no registrar or reviewer of {entry.agency}")
    if entry.state == State.WITHDRAWN:
        raise WrongState(entry.identifier, entry.state)


def _ask(
    session: Session,
    batch: Batch,
    entry: Entry,
    path: tuple[str, ...],
    purpose: Purpose,
    reason: str,
    into: str | None,
) -> Outcome:
    asked = select(Request.id).where(
        Request.entry == entry.identifier,
        Request.state.in_(values(OPEN)),
        Request.what.in_(values(LEAVING)),
    )
    if session.scalar(asked) is not None:
        raise Conflict(f"it was asked already that {entry.identifier} leave")
    opening = Opening(session, batch, {entry.agency: path})
    number = opening.leave(entry.identifier, entry.agency, purpose, batch.actor, reason, into)
    batch.move(entry.identifier, revision=entry.revision + 1)
    told = {"request": number, "purpose": purpose.value, "reason": reason, "merged_into": into}
    batch.tell(entry.identifier, What.PENDING, "leaving asked", **told)
    return Outcome(entry.identifier, entry.revision + 1, entry.state, False, True, request=number)
