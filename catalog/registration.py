"""The one way in: whatever is registered, by a form, a file, the API or a harvest, comes through
here. Batches are written with few statements; one bad proposal does not stop the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalog import sent_before, versions
from catalog.changes import What
from catalog.curation import layer
from catalog.database import holds_logs, lock_logs
from catalog.errors import Forbidden, Invalid, WrongState
from catalog.proposals import KIND_OF_SOURCE, Checked, Outcome, Proposal, SourceKey, check
from catalog.requests.opening import Opening, Proposed
from catalog.versions import Authorship
from catalog.viewers import Viewer
from catalog.visibility import may_write
from catalog.waves import Moved, Wave, waves
from catalog.words import plain
from catalog.writing import Batch, State, claim, held_version, latest_number
from standards.profile import Level

__all__ = ["Outcome", "Proposal", "SourceKey", "register", "revise", "submit"]


def register(
    session: Session, actor: Viewer, proposals: Sequence[Proposal], now: datetime
) -> list[Outcome]:
    """Register proposals, in the order given, in the session's transaction.

    The same record of a source again is unchanged by the digest of what it sent, else it becomes
    a new version of its entry, with what a reviewer curated laid over it.
    """
    outcomes: dict[int, Outcome] = {}
    waiting: dict[int, Checked] = {}
    for place, proposal in enumerate(proposals):
        found = check(proposal)
        if isinstance(found, Outcome):
            outcomes[place] = found
        else:
            waiting[place] = found
    for wave in waves(waiting):
        outcomes |= _registered(session, actor, now, wave)
    return [outcomes[place] for place in range(len(proposals))]


def _registered(
    session: Session, actor: Viewer, now: datetime, wave: Mapping[int, Checked]
) -> dict[int, Outcome]:
    """One batch. If all of it is new, it holds the logs only while it is written, and if somebody
    else was quicker meanwhile, or anything of it is known, from the beginning.
    """
    keys = {each.proposal.source for each in wave.values() if each.proposal.source}
    if not holds_logs(session) and not sent_before.any_known(session, keys):
        ahead = Wave(session, actor, now, wave, {})
        ahead.prepare()
        lock_logs(session)
        with suppress(IntegrityError, Moved), session.begin_nested():
            return ahead.registered()
    lock_logs(session)
    whole = Wave(session, actor, now, wave, sent_before.known(session, keys))
    whole.prepare()
    return whole.registered()


def revise(
    session: Session,
    actor: Viewer,
    identifier: str,
    values: Mapping[str, Any],
    revision: int,
    now: datetime,
    level: Level = Level.MINIMAL,
    submit: bool = True,
    kind: str | None = None,
    note: str = "",
) -> Outcome:
    """Propose other values for an entry. What is served stays served until a review says else.

    What differs in a harvested entry becomes a correction of what its source says, once accepted;
    ``note`` is its reason. Raises NotFound, Forbidden, Stale, WrongState or Invalid.
    """
    entry, path = claim(session, actor, identifier, revision)
    if not may_write(actor, path):
        raise Forbidden(f"not a registrar of {entry.agency}")
    if entry.state == State.WITHDRAWN:
        raise WrongState(identifier, entry.state)
    if entry.source and kind not in (None, entry.kind):
        raise Invalid([KIND_OF_SOURCE])
    proposal = Proposal(kind or entry.kind, values, entry.agency, level, submit=submit, note=note)
    checked = check(proposal)
    if isinstance(checked, Outcome):
        raise Invalid(checked.problems)
    number = latest_number(session, identifier) + 1
    before = held_version(session, identifier, entry.pending or entry.served or number - 1)
    descriptor = versions.completed(checked.validation.descriptor, identifier, before.values)
    by = Authorship(actor.name, now, level, plain(note))
    state = State.SUBMITTED if submit else State.DRAFT
    batch = Batch(actor.name, now)
    batch.version(versions.row(identifier, number, descriptor, by))
    opening = Opening(session, batch, {entry.agency: path}, [identifier])
    curated = layer.asked(session, entry, before, descriptor, actor.name, plain(note))
    proposed = Proposed(
        identifier, entry.agency, number, entry.served, descriptor, actor.name, submit,
        curated=curated,
    )  # fmt: skip
    request = opening.propose(proposed)
    batch.move(
        identifier,
        kind=proposal.kind,
        state=state.value,
        pending=number,
        revision=revision + 1,
        submitted_at=now if submit else None,
    )
    told = {"version": number, "digest": descriptor.digest, "state": state.value}
    batch.tell(identifier, What.PENDING, "revised", **told, request=request)
    batch.write(session)
    problems = checked.validation.problems
    return Outcome(identifier, revision + 1, state.value, False, True, problems, request)


def submit(
    session: Session, actor: Viewer, identifier: str, revision: int, now: datetime
) -> Outcome:
    """Hand in a draft or a returned version for review. Raises Invalid while it lacks anything."""
    entry, path = claim(session, actor, identifier, revision)
    if not may_write(actor, path):
        raise Forbidden(f"not a registrar of {entry.agency}")
    if entry.pending is None or entry.state not in (State.DRAFT, State.RETURNED):
        raise WrongState(identifier, entry.state)
    version = held_version(session, identifier, entry.pending)
    checked = check(Proposal(version.kind, version.values, entry.agency, Level(version.level)))
    if isinstance(checked, Outcome):
        raise Invalid(checked.problems)
    batch = Batch(actor.name, now)
    opening = Opening(session, batch, {entry.agency: path}, [identifier])
    proposed = Proposed(
        identifier, entry.agency, version.number, entry.served, versions.descriptor_of(version),
        actor.name, submit=True,
    )  # fmt: skip
    request = opening.propose(proposed)
    state = State.SUBMITTED.value
    batch.move(identifier, state=state, revision=revision + 1, submitted_at=now)
    batch.tell(identifier, What.PENDING, "submitted", version=entry.pending, request=request)
    batch.write(session)
    problems = checked.validation.problems
    return Outcome(identifier, revision + 1, state, False, True, problems, request)
