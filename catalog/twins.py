"""A form that was sent twice, by an impatient hand or a lost connection, makes one entry."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.database import lock_logs
from catalog.proposals import Outcome, Proposal
from catalog.tables import Entry, Version
from catalog.viewers import Viewer
from standards.profile import profile
from standards.validation import validate

MOMENT = timedelta(minutes=2)


def sent_before(
    session: Session, actor: Viewer, proposal: Proposal, now: datetime
) -> Outcome | None:
    """What the same person made of the very same proposal a moment ago, if it is as it was then.

    Whoever asks registers in the same transaction, so that of two at once the later one sees it.
    """
    lock_logs(session)
    proposed = dict(validate(proposal.kind, proposal.values, proposal.level).descriptor.values)
    assigned = {use.element.name for use in profile(proposal.kind).elements if use.assigned}
    rows = session.execute(
        select(Entry, Version)
        .join(Version, (Version.entry == Entry.identifier) & (Version.number == Entry.pending))
        .where(
            Entry.agency == proposal.agency,
            Entry.kind == proposal.kind,
            Entry.revision == 1,
            Entry.created > now - MOMENT,
            Entry.source.is_(None),
            Version.author == actor.name,
        )
    )
    for entry, version in rows:
        own = {name: each for name, each in version.values.items() if name not in assigned}
        same = own == {name: each for name, each in proposed.items() if name not in assigned}
        if same and (entry.submitted_at is not None) == proposal.submit:
            return Outcome(entry.identifier, entry.revision, entry.state, False, False)
    return None
