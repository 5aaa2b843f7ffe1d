"""What it is for an entry to leave: its versions and identifier stay, a tombstone answers for them.

Who may ask for it and who must agree is told in `catalog.requests`; what a source deletes leaves by
itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import agencies
from catalog.changes import What
from catalog.database import lock_logs
from catalog.errors import Forbidden, WrongState
from catalog.proposals import NOT_THEIRS, Outcome, needed, rejected, said
from catalog.requests.model import OPEN, RequestState, values
from catalog.tables import Entry, Request, SourceRecord, Version
from catalog.viewers import Role, Viewer
from catalog.visibility import may_write
from catalog.writing import Batch, State, claim
from search.card import Audience

NO_RECORD = said("key", "source-key", "采集源中没有登记过这条记录。", "The source never sent it.")


def retire(
    session: Session, actor: Viewer, source: str, keys: Sequence[str], reason: str, now: datetime
) -> list[Outcome]:
    """Withdraw the entries of records that their source deleted. One that the source sends again
    is restored under its old identifier.
    """
    lock_logs(session)
    query = (
        select(SourceRecord.key, Entry)
        .join(Entry, Entry.identifier == SourceRecord.entry)
        .where(SourceRecord.source == source, SourceRecord.key.in_(set(keys)))
        .execution_options(populate_existing=True)
    )
    entries: dict[str, Entry] = {row.key: row.Entry for row in session.execute(query)}
    paths = agencies.paths(session, {entry.agency for entry in entries.values()})
    batch = Batch(actor.name, now)
    outcomes = []
    for key in dict.fromkeys(keys):
        entry = entries.get(key)
        if entry is None:
            outcomes.append(rejected(NO_RECORD))
        elif not may_write(actor, paths[entry.agency]):
            outcomes.append(rejected(NOT_THEIRS))
        elif entry.state == State.WITHDRAWN:
            outcomes.append(_outcome(entry, entry.revision, changed=False))
        else:
            told = needed(reason)
            outcomes.append(
                bury(session, batch, entry, What.WITHDRAWN, reason=told, by_source=True)
            )
    batch.write(session)
    return outcomes


def lead(
    session: Session, actor: Viewer, identifier: str, to: str, reason: str, now: datetime
) -> Outcome:
    """Let an entry lead to the one under which its source sends the same record now; a person has
    approved it with the run. Raises NotFound, Forbidden or WrongState.
    """
    entry, path = claim(session, actor, identifier, None)
    other, other_path = claim(session, actor, to, None)
    if not (actor.may(Role.REVIEWER, path) and actor.may(Role.REVIEWER, other_path)):
        raise Forbidden("only a reviewer of both agencies lets one entry lead to the other")
    for each in (entry, other):
        if each.state == State.WITHDRAWN or (each is other and each.served is None):
            raise WrongState(each.identifier, each.state)
    batch = Batch(actor.name, now)
    outcome = bury(session, batch, entry, What.MERGED, reason=needed(reason), merged_into=to)
    batch.write(session)
    return outcome


@dataclass(frozen=True, slots=True)
class _Last:
    number: int | None
    audience: str


def bury(
    session: Session,
    batch: Batch,
    entry: Entry,
    what: What,
    *,
    reason: str,
    merged_into: str | None = None,
    by_source: bool = False,
    request: int | None = None,
    on_behalf_of: str = "",
    audience: Audience | None = None,
) -> Outcome:
    """Whoever could see it last may know it is gone, unless an ``audience`` is named; of what was
    never served, only its agency.

    Requests that are still open, but for the one by which it leaves, are cancelled.
    """
    last = _last_served(session, entry)
    told: dict[str, Any] = {"reason": reason, "merged_into": merged_into, "by_source": by_source}
    batch.bury(
        {
            "entry": entry.identifier,
            "at": batch.now,
            "by": batch.actor,
            "audience": audience.value if audience else last.audience,
            "last": last.number,
            "before": _before(entry),
            **told,
        }
    )
    _cancel_requests(session, batch, entry, request)
    batch.move(
        entry.identifier,
        state=State.WITHDRAWN.value,
        served=None,
        pending=None,
        served_at=None,
        submitted_at=None,
        revision=entry.revision + 1,
    )
    told |= {"request": request} if request else {}
    told |= {"on_behalf_of": on_behalf_of} if on_behalf_of else {}
    batch.tell(entry.identifier, what, what.value, version=last.number, **told)
    return _outcome(entry, entry.revision + 1, changed=True)


def _before(entry: Entry) -> dict[str, Any]:
    """What the entry was, should it be restored."""
    moments = {"served_at": entry.served_at, "submitted_at": entry.submitted_at}
    told = {name: at and at.isoformat() for name, at in moments.items()}
    return {"state": entry.state, "pending": entry.pending, **told}


def _cancel_requests(session: Session, batch: Batch, entry: Entry, but: int | None) -> None:
    query = select(Request.id).where(
        Request.entry == entry.identifier, Request.state.in_(values(OPEN))
    )
    for number in session.scalars(query):
        if number != but:
            batch.move_request(
                number, state=RequestState.CANCELLED.value, closed_at=batch.now, assignee="", due=""
            )
            batch.note(entry.identifier, "cancelled", request=number, reason="withdrawn")


def _last_served(session: Session, entry: Entry) -> _Last:
    if entry.served is None:
        return _Last(None, Audience.AGENCY.value)
    query = select(Version.audience).where(
        Version.entry == entry.identifier, Version.number == entry.served
    )
    return _Last(entry.served, session.scalars(query).one())


def _outcome(entry: Entry, revision: int, changed: bool) -> Outcome:
    return Outcome(entry.identifier, revision, State.WITHDRAWN.value, False, changed)
