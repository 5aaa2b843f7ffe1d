"""Proposing other attributes for an entry: by a registrar or reviewer, or asked of the agency by
whoever found that a decision does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from catalog import versions
from catalog.changes import What
from catalog.curation import layer
from catalog.errors import Conflict, Forbidden, Invalid, WrongState
from catalog.proposals import Outcome, Proposal, check, needed, said
from catalog.requests.effects import ATTRIBUTES
from catalog.requests.model import Purpose
from catalog.requests.opening import Opening, Proposed, open_about_content
from catalog.versions import Authorship
from catalog.viewers import Role, Viewer
from catalog.visibility import may_write
from catalog.words import plain
from catalog.writing import Batch, State, claim, held_version, latest_number
from standards.profile import Level


def propose_attributes(
    session: Session,
    actor: Viewer,
    identifier: str,
    attributes: Mapping[str, Any],
    revision: int,
    reason: str,
    now: datetime,
) -> Outcome:
    """Propose that a served entry be disclosed or shared otherwise, or decided anew as it is.

    ``attributes`` by role, each the whole group. Raises NotFound, Forbidden, Stale, WrongState,
    Conflict (something else is proposed already) or Invalid.
    """
    entry, path = claim(session, actor, identifier, revision)
    if not (may_write(actor, path) or actor.may(Role.REVIEWER, path)):
        raise Forbidden(f"no registrar or reviewer of {entry.agency}")
    if entry.served is None or entry.state == State.WITHDRAWN:
        raise WrongState(identifier, entry.state)
    if entry.pending is not None:
        raise Conflict(f"something is proposed for {identifier} already")
    if unknown := attributes.keys() - set(ATTRIBUTES):
        zh, en = "没有这个属性。", "There is no such attribute."
        raise Invalid([said(sorted(unknown)[0], "attributes", zh, en)])
    served = held_version(session, identifier, entry.served)
    laid = versions.with_attributes(served.kind, served.values, attributes)
    checked = check(Proposal(served.kind, laid, entry.agency, Level(served.level)))
    if isinstance(checked, Outcome):
        raise Invalid(checked.problems)
    number = latest_number(session, identifier) + 1
    descriptor = versions.completed(checked.validation.descriptor, identifier, served.values)
    batch = Batch(actor.name, now)
    by = Authorship(actor.name, now, Level(served.level), plain(reason))
    batch.version(versions.row(identifier, number, descriptor, by))
    opening = Opening(session, batch, {entry.agency: path}, [identifier])
    curated = layer.asked(session, entry, served, descriptor, actor.name, plain(reason))
    request = opening.propose(
        Proposed(
            identifier, entry.agency, number, entry.served, descriptor, actor.name, True,
            Purpose.ATTRIBUTES, curated,
        )
    )  # fmt: skip
    state = State.SUBMITTED.value
    batch.move(
        identifier, state=state, pending=number, revision=revision + 1, submitted_at=now, remark=""
    )
    told = {"version": number, "request": request, "reason": plain(reason)}
    batch.tell(identifier, What.PENDING, "attributes proposed", **told)
    batch.write(session)
    problems = checked.validation.problems
    return Outcome(identifier, revision + 1, state, False, True, problems, request)


def ask_anew(
    session: Session, actor: Viewer, identifier: str, finding: str, reason: str, now: datetime
) -> int:
    """Ask the entry's registrars to propose its attributes anew, because of a finding; the number
    of the request, or of the one that is open about it already.
    """
    entry, path = claim(session, actor, identifier, None)
    asking = (Role.AUDITOR, Role.REVIEWER, Role.ADMINISTRATOR)
    if not (actor.operator or any(actor.may(role, path) for role in asking)):
        raise Forbidden("only reviewers and auditors follow findings")
    if entry.served is None or entry.state == State.WITHDRAWN:
        raise WrongState(identifier, entry.state)
    batch = Batch(actor.name, now)
    there = open_about_content(session, [identifier]).get(identifier)
    if there is not None:
        batch.note(identifier, "commented", request=there.id, finding=finding, reason=reason)
        batch.write(session)
        return there.id
    opening = Opening(session, batch, {entry.agency: path})
    request = opening.ask(identifier, entry.agency, actor.name, needed(reason), finding)
    batch.note(identifier, "asked anew", request=request, finding=finding, reason=reason)
    batch.write(session)
    return request
