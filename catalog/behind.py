"""What follows the change log behind the search index: likenesses of entries, data elements. Each
has a step that takes in one batch of changes, a cursor and a lease under its name."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from catalog import follower, leases
from catalog.clock import Clock
from catalog.database import Database
from catalog.errors import Unavailable
from catalog.processes import new_owner

POLL, GATHER = 2.0, 0.2
log = structlog.get_logger("mulu.behind")


@dataclass(frozen=True, slots=True)
class Behind:
    """A follower by its name and its step, which tells how many changes it took in."""

    name: str
    step: Callable[[Database, Clock, str], int]

    def work(self, database: Database, clock: Clock, stop: threading.Event) -> None:
        """Follow until told to stop; a database that is away is waited for."""
        owner, seen = new_owner(), -1
        while not stop.is_set():
            try:
                waits, seen = follower.is_catching_up(database, seen)
                done = 0 if waits else self.step(database, clock, owner)
            except Unavailable as away:
                log.warning("waiting", follower=self.name, reason=str(away))
                done = 0
            stop.wait(GATHER if done else POLL)
        leases.release(database, self.name, owner)

    def catch_up(self, database: Database, clock: Clock) -> int:
        """Take in everything that there is now; how many changes it were."""
        owner, done = new_owner(), 0
        while taken := self.step(database, clock, owner):
            done += taken
        leases.release(database, self.name, owner)
        return done
