"""Deciding on many requests at once: first a sample drawn by chance is opened, one by one, then all
are accepted in one transaction. What is of high risk is always in the sample.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog import agencies, audit
from catalog.audit import Event
from catalog.database import lock_logs
from catalog.errors import Invalid, NotFound, WrongState
from catalog.proposals import Outcome, said
from catalog.requests.flow import accept_all, met_twice
from catalog.requests.model import RISKS
from catalog.requests.rights import may_decide
from catalog.tables import BulkReview, Entry, Request
from catalog.viewers import Viewer

MOST = 1000
SHARE, LEAST = 0.05, 3
"""How much of a selection is drawn, and how many at least."""
OPEN, DONE = "open", "done"


@dataclass(frozen=True, slots=True)
class Bulk:
    """A selection with its sample, and which of the sample was opened."""

    number: int
    requests: tuple[int, ...]
    sample: tuple[int, ...]
    opened: tuple[int, ...]
    done: bool

    @property
    def ready(self) -> bool:
        """Whether the whole sample was opened."""
        return not set(self.sample) - set(self.opened)


def select_many(session: Session, actor: Viewer, chosen: Sequence[int], now: datetime) -> Bulk:
    """A new selection of requests that the actor may decide on, its sample drawn. Raises Invalid
    where there is none, too many, or one that is not the actor's to decide.
    """
    lock_logs(session)
    numbers = list(dict.fromkeys(chosen))
    if not 1 <= len(numbers) <= MOST:
        zh, en = f"请选择1至{MOST}件。", f"Choose 1 to {MOST} requests."
        raise Invalid([said("requests", "selection", zh, en)])
    rows = _mine(session, actor, numbers)
    if missing := set(numbers) - {row.id for row in rows}:
        listed = "、".join(str(each) for each in sorted(missing)[:5])
        zh, en = f"其中有您不能决定的：{listed}。", f"Not yours to decide: {listed}."
        raise Invalid([said("requests", "selection", zh, en)])
    if met_twice(session, numbers):
        zh, en = "同一条目的两件申请不能一并接收。", "Two of them speak of the same entry."
        raise Invalid([said("requests", "selection", zh, en)])
    row = BulkReview(
        reviewer=actor.name,
        requests=_at_their_revisions(session, numbers),
        sample=_drawn(rows),
        opened=[],
        state=OPEN,
        created=now,
    )
    session.add(row)
    session.flush()
    told = {"bulk": row.id, "requests": numbers, "sample": list(row.sample)}
    audit.append(session, actor.name, [Event("selection drawn", None, told)], now)
    return _view(row)


def find(session: Session, actor: Viewer, number: int) -> Bulk:
    """The actor's own selection; raises NotFound."""
    return _view(_own(session, actor, number))


def opened(session: Session, actor: Viewer, number: int, request: int) -> Bulk:
    """Remember that one of the sample was opened."""
    lock_logs(session)
    row = _own(session, actor, number)
    if request in row.sample and request not in row.opened:
        row.opened = [*row.opened, request]
        session.flush()
    return _view(row)


def accept(session: Session, actor: Viewer, number: int, now: datetime) -> list[Outcome]:
    """Accept all of a selection whose sample was opened, or none of it: one transaction, an audit
    event each. Raises WrongState before that, and Barred with what cannot be accepted, e.g. since
    it was changed after it was selected.
    """
    lock_logs(session)
    bulk = find(session, actor, number)
    if bulk.done or not bulk.ready:
        raise WrongState(f"selection {number}", "done" if bulk.done else "not opened yet")
    chosen = [(each, revision) for each, revision in _own(session, actor, number).requests]
    outcomes = accept_all(session, actor, chosen, now)
    session.execute(update(BulkReview).where(BulkReview.id == number).values(state=DONE))
    return outcomes


def _mine(session: Session, actor: Viewer, numbers: Sequence[int]) -> list[Request]:
    rows = session.scalars(select(Request).where(Request.id.in_(numbers))).all()
    paths = agencies.known_paths(session, {row.agency for row in rows})
    return [row for row in rows if may_decide(actor, row, paths[row.agency])]


def _at_their_revisions(session: Session, numbers: Sequence[int]) -> list[list[int]]:
    """Each with the revision of its entry, so that only what was selected is accepted."""
    rows = session.execute(
        select(Request.id, Entry.revision)
        .join(Entry, Entry.identifier == Request.entry)
        .where(Request.id.in_(numbers))
    )
    known = {row.id: row.revision for row in rows}
    return [[number, known[number]] for number in numbers]


def _drawn(rows: Sequence[Request]) -> list[int]:
    risky = [row.id for row in rows if row.risk == len(RISKS) - 1]
    rest = [row.id for row in rows if row.id not in set(risky)]
    share = min(len(rest), max(LEAST, ceil(len(rest) * SHARE)))
    return sorted([*risky, *secrets.SystemRandom().sample(rest, share)])


def _own(session: Session, actor: Viewer, number: int) -> BulkReview:
    row = session.get(BulkReview, number)
    if row is None or row.reviewer != actor.name:
        raise NotFound(f"selection {number}")
    return row


def _view(row: BulkReview) -> Bulk:
    numbers = tuple(number for number, _ in row.requests)
    return Bulk(row.id, numbers, tuple(row.sample), tuple(row.opened), row.state == DONE)
