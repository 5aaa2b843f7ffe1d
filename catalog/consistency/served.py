"""What is served, read in pieces: each entry with its descriptor and its decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeAlias

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from catalog.identity.facts import organs
from catalog.tables import Decision, Entry, Version
from search.folding import fold
from standards.clocks import local_day
from standards.decision_rules import paths_of
from standards.descriptor import Descriptor
from standards.summary import Summary, summarize

_Line: TypeAlias = Row[tuple[str, str, datetime, str, dict[str, Any]]]
PIECE = 1000
OPEN = ("proactive", "on-request")
"""Disclosed, of its own accord or whenever somebody asks (Art. 13)."""
WITHHELD, UNDETERMINED = "withheld", "undetermined"


@dataclass(frozen=True, slots=True)
class Made:
    """A decision on record, as far as the rules ask."""

    number: int
    axis: str
    part: str
    value: str
    ground: str
    reason: str
    evidence: Mapping[str, str]
    decided_at: datetime
    review_by: str
    supersedes: int | None


@dataclass(frozen=True)
class Served:
    """An entry as it is served on the day of the audit."""

    identifier: str
    agency: str
    created: datetime
    descriptor: Descriptor
    made: tuple[Made, ...]
    """Every decision about it, oldest first."""
    organs: Mapping[str, str]
    """The codes of agencies by their folded names."""
    day: date

    @cached_property
    def summary(self) -> Summary:
        """Its descriptor by roles."""
        return summarize(self.descriptor)

    @cached_property
    def title(self) -> str:
        """Its title in one width, case and script."""
        return fold(self.summary.title)

    @cached_property
    def standing(self) -> tuple[Made, ...]:
        """The decisions that no later one took the place of."""
        replaced = {each.supersedes for each in self.made}
        return tuple(each for each in self.made if each.number not in replaced)

    @property
    def providers(self) -> tuple[str, ...]:
        """Who provides it: agencies by their codes, others by folded names; whose entry it is if
        nobody is named.
        """
        named = (fold(name) for name in self.summary.providers)
        return tuple(self.organs.get(name, name) for name in named) or (self.agency,)

    def said(self, axis: str, fact: str) -> str:
        """A fact of what its descriptor rules on an axis."""
        path = paths_of(axis).get(fact)
        value = self.descriptor.get(path) if path else None
        return "" if value is None else str(value)


def served(
    session: Session, day: date, progress: Callable[[int, int], None] = lambda done, total: None
) -> Iterator[Served]:
    """Every entry that is served, by identifier, a piece at a time."""
    total = session.scalar(select(func.count()).where(Entry.served.is_not(None))) or 0
    known = organs(session)
    done, last = 0, ""
    while rows := _piece(session, last):
        first, last = rows[0].identifier, rows[-1].identifier
        made = _made(session, first, last)
        for row in rows:
            yield Served(
                row.identifier,
                row.agency,
                row.created,
                Descriptor(row.kind, row.values),
                tuple(made.get(row.identifier, ())),
                known,
                day,
            )
        done += len(rows)
        progress(done, total)


def _piece(session: Session, last: str) -> Sequence[_Line]:
    query = (
        select(Entry.identifier, Entry.agency, Entry.created, Version.kind, Version.values)
        .join(Version, (Version.entry == Entry.identifier) & (Version.number == Entry.served))
        .where(Entry.identifier > last)
        .order_by(Entry.identifier)
        .limit(PIECE)
    )
    return session.execute(query).all()


def _made(session: Session, first: str, last: str) -> dict[str, list[Made]]:
    columns = (
        *(Decision.entry, Decision.id, Decision.axis, Decision.part, Decision.value),
        *(Decision.ground, Decision.reason, Decision.evidence, Decision.decided_at),
        *(Decision.review_by, Decision.supersedes),
    )
    query = select(*columns).where(Decision.entry.between(first, last)).order_by(Decision.id)
    found: dict[str, list[Made]] = {}
    for entry, *told in session.execute(query):
        found.setdefault(entry, []).append(Made(*told))
    return found


def decided_on(made: Made) -> date:
    """The day of a decision, in China."""
    return local_day(made.decided_at)
