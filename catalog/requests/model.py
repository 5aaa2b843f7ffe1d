"""What a request is: its purpose, its states, and how a person sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from catalog.tables import Request


class Purpose(StrEnum):
    """What is asked for: the first three propose a version, the others an entry's leaving."""

    FILE = "file"
    MODIFY = "modify"
    ATTRIBUTES = "attributes"
    WITHDRAW = "withdraw"
    MERGE = "merge"


class RequestState(StrEnum):
    """How far a request has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in-review"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Step(StrEnum):
    """Who has to say yes: a reviewer of the entry's agency, or one of the directory centre."""

    AGENCY = "agency"
    CENTRE = "centre"


RISKS = ("low", "medium", "high")
"""By the number that a request keeps."""
WITH_CONTENT = (Purpose.FILE, Purpose.MODIFY, Purpose.ATTRIBUTES)
LEAVING = (Purpose.WITHDRAW, Purpose.MERGE)
WITH_REVIEWERS = (RequestState.SUBMITTED, RequestState.IN_REVIEW)
"""A reviewer is to act."""
WITH_PROPOSERS = (RequestState.DRAFT, RequestState.RETURNED)
"""A registrar is to act."""
OPEN = (*WITH_REVIEWERS, *WITH_PROPOSERS)


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as those see it who hold a role over its agency."""

    number: int
    entry: str
    agency: str
    purpose: Purpose
    state: RequestState
    steps: tuple[Step, ...]
    step: int
    risk: str
    proposed_by: str
    authors: tuple[str, ...]
    confirmed_by: tuple[str, ...]
    assignee: str
    version: int | None
    base: int | None
    reason: str
    merge_into: str | None
    finding: str
    due: str
    """The day, empty while no clock runs."""
    provisional: bool
    escalated: bool
    created: datetime
    updated: datetime
    submitted_at: datetime | None
    closed_at: datetime | None

    @property
    def current_step(self) -> Step:
        """Whose yes comes next."""
        return self.steps[min(self.step, len(self.steps) - 1)]

    @property
    def is_open(self) -> bool:
        """Whether somebody is still to act."""
        return self.state in OPEN

    @property
    def with_reviewers(self) -> bool:
        """Whether a reviewer is to act."""
        return self.state in WITH_REVIEWERS


def values(purposes: Sequence[StrEnum]) -> list[str]:
    """The words that the table holds."""
    return [each.value for each in purposes]


def view_of(row: Request) -> RequestView:
    """A row of the table as a value."""
    return RequestView(
        number=row.id,
        purpose=Purpose(row.what),
        state=RequestState(row.state),
        steps=tuple(Step(each) for each in row.steps),
        risk=RISKS[row.risk],
        authors=tuple(row.authors),
        confirmed_by=tuple(row.confirmed_by),
        **{name: getattr(row, name) for name in _AS_THEY_ARE},
    )


_AS_THEY_ARE: tuple[str, ...] = (
    *("entry", "agency", "step", "proposed_by", "assignee", "version", "base", "reason"),
    *("merge_into", "finding", "due", "provisional", "escalated"),
    *("created", "updated", "submitted_at", "closed_at"),
)


def barred(row: Request) -> frozenset[str]:
    """Who may not decide on it: whoever proposed it, wrote in it, or said yes before."""
    people: list[Any] = [row.proposed_by, *row.authors, *row.confirmed_by]
    return frozenset(map(str, people))
