"""How a request moves between those who propose and those who decide. What is served is never
touched by anything here but an acceptance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.changes import What
from catalog.errors import Barred, CatalogError, Conflict, WrongState
from catalog.proposals import Outcome, needed
from catalog.requests import decisions
from catalog.requests.effects import Acceptance
from catalog.requests.holding import Held, hold, hold_to_decide, hold_to_propose
from catalog.requests.model import LEAVING, WITH_REVIEWERS, Purpose, RequestState
from catalog.requests.rights import on_behalf
from catalog.tables import Request
from catalog.viewers import Viewer
from catalog.withdrawal import bury
from catalog.words import plain
from catalog.writing import Batch, State


def accept(
    session: Session,
    actor: Viewer,
    number: int,
    revision: int,
    now: datetime,
    attributes: Mapping[str, Any] | None = None,
) -> Outcome:
    """Say yes. The last yes serves the proposed version, or lets the entry leave; the ones before
    hand the request to the next step.

    ``attributes`` are the reviewer's own, by role (``disclosure``, ``sharing``, ``visibility``,
    ``redactions``): they make a new version by the reviewer, held to the same rules, and are laid
    over what a source sends later. Raises NotFound, Forbidden (also to whoever proposed it), Stale,
    WrongState or Invalid.
    """
    try:
        (outcome,) = accept_all(session, actor, [(number, revision)], now, attributes)
    except Barred as barred:
        raise barred.causes[number] from None
    return outcome


def accept_all(
    session: Session,
    actor: Viewer,
    chosen: Sequence[tuple[int, int]],
    now: datetime,
    attributes: Mapping[str, Any] | None = None,
) -> list[Outcome]:
    """Say yes to many, told with the revisions of their entries: all of them or none. Raises
    Barred, telling every one that cannot be accepted and why.
    """
    batch = Batch(actor.name, now)
    ids = decisions.numbers(session)
    outcomes: list[Outcome] = []
    causes: dict[int, CatalogError] = {}
    together = met_twice(session, [number for number, _ in chosen])
    for number, revision in chosen:
        try:
            held = hold_to_decide(session, actor, number, revision)
            name = held.entry.identifier
            if name in together:
                raise Conflict(f"{name} comes twice in what is to be accepted at once")
            acting = Acceptance(session, batch, held, ids, on_behalf(actor, held.row, held.path))
            outcomes.append(acting.apply(actor, attributes))
        except CatalogError as cause:
            causes[number] = cause
    if causes:
        raise Barred(causes)
    batch.write(session)
    return outcomes


def met_twice(session: Session, numbers: Sequence[int]) -> frozenset[str]:
    """The entries of these requests that another one of them speaks of too, also as what the entry
    is to lead to: of such requests one is accepted after the other.
    """
    rows = session.execute(
        select(Request.entry, Request.merge_into).where(Request.id.in_(set(numbers)))
    ).all()
    times = Counter(row.entry for row in rows)
    led_to = {row.merge_into for row in rows}
    return frozenset(entry for entry, count in times.items() if count > 1 or entry in led_to)


def send_back(
    session: Session, actor: Viewer, number: int, revision: int, reason: str, now: datetime
) -> Outcome:
    """Return the request to its registrars, with the reason. What is served stays served."""
    held = hold_to_decide(session, actor, number, revision)
    remark = needed(reason)
    batch = Batch(actor.name, now)
    _move_request(
        batch, held, RequestState.RETURNED,
        step=0, confirmed_by=[], reason=remark, due="", provisional=False,
    )  # fmt: skip
    state = _entry_state(held, State.RETURNED)
    batch.move(
        held.entry.identifier,
        state=state,
        submitted_at=None,
        remark=remark,
        revision=held.revision + 1,
    )
    _tell(batch, held, "returned", actor, reason=remark)
    batch.write(session)
    return _outcome(held, state)


def refuse(
    session: Session, actor: Viewer, number: int, revision: int, reason: str, now: datetime
) -> Outcome:
    """Say no for good. What was proposed stays in the history; what is served stays served."""
    held = hold_to_decide(session, actor, number, revision)
    return _close(session, actor, held, RequestState.REFUSED, "refused", needed(reason), now)


def cancel(
    session: Session, actor: Viewer, number: int, revision: int, reason: str, now: datetime
) -> Outcome:
    """Take back what was proposed, by those who proposed it."""
    held = hold_to_propose(session, actor, number, revision)
    return _close(session, actor, held, RequestState.CANCELLED, "cancelled", plain(reason), now)


def recall(session: Session, actor: Viewer, number: int, revision: int, now: datetime) -> Outcome:
    """Take a submitted version back to work on it: it is a draft again."""
    held = hold_to_propose(session, actor, number, revision)
    row = held.row
    if row.state not in WITH_REVIEWERS or row.what in LEAVING:
        raise WrongState(held.name, row.state)
    batch = Batch(actor.name, now)
    _move_request(
        batch,
        held,
        RequestState.DRAFT,
        step=0,
        confirmed_by=[],
        due="",
        submitted_at=None,
    )
    state = _entry_state(held, State.DRAFT)
    revised = held.revision + 1
    batch.move(held.entry.identifier, state=state, submitted_at=None, revision=revised)
    _tell(batch, held, "recalled", actor)
    batch.write(session)
    return _outcome(held, state)


def comment(session: Session, actor: Viewer, number: int, text: str, now: datetime) -> None:
    """Say something about a request, for everybody who sees its timeline."""
    held = hold(session, actor, number)
    batch = Batch(actor.name, now)
    batch.note(held.entry.identifier, "commented", request=number, reason=needed(text))
    batch.write(session)


def _close(
    session: Session,
    actor: Viewer,
    held: Held,
    state: RequestState,
    action: str,
    reason: str,
    now: datetime,
) -> Outcome:
    batch = Batch(actor.name, now)
    _move_request(batch, held, state, closed_at=now, due="", reason=reason)
    if held.row.what == Purpose.FILE and held.entry.served is None:
        bury(session, batch, held.entry, What.WITHDRAWN, reason=reason, request=held.row.id)
        batch.note(held.entry.identifier, action, request=held.row.id, reason=reason)
        batch.write(session)
        return _outcome(held, State.WITHDRAWN.value)
    fields: dict[str, Any] = {"revision": held.revision + 1}
    entry_state = held.entry.state
    if held.row.version is not None:
        entry_state = State.PUBLISHED.value
        fields |= {"state": entry_state, "pending": None, "submitted_at": None, "remark": ""}
    batch.move(held.entry.identifier, **fields)
    _tell(batch, held, action, actor, reason=reason)
    batch.write(session)
    return _outcome(held, entry_state)


def _move_request(batch: Batch, held: Held, state: RequestState, **fields: Any) -> None:
    batch.move_request(
        held.row.id,
        state=state.value,
        assignee="",
        assigned_at=None,
        escalated=False,
        **fields,
    )


def _entry_state(held: Held, state: State) -> str:
    """The entry's state after its content moved; a request to leave does not change it."""
    return held.entry.state if held.row.what in LEAVING else state.value


def _tell(batch: Batch, held: Held, action: str, actor: Viewer, **details: Any) -> None:
    behalf = on_behalf(actor, held.row, held.path)
    told = {"request": held.row.id, "version": held.row.version, **details}
    if behalf:
        told["on_behalf_of"] = behalf
    batch.tell(held.entry.identifier, What.PENDING, action, **told)


def _outcome(held: Held, state: str) -> Outcome:
    identifier, revision = held.entry.identifier, held.revision + 1
    return Outcome(identifier, revision, state, False, True, request=held.row.id)
