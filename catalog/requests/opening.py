"""Opens requests, or moves on those that are open, for what is proposed about entries; of a whole
batch with few statements.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.curation.layer import Proposed as Curated
from catalog.requests.model import (
    OPEN,
    RISKS,
    WITH_CONTENT,
    Purpose,
    RequestState,
    values,
)
from catalog.requests.routes import Routes, due
from catalog.tables import Entry, Request
from catalog.writing import Batch
from standards.decisions import risk
from standards.descriptor import Descriptor


@dataclass(frozen=True, slots=True)
class Proposed:
    """A version that somebody proposes for an entry; a draft is not submitted yet."""

    entry: str
    agency: str
    version: int
    served: int | None
    descriptor: Descriptor
    author: str
    submit: bool
    purpose: Purpose | None = None
    curated: Curated | None = None


class Opening:
    """The requests of some entries, within the transaction of a batch."""

    def __init__(
        self,
        session: Session,
        batch: Batch,
        paths: Mapping[str, Sequence[str]],
        entries: Collection[str] = (),
    ) -> None:
        self._batch = batch
        self._routes = Routes(session, paths)
        self._open = open_about_content(session, entries)
        self._lapsed = _expired(session, entries)
        self._numbers = count((session.scalar(select(func.max(Request.id))) or 0) + 1)

    def propose(self, proposed: Proposed) -> int:
        """Let the entry's request be about this version; its number."""
        row = self._open.get(proposed.entry)
        purpose = proposed.purpose or (Purpose.MODIFY if proposed.served else Purpose.FILE)
        if row and row.what == Purpose.ATTRIBUTES and row.finding:
            purpose = Purpose.ATTRIBUTES
        moved = {
            "what": purpose.value,
            "version": proposed.version,
            "base": proposed.served,
            "confirmed_by": [],
            "curated": {**self.curated(proposed.entry), **(proposed.curated or {})} or None,
            "step": 0,
            "assignee": "",
            "assigned_at": None,
            "escalated": False,
            **self._way(proposed),
        }
        if row:
            authors = list(dict.fromkeys([*row.authors, proposed.author]))
            self._batch.move_request(row.id, authors=authors, **moved)
            return row.id
        number = next(self._numbers)
        lapsed = self._lapsed.get(proposed.entry)
        wrote = (lapsed.proposed_by, *lapsed.authors) if lapsed else ()
        authors = list(dict.fromkeys([proposed.author, *wrote]))
        self._batch.open_request({**self._blank(number, proposed), **moved, "authors": authors})
        return number

    def supersede(self, entry: str) -> None:
        """End the entry's request, since whoever proposed it has something better served."""
        if row := self._open.get(entry):
            self._batch.move_request(
                row.id, state=RequestState.CANCELLED.value, closed_at=self._batch.now,
                assignee="", due="", escalated=False,
            )  # fmt: skip
            self._batch.note(entry, "cancelled", request=row.id, reason="superseded")

    def leave(
        self, entry: str, agency: str, purpose: Purpose, author: str, reason: str, into: str | None
    ) -> int:
        """A new request that the entry leave the directory; its number. Always of high risk."""
        level = RISKS[-1]
        route = self._routes.of(agency, level)
        deadline = due(route, None, self._batch.now)
        number = next(self._numbers)
        proposed = Proposed(entry, agency, 0, None, Descriptor("", {}), author, True)
        self._batch.open_request(
            {
                **self._blank(number, proposed),
                "what": purpose.value,
                "state": RequestState.SUBMITTED.value,
                "steps": [each.value for each in route.steps],
                "risk": RISKS.index(level),
                "reason": reason,
                "merge_into": into,
                "due": deadline.day.isoformat(),
                "provisional": deadline.provisional,
                "submitted_at": self._batch.now,
            }
        )
        return number

    def ask(self, entry: str, agency: str, author: str, reason: str, finding: str) -> int:
        """A request to propose the attributes anew, for the agency's registrars to fill in."""
        number = next(self._numbers)
        proposed = Proposed(entry, agency, 0, None, Descriptor("", {}), author, False)
        blank = {**self._blank(number, proposed), "authors": []}
        self._batch.open_request(
            {
                **blank,
                "what": Purpose.ATTRIBUTES.value,
                "state": RequestState.RETURNED.value,
                "reason": reason,
                "finding": finding,
            }
        )
        return number

    def curated(self, entry: str) -> Curated:
        """What is made of the entry's elements by what waits: its request, or one that expired."""
        row = self._open.get(entry) or self._lapsed.get(entry)
        return (row.curated if row else None) or {}

    def _way(self, proposed: Proposed) -> dict[str, Any]:
        level = risk(proposed.descriptor)
        route = self._routes.of(proposed.agency, level)
        way = {"risk": RISKS.index(level), "steps": [each.value for each in route.steps]}
        if not proposed.submit:
            draft = RequestState.DRAFT.value
            return {**way, "state": draft, "submitted_at": None, "due": "", "provisional": False}
        deadline = due(route, proposed.descriptor, self._batch.now)
        return {
            **way,
            "state": RequestState.SUBMITTED.value,
            "submitted_at": self._batch.now,
            "due": deadline.day.isoformat(),
            "provisional": deadline.provisional,
        }

    def _blank(self, number: int, proposed: Proposed) -> dict[str, Any]:
        return {
            "id": number,
            "entry": proposed.entry,
            "agency": proposed.agency,
            "what": "",
            "state": "",
            "steps": ["agency"],
            "step": 0,
            "risk": 0,
            "proposed_by": proposed.author,
            "authors": [proposed.author],
            "confirmed_by": [],
            "assignee": "",
            "assigned_at": None,
            "version": None,
            "base": None,
            "reason": "",
            "merge_into": None,
            "finding": "",
            "curated": None,
            "due": "",
            "provisional": False,
            "escalated": False,
            "created": self._batch.now,
            "updated": self._batch.now,
            "submitted_at": None,
            "closed_at": None,
        }


def open_about_content(session: Session, entries: Collection[str]) -> dict[str, Request]:
    """The open requests about the entries' content, by entry."""
    if not entries:
        return {}
    query = select(Request).where(
        Request.entry.in_(set(entries)),
        Request.state.in_(values(OPEN)),
        Request.what.in_(values(WITH_CONTENT)),
    )
    rows = session.scalars(query.execution_options(populate_existing=True))
    return {row.entry: row for row in rows}


def _expired(session: Session, entries: Collection[str]) -> dict[str, Request]:
    """The requests, by entry, of what waits without one, since that expired: who wrote in it still
    may not decide on it, and what it made of elements still counts.
    """
    if not entries:
        return {}
    query = (
        select(Request)
        .join(Entry, (Entry.identifier == Request.entry) & (Entry.pending == Request.version))
        .where(Request.entry.in_(set(entries)), Request.state == RequestState.EXPIRED.value)
    )
    return {row.entry: row for row in session.scalars(query)}
