"""The index as a whole: rebuilding it beside the live one, and proving that it agrees with the
record. Both go on while entries change, and hold a bounded number of cards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog import changes, leases, refusals
from catalog.analysing import analysing
from catalog.cards import cards, current, entry_of, keys_of
from catalog.clock import Clock, SystemClock
from catalog.database import Database
from catalog.processes import new_owner
from catalog.tables import Entry
from search.analysis import IndexedCard
from search.card import Card
from search.encoding import card_digest
from search.engine import CardsRefused, Engine, Fingerprint, Rebuild, Removal

NAME = "search"
REBUILDING = "search-rebuild"
BATCH = 1000
MOST_NAMED = 100
WHOLE_EVERY = 16
"""A new index was made of the record a moment ago: to prove it, every version is compared, but the
contents of one batch in so many. `index verify` compares them all."""

Given = TypeVar("Given")
log = structlog.get_logger("mulu.indexing")
Progress = Callable[[int, int], None]


class RebuildRunning(Exception):
    """Another process is rebuilding the index just now."""


class RebuildFailed(Exception):
    """The new index does not agree with the record; the live one was not touched."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How index and record compare; of each fault the first keys are named and all are counted."""

    counts: Mapping[str, int]
    missing: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether they agree."""
        return not any(self.counts[fault] for fault in ("missing", "surplus", "stale"))


@dataclass
class _Tally:
    agree: int = 0
    faults: dict[str, int] = field(default_factory=lambda: {"missing": 0, "surplus": 0, "stale": 0})
    named: dict[str, list[str]] = field(
        default_factory=lambda: {"missing": [], "surplus": [], "stale": []}
    )

    def fault(self, kind: str, key: str) -> None:
        """Count a key that is not as it should be."""
        self.faults[kind] += 1
        if len(self.named[kind]) < MOST_NAMED:
            self.named[kind].append(key)

    def verdict(self) -> Verdict:
        """The result so far."""
        named = {kind: tuple(keys) for kind, keys in self.named.items()}
        return Verdict({"agree": self.agree, **self.faults}, **named)


def rebuild(
    database: Database,
    engine: Engine,
    progress: Progress | None = None,
    clock: Clock | None = None,
) -> Verdict:
    """Fill a new index beside the live one, prove it, and let it take the live one's place.

    Changes made meanwhile are caught up with; readers and writers notice nothing. Killed at any
    moment it leaves one whole index. Raises RebuildRunning, RebuildFailed or EngineUnavailable.
    """
    clock = clock or SystemClock()
    owner = new_owner()
    if not leases.acquire(database, REBUILDING, owner, clock.now()):
        raise RebuildRunning("another process is rebuilding the index")
    try:
        fresh = engine.rebuild(_how_many(database))
    except BaseException:
        leases.release(database, REBUILDING, owner)
        raise
    try:
        return _Rebuilding(database, fresh, owner, clock, progress or _silent).run()
    except BaseException:
        fresh.abandon()
        raise
    finally:
        leases.release(database, NAME, owner)
        leases.release(database, REBUILDING, owner)


def verify(database: Database, engine: Engine, progress: Progress | None = None) -> Verdict:
    """Compare every card of the index with the record, as far as the follower has come."""
    engine.refresh()
    with database.reading() as session:
        as_of = leases.standing(session, NAME).cursor
        wanted = _cards_as_of(session, as_of)
    tally = _compared(database, engine.fingerprints(), as_of, wanted, progress or _silent)
    if tally.agree + tally.faults["stale"] < wanted:
        _find_missing(database, engine, as_of, tally)
    return tally.verdict()


class _Rebuilding:
    """One rebuild, step by step."""

    def __init__(
        self, database: Database, fresh: Rebuild, owner: str, clock: Clock, progress: Progress
    ) -> None:
        self._database, self._fresh, self._owner = database, fresh, owner
        self._clock, self._progress = clock, progress
        self._refused: dict[str, str] = {}

    def run(self) -> Verdict:
        """Fill, catch up, prove; then, with the follower held still, the rest and the swap."""
        with self._database.reading() as session:
            start = changes.head(session)
        self._fill()
        seq = self._catch_up(start)
        verdict = self._proven(seq)
        now = self._clock.now()
        leases.acquire(self._database, NAME, self._owner, now, take_over=True)
        seq = self._catch_up(seq)
        self._despite_refusals(self._fresh.swap)
        self._keep_refusals()
        leases.advance(self._database, NAME, self._owner, seq, self._clock.now())
        log.info("index rebuilt", cards=verdict.counts["agree"], cursor=seq)
        return verdict

    def _fill(self) -> None:
        """There is nothing yet to remove, so cards are all that is needed."""
        total, done = _how_many(self._database), 0
        with analysing(self._database, total) as analyse:
            for entries, found in analyse(_pages(self._database)):
                self._apply(found)
                done += entries
                self._progress(done, max(total, done))

    def _catch_up(self, seq: int) -> int:
        """Apply what changed since; the number of the last change that was there to read."""
        while True:
            with self._database.reading() as session:
                rows = changes.since(session, seq, BATCH)
                found = current(session, [row.entry for row in rows])
            if not rows:
                return seq
            self._apply(found)
            seq = rows[-1].seq

    def _apply(self, found: Iterable[Card | IndexedCard | Removal]) -> None:
        try:
            self._fresh.apply(found)
        except CardsRefused as told:
            self._refused |= told.reasons
        self._hold_on()

    def _despite_refusals(self, ask: Callable[[], Given]) -> Given:
        """What it gives, once it has told of the cards that were refused."""
        try:
            return ask()
        except CardsRefused as told:
            self._refused |= told.reasons
            return ask()

    def _keep_refusals(self) -> None:
        for key, reason in self._refused.items():
            log.error("card refused", key=key, reason=reason)
        with self._database.writing() as session:
            refusals.replace(session, self._refused, self._clock.now())

    def _hold_on(self, _done: int = 0, _total: int = 0) -> None:
        if not leases.acquire(self._database, REBUILDING, self._owner, self._clock.now()):
            raise RebuildRunning("this one was so slow that another process took over")

    def _proven(self, seq: int) -> Verdict:
        """Entries that change while we look are told apart by their number; the last catching up
        brings them in.
        """
        found = self._despite_refusals(self._fresh.fingerprints)
        tally = _compared(self._database, found, seq, 0, self._hold_on, WHOLE_EVERY)
        with self._database.reading() as session:
            lacking = _cards_as_of(session, seq) - tally.agree - tally.faults["stale"]
            lacking -= _standing_still(session, self._refused, seq)
        if lacking > 0:
            tally.faults["missing"] = lacking
        verdict = tally.verdict()
        if not verdict.ok:
            raise RebuildFailed(f"the new index does not agree with the record: {verdict.counts}")
        return verdict


def _compared(
    database: Database,
    fingerprints: Iterable[Fingerprint],
    as_of: int,
    total: int,
    progress: Progress,
    whole_every: int = 1,
) -> _Tally:
    """Each fingerprint against what the record makes now: of one batch in so many the whole cards,
    of the others which version of which card there is.
    """
    tally, done = _Tally(), 0
    for number, some in enumerate(_batches(fingerprints)):
        identifiers = list({entry_of(each.key) for each in some})
        with database.reading() as session:
            moving = _changed_after(session, identifiers, as_of)
            expected = (_versions if number % whole_every else _cards)(session, identifiers)
        for each in some:
            if entry_of(each.key) not in moving:
                _judge(tally, each, expected.get(each.key))
        done += len(some)
        progress(done, max(total, done))
    return tally


def _cards(session: Session, identifiers: Sequence[str]) -> dict[str, Fingerprint]:
    found = cards(session, identifiers)
    return {card.key: Fingerprint(card.key, card.version, card_digest(card)) for card in found}


def _versions(session: Session, identifiers: Sequence[str]) -> dict[str, Fingerprint]:
    """The same without what the cards say."""
    query = select(Entry.identifier, Entry.changed, Entry.served, Entry.pending)
    rows = session.execute(query.where(Entry.identifier.in_(identifiers)))
    return {
        key: Fingerprint(key, changed, "")
        for identifier, changed, *numbers in rows
        for key, number in zip(keys_of(identifier).values(), numbers, strict=True)
        if number is not None
    }


def _judge(tally: _Tally, found: Fingerprint, expected: Fingerprint | None) -> None:
    """An expected digest that is empty is not known."""
    if expected is None:
        tally.fault("surplus", found.key)
    elif found != (expected if expected.digest else replace(expected, digest=found.digest)):
        tally.fault("stale", found.key)
    else:
        tally.agree += 1


def _find_missing(database: Database, engine: Engine, as_of: int, tally: _Tally) -> None:
    """Ask the index for every card of the record, a page at a time."""
    for identifiers in _pages(database):
        with database.reading() as session:
            moving = _changed_after(session, identifiers, as_of)
            expected = {card.key for card in cards(session, identifiers)}
        wanted = [key for key in sorted(expected) if entry_of(key) not in moving]
        held = engine.get(wanted)
        for key in wanted:
            if key not in held:
                tally.fault("missing", key)


def _pages(database: Database) -> Iterator[list[str]]:
    """All identifiers, a page at a time, each page from a snapshot of its own."""
    after = ""
    while True:
        with database.reading() as session:
            query = (
                select(Entry.identifier)
                .where(Entry.identifier > after)
                .order_by(Entry.identifier)
                .limit(BATCH)
            )
            found = list(session.scalars(query))
        if not found:
            return
        yield found
        after = found[-1]


def _batches(fingerprints: Iterable[Fingerprint]) -> Iterator[list[Fingerprint]]:
    waiting: list[Fingerprint] = []
    for each in fingerprints:
        waiting.append(each)
        if len(waiting) == BATCH:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _changed_after(session: Session, identifiers: Sequence[str], seq: int) -> set[str]:
    query = select(Entry.identifier).where(Entry.identifier.in_(identifiers), Entry.changed > seq)
    return set(session.scalars(query))


def _standing_still(session: Session, keys: Iterable[str], seq: int) -> int:
    """How many of the cards are of entries that have not changed since."""
    listed = [entry_of(key) for key in keys]
    moving = _changed_after(session, listed, seq)
    return sum(each not in moving for each in listed)


def _cards_as_of(session: Session, seq: int) -> int:
    """How many cards the record has of entries that have not changed since."""
    query = select(func.count(Entry.served) + func.count(Entry.pending))
    return session.scalar(query.where(Entry.changed <= seq)) or 0


def _how_many(database: Database) -> int:
    """The number of entries."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Entry)) or 0


def _silent(_done: int, _total: int) -> None:
    """Tell nobody."""
