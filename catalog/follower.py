"""Turns changes into cards: follows the change log and brings the search index up to date.

Safe to kill at any moment: the cursor moves only after the engine has kept a batch, and engines
ignore what they have already. A card that the engine cannot take is kept by name (`refusals.py`),
told in the log and in `mulu status`, and tried again now and then; it holds up no other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from catalog import changes, indexing, leases, refusals
from catalog.cards import current, entry_of
from catalog.clock import Clock, SystemClock
from catalog.database import Database
from catalog.errors import Unavailable
from catalog.indexing import NAME, RebuildFailed, RebuildRunning
from catalog.processes import new_owner
from search.card import Card
from search.engine import CardsRefused, Engine, EngineUnavailable, Removal

BATCH = 2000
POLL = 0.2
GATHER = 0.4
"""Seconds between batches that are not full: a commit of the engine costs as much as a hundred
cards, so the changes of a moment go together."""
LONGEST_PAUSE = 5.0
LOOK = 5.0
"""Seconds between looks whether the index is still there and whole: somebody may delete it."""
TRY_AGAIN = 900.0
"""Seconds between tries of the cards that the engine refused."""
FAULTS = (EngineUnavailable, Unavailable, RebuildRunning, RebuildFailed)

log = structlog.get_logger("mulu.follower")


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the index is behind the record."""

    cursor: int
    head: int
    owner: str
    since: datetime | None = None
    """When the first change was made that the index has not seen."""
    refused: int = 0
    """Cards that the engine cannot take."""

    @property
    def behind(self) -> int:
        """The number of changes that the index has not seen."""
        return self.head - self.cursor


def cursor(session: Session) -> int:
    """The last change that the index has seen."""
    return leases.standing(session, NAME).cursor


def status(session: Session) -> Lag:
    """How far the index is behind, and which process is at it."""
    standing = leases.standing(session, NAME)
    unseen = changes.since(session, standing.cursor, 1)
    return Lag(
        standing.cursor,
        changes.head(session),
        standing.owner,
        unseen[0].at if unseen else None,
        refusals.count(session),
    )


def is_catching_up(database: Database, seen: int, most: int = 500) -> tuple[bool, int]:
    """Whether the index is far behind and came nearer since its cursor was ``seen``: a bulk load is
    to be found first, and what else is made of it comes after that. With the cursor now.
    """
    with database.reading() as session:
        lag = status(session)
    return lag.behind > most and lag.cursor != seen, lag.cursor


class _Stopped(Exception):
    """Told to stop in the middle of filling an index; the next start fills it anew."""


class Follower:
    """Follows the change log for one engine; of several processes only one works at a time."""

    def __init__(self, database: Database, engine: Engine, clock: Clock | None = None) -> None:
        self._database, self._engine = database, engine
        self._clock = clock or SystemClock()
        self._owner = new_owner()
        self._looked = -LOOK
        self._tried = time.monotonic()
        self._stop = threading.Event()

    def step(self) -> int:
        """Index one batch of changes, if there are any and nobody else is at it; their number.

        An index that is new or was lost is filled from the record first. Raises EngineUnavailable
        or RebuildRunning.
        """
        self._make_whole()
        with self._database.reading() as session:
            lag = status(session)
        again = lag.refused > 0 and time.monotonic() - self._tried > TRY_AGAIN
        if not lag.behind and not again:
            return 0
        if not leases.acquire(self._database, NAME, self._owner, self._clock.now()):
            return 0
        if again:
            self._try_again()
        seqs, cards_now = self._batch()
        if not seqs:
            return 0
        self._apply(cards_now, known=lag.refused > 0)
        if not leases.advance(self._database, NAME, self._owner, seqs[-1], self._clock.now()):
            return 0  # a rebuild took over; it has these changes, or the next step has
        log.debug("indexed", changes=len(seqs), cards=len(cards_now), cursor=seqs[-1])
        return len(seqs)

    def run(self, stop: threading.Event) -> None:
        """Follow until told to stop. While the engine or the database is away, wait longer and
        longer for it; the change log keeps everything meanwhile.
        """
        self._stop, pause = stop, POLL
        while not stop.is_set():
            try:
                applied = self.step()
                pause = 0.0 if applied >= BATCH else GATHER if applied else POLL
            except _Stopped:
                break
            except FAULTS as fault:
                self._looked = -LOOK  # it may come back as another index
                pause = min(max(pause, POLL) * 2, LONGEST_PAUSE)
                log.warning("waiting", reason=str(fault).partition("\n")[0], seconds=pause)
            stop.wait(pause)
        with suppress(Unavailable):
            self.release()

    def release(self) -> None:
        """Let another follower begin at once, instead of waiting for the end of our lease."""
        leases.release(self._database, NAME, self._owner)

    def _make_whole(self) -> None:
        if time.monotonic() - self._looked < LOOK:
            return
        if self._engine.needs_rebuild():
            indexing.rebuild(self._database, self._engine, self._unless_stopped, self._clock)
        self._looked = time.monotonic()

    def _apply(self, given: Sequence[Card | Removal], *, known: bool) -> None:
        """Apply a batch, and keep which of it was refused; ``known``: earlier ones may be taken."""
        refused: dict[str, str] = {}
        try:
            self._engine.apply(given)
        except CardsRefused as told:
            refused = told.reasons
        if not (refused or known):
            return
        for key, reason in refused.items():
            log.error("card refused", key=key, reason=reason)
        with self._database.writing() as session:
            tried = {change.key for change in given}
            refusals.settle(session, tried, refused, self._clock.now())

    def _try_again(self) -> None:
        """The cards that were refused: what they hold, or the engine, may have been mended."""
        self._tried = time.monotonic()
        with self._database.reading() as session:
            listed = [entry_of(each.key) for each in refusals.some(session, BATCH)]
            given = current(session, listed)
        self._apply(given, known=True)

    def _unless_stopped(self, _done: int, _total: int) -> None:
        if self._stop.is_set():
            raise _Stopped

    def _batch(self) -> tuple[list[int], Sequence[Card | Removal]]:
        """The next changes, and the entries they are about as they stand now: each once."""
        with self._database.reading() as session:
            rows = changes.since(session, cursor(session), BATCH)
            return [row.seq for row in rows], current(session, [row.entry for row in rows])
