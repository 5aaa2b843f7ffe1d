"""Settling a correction over which its source says something new: it is kept, or the source is
followed again. (A third value is proposed like any change, by the entry's form.)
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from catalog.curation import layer, reading
from catalog.curation.layer import CONFLICT, STANDING, WITHDRAWN
from catalog.curation.reading import CurationView
from catalog.errors import Forbidden, WrongState
from catalog.proposals import Outcome, needed
from catalog.registration import revise
from catalog.tables import Curation, Entry
from catalog.viewers import Role, Viewer
from catalog.visibility import may_write
from catalog.writing import Batch, claim, held_version
from standards.profile import Level


def keep(session: Session, actor: Viewer, number: int, reason: str, now: datetime) -> Outcome:
    """Keep the correction over what the source says now, which is a dispute no more. What is served
    does not change. Raises NotFound, Forbidden, WrongState (no dispute) or Invalid (no reason).
    """
    view, row = _held(session, actor, number)
    if row.state != CONFLICT:
        raise WrongState(f"curation {number}", row.state)
    batch = Batch(actor.name, now)
    batch.move_curation(number, state=STANDING, sourced=view.now)
    batch.note(view.entry, "correction kept", element=view.path, reason=needed(reason))
    batch.write(session)
    entry = session.get_one(Entry, view.entry)
    return Outcome(entry.identifier, entry.revision, entry.state, False, False)


def take(session: Session, actor: Viewer, number: int, reason: str, now: datetime) -> Outcome:
    """Propose that the element follow its source again, which a reviewer accepts or not; where the
    source says the same by now, nothing that is served depends on it, and the correction ends.
    Raises NotFound, Forbidden, WrongState or Invalid.
    """
    view, row = _held(session, actor, number)
    entry = session.get_one(Entry, row.entry)
    beneath = layer.said(session, entry)
    if beneath is None:
        raise WrongState(entry.identifier, entry.state)
    hand = held_version(session, entry.identifier, entry.pending or entry.served or 1)
    values = {name: each for name, each in hand.values.items() if name != view.path}
    if view.path in beneath.values:
        values[view.path] = beneath.values[view.path]
    if values == hand.values:
        return _ended(session, actor, view, entry, needed(reason), now)
    return revise(
        session, actor, entry.identifier, values, entry.revision, now,
        Level(hand.level), note=needed(reason),
    )  # fmt: skip


def _ended(
    session: Session, actor: Viewer, view: CurationView, entry: Entry, reason: str, now: datetime
) -> Outcome:
    batch = Batch(actor.name, now)
    batch.move_curation(view.id, state=WITHDRAWN, closed_by=actor.name, closed_at=now)
    batch.note(view.entry, "correction ended", element=view.path, reason=reason)
    batch.write(session)
    return Outcome(entry.identifier, entry.revision, entry.state, False, False)


def _held(session: Session, actor: Viewer, number: int) -> tuple[CurationView, Curation]:
    """The correction with its entry held for this transaction."""
    view = reading.find(session, actor, number)
    entry, path = claim(session, actor, view.entry, None)
    if not (may_write(actor, path) or actor.may(Role.REVIEWER, path)):
        raise Forbidden(f"no registrar or reviewer of {entry.agency}")
    row = session.get_one(Curation, number, populate_existing=True)
    return reading.find(session, actor, number), row
