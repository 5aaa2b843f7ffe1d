"""A request held for a step: with its entry, for this transaction, by those in its scope."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.database import lock_logs
from catalog.errors import Forbidden, NotFound, WrongState
from catalog.requests.model import OPEN, WITH_REVIEWERS, barred
from catalog.requests.rights import may_decide
from catalog.tables import Entry, Request
from catalog.viewers import Viewer
from catalog.visibility import may_write
from catalog.writing import claim
from standards.problems import Text


@dataclass(frozen=True, slots=True)
class Held:
    """A request, its entry at its latest revision, and the agency's path."""

    row: Request
    entry: Entry
    path: tuple[str, ...]
    revision: int

    @property
    def name(self) -> str:
        """How errors call it."""
        return f"request {self.row.id}"


def hold(session: Session, actor: Viewer, number: int, revision: int | None = None) -> Held:
    """Raises NotFound (also for those without a role over its agency), Forbidden or Stale."""
    lock_logs(session)
    row = session.scalar(
        select(Request)
        .where(Request.id == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(f"request {number}")
    try:
        entry, path = claim(session, actor, row.entry, revision)
    except Forbidden:
        raise NotFound(f"request {number}") from None
    return Held(row, entry, path, entry.revision)


def hold_to_decide(session: Session, actor: Viewer, number: int, revision: int) -> Held:
    """Held by somebody who may decide on it now; raises also WrongState, e.g. when somebody else
    has taken it: it is taken over first, which is on record.
    """
    held = hold(session, actor, number, revision)
    demand_decider(actor, held)
    row = held.row
    if row.assignee and not actor.operator and not row.escalated and not _own(actor, row):
        zh = f"{row.assignee}正在办理这件申请；要由您决定，请先接手。"
        en = f"{row.assignee} has this request in hand; take it over before you decide."
        raise WrongState(held.name, f"taken by {row.assignee}", Text(zh, en))
    return held


def demand_decider(actor: Viewer, held: Held) -> None:
    """Raises WrongState unless reviewers are to act, Forbidden unless the actor may."""
    if held.row.state not in WITH_REVIEWERS:
        raise WrongState(held.name, held.row.state)
    if actor.operator or may_decide(actor, held.row, held.path):
        return
    if actor.name in barred(held.row):
        zh = "不能审核自己提出的申请，也不能对同一件审核两次。"
        en = "Nobody decides on what they proposed themselves, nor twice on the same request."
        raise Forbidden("nobody accepts what they proposed themselves, nor twice", Text(zh, en))
    raise Forbidden(f"not a reviewer of {held.entry.agency} at this step")


def hold_to_propose(session: Session, actor: Viewer, number: int, revision: int) -> Held:
    """Held, as long as it is open, by a registrar of its agency, whoever wrote in it, or whoever
    asked for it as long as nobody did.
    """
    held = hold(session, actor, number, revision)
    if held.row.state not in OPEN:
        raise WrongState(held.name, held.row.state)
    asked = held.row.version is None and actor.name == held.row.proposed_by
    if not (may_write(actor, held.path) or asked or actor.name in held.row.authors):
        raise Forbidden(f"not a registrar of {held.entry.agency}")
    return held


def _own(actor: Viewer, row: Request) -> bool:
    """Whether it is the actor's, or that of somebody for whom the actor stands in."""
    return row.assignee == actor.name or any(g.of == row.assignee for g in actor.grants if g.of)
