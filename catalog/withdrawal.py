"""How entries leave: withdrawn with a reason, merged into another, or deleted by their source.

Their versions and identifiers stay; a tombstone answers for them.
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
from catalog.errors import Forbidden, Invalid, WrongState
from catalog.proposals import NOT_THEIRS, Outcome, rejected, said
from catalog.tables import Entry, SourceRecord, Version
from catalog.viewers import Role, Viewer
from catalog.visibility import may_write
from catalog.words import plain
from catalog.writing import Batch, State, claim
from search.card import Audience

NO_RECORD = said("key", "source-key", "采集源中没有登记过这条记录。", "The source never sent it.")


def needed(reason: str) -> str:
    """The reason as it is kept; raises Invalid where there is none."""
    text = plain(reason)
    if not text:
        raise Invalid([said("reason", "reason", "请写明理由。", "Give the reason.")])
    return text


def may_withdraw(viewer: Viewer, agency_path: Sequence[str], *, served: bool) -> bool:
    """Whether the viewer may take an entry out: what is served is for a reviewer to withdraw."""
    own_draft = not served and may_write(viewer, agency_path)
    return own_draft or viewer.may(Role.REVIEWER, agency_path)


def withdraw(
    session: Session, actor: Viewer, identifier: str, revision: int, reason: str, now: datetime
) -> Outcome:
    """Take an entry out of the directory, for good: by a reviewer, or by a registrar as long as it
    was never served. Raises NotFound, Forbidden, Stale, WrongState or Invalid (no reason).
    """
    entry, path = claim(session, actor, identifier, revision)
    if not may_withdraw(actor, path, served=entry.served is not None):
        raise Forbidden("only a reviewer withdraws what is served")
    if entry.state == State.WITHDRAWN:
        raise WrongState(identifier, entry.state)
    batch = Batch(actor.name, now)
    outcome = _bury(session, batch, entry, What.WITHDRAWN, reason=needed(reason))
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
    """Let an entry lead to another one that stands for the same resource."""
    entry, path = claim(session, actor, identifier, revision)
    other, other_path = claim(session, actor, into, None)
    if not (actor.may(Role.REVIEWER, path) and actor.may(Role.REVIEWER, other_path)):
        raise Forbidden("only a reviewer of both agencies merges their entries")
    for each in (entry, other):
        if each.state == State.WITHDRAWN:
            raise WrongState(each.identifier, each.state)
    if other.served is None or into == identifier:
        raise WrongState(into, other.state)
    batch = Batch(actor.name, now)
    outcome = _bury(session, batch, entry, What.MERGED, reason=needed(reason), merged_into=into)
    batch.write(session)
    return outcome


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
            told = {"reason": needed(reason), "by_source": True}
            outcomes.append(_bury(session, batch, entry, What.WITHDRAWN, **told))
    batch.write(session)
    return outcomes


@dataclass(frozen=True, slots=True)
class _Last:
    number: int | None
    audience: str


def _bury(session: Session, batch: Batch, entry: Entry, what: What, **told: Any) -> Outcome:
    """Whoever could see it last may know it is gone; of what was never served, only its agency."""
    last = _last_served(session, entry)
    batch.bury(
        {
            "entry": entry.identifier,
            "at": batch.now,
            "by": batch.actor,
            "audience": last.audience,
            "last": last.number,
            "merged_into": None,
            "by_source": False,
            **told,
        }
    )
    batch.move(
        entry.identifier,
        state=State.WITHDRAWN.value,
        served=None,
        pending=None,
        served_at=None,
        submitted_at=None,
        revision=entry.revision + 1,
    )
    batch.tell(entry.identifier, what, what.value, version=last.number, **told)
    return _outcome(entry, entry.revision + 1, changed=True)


def _last_served(session: Session, entry: Entry) -> _Last:
    if entry.served is None:
        return _Last(None, Audience.AGENCY.value)
    query = select(Version.audience).where(
        Version.entry == entry.identifier, Version.number == entry.served
    )
    return _Last(entry.served, session.scalars(query).one())


def _outcome(entry: Entry, revision: int, changed: bool) -> Outcome:
    return Outcome(entry.identifier, revision, State.WITHDRAWN.value, False, changed)
