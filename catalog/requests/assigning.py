"""Who has taken a request in hand. It keeps others from doing the same work, and locks nobody out:
whoever may decide may take it over, which is on record, and time gives it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from catalog import accounts, agencies
from catalog.errors import Forbidden, WrongState
from catalog.proposals import needed
from catalog.requests.holding import Held, demand_decider, hold
from catalog.requests.model import WITH_REVIEWERS, RequestState
from catalog.requests.rights import deciders, may_decide
from catalog.standing_in import everybody, with_absent
from catalog.tables import Request
from catalog.viewers import Role, Viewer
from catalog.words import plain
from catalog.writing import Batch


def take(session: Session, actor: Viewer, number: int, now: datetime) -> None:
    """Take it in hand, also from somebody else. Raises NotFound, Forbidden or WrongState."""
    held = hold(session, actor, number)
    demand_decider(actor, held)
    if held.row.assignee == actor.name:
        return
    action = "taken over" if held.row.assignee else "taken"
    _assign(session, actor, held, actor.name, action, now)


def assign(session: Session, actor: Viewer, number: int, to: str, now: datetime) -> None:
    """Give it to somebody who may decide on it: by a reviewer or an administrator of its agency."""
    held = hold(session, actor, number)
    if held.row.state not in WITH_REVIEWERS:
        raise WrongState(held.name, held.row.state)
    if not _manages(actor, held.path):
        raise Forbidden(f"no reviewer or administrator of {held.entry.agency}")
    someone = with_absent(session, accounts.by_username(session, to), now)
    closed = accounts.viewer_of_account(session, someone.account or 0) is None
    if closed or not may_decide(someone, held.row, held.path):
        raise Forbidden(f"{to} may not decide on request {number}")
    _assign(session, actor, held, someone.name, "assigned", now)


def candidates(session: Session, viewer: Viewer, number: int, now: datetime) -> list[str]:
    """To whom the viewer may give a request: those who may decide on it; nobody where the viewer
    may not give it.
    """
    row = session.get(Request, number)
    if row is None or row.state not in WITH_REVIEWERS:
        return []
    path = agencies.get(session, row.agency).path
    if not _manages(viewer, path):
        return []
    people = everybody(session, now)
    return [name for name in deciders(people, row, path) if name != row.assignee]


def release(session: Session, actor: Viewer, number: int, reason: str, now: datetime) -> None:
    """Give it back to all: by whoever has it, or an administrator of its agency."""
    held = hold(session, actor, number)
    if held.row.state != RequestState.IN_REVIEW:
        raise WrongState(held.name, held.row.state)
    own = held.row.assignee == actor.name
    if not (own or actor.operator or actor.may(Role.ADMINISTRATOR, held.path)):
        raise Forbidden(f"request {number} is in somebody else's hand")
    batch = Batch(actor.name, now)
    batch.move_request(number, state=RequestState.SUBMITTED.value, assignee="", assigned_at=None)
    told = {"request": number, "from": held.row.assignee}
    batch.note(
        held.entry.identifier, "released", **told, reason=plain(reason) if own else needed(reason)
    )
    batch.write(session)


def _manages(actor: Viewer, path: Sequence[str]) -> bool:
    roles = (Role.REVIEWER, Role.ADMINISTRATOR)
    return actor.operator or any(actor.may(role, path) for role in roles)


def _assign(
    session: Session, actor: Viewer, held: Held, to: str, action: str, now: datetime
) -> None:
    batch = Batch(actor.name, now)
    batch.move_request(
        held.row.id, state=RequestState.IN_REVIEW.value, assignee=to, assigned_at=now
    )
    told = {"request": held.row.id, "to": to, "from": held.row.assignee}
    batch.note(held.entry.identifier, action, **told)
    batch.write(session)
