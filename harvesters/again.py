"""Reads chosen records of a source again, and nothing else: those that were put right since."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from catalog import record_problems
from catalog.ledger import Session
from catalog.record_problems import Wanted
from harvesters.fetched import Fetched, Job, Page, Source
from standards.places import without_line

REJECTED = "rejected"
"""All records of a source that are rejected as it stands."""
MOST = 1000
"""The most records that may be named one by one."""
ONE_BY_ONE = 200
"""Of more, a protocol is asked for its whole list, which takes fewer requests."""
_PAGE = 500


@runtime_checkable
class Single(Protocol):
    """A source whose records can be had one by one."""

    def some(self, job: Job, keys: Sequence[str]) -> Iterator[Page]:
        """The records with these keys, as far as there are any, after the job's checkpoint."""
        ...


@dataclass(frozen=True, slots=True)
class Chosen:
    """The records to read again: by key, or by place where the key came of what was wrong."""

    keys: frozenset[str]
    places: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.keys)

    def takes(self, record: Fetched) -> bool:
        """Whether the record is one of them."""
        return record.key in self.keys or without_line(record.place) in self.places


def chosen(session: Session, source: str, only: str | Collection[str]) -> Chosen:
    """The records that were named, or all that are rejected now."""
    if only == REJECTED:
        rows = list(_all(session, source))
    else:
        rows = list(record_problems.held(session, source, only).values())
    keys = {each.key for each in rows} | (set() if only == REJECTED else set(only))
    places = {without_line(each.place) for each in rows if _fleeting(each.key)}
    return Chosen(frozenset(keys), frozenset(places))


def pages(source: Source, job: Job, wanted: Chosen) -> Iterator[Page]:
    """The chosen records alone, asked for one by one where the protocol can."""
    if isinstance(source, Single) and not wanted.places and len(wanted.keys) <= ONE_BY_ONE:
        yield from source.some(job, sorted(wanted.keys))
        return
    for page in source.pages(replace(job, since=None)):
        yield replace(page, records=tuple(each for each in page.records if wanted.takes(each)))


def forget(
    session: Session, source: str, run: int, only: str | Collection[str]
) -> list[record_problems.Troubled]:
    """What was wrong under a key that is no more, since the record was put right."""
    lost = [key for key in chosen(session, source, only).keys if _fleeting(key)]
    return record_problems.drop_unseen(session, source, run, lost) if lost else []


def _all(session: Session, source: str) -> Iterator[record_problems.Troubled]:
    after = (-1, 0)
    while rows := record_problems.page(session, source, Wanted(rejected=True), after, _PAGE):
        yield from rows
        after = rows[-1].cursor


def _fleeting(key: str) -> bool:
    """Whether a key may change when the record is put right: it was made of its place, of what it
    says, or of both where another record had it."""
    return key.startswith(("place:", "content:")) or " " in key
