"""A move from its beginning to its end. Killed at any moment, it goes on where it was.

1. Triggers note which rows change; then every table is copied, a page at a time.
2. What was noted is copied again, until little is left; the new index is filled.
3. Every row is compared with its copy, while both go on.
4. Writers are refused for a moment; the rest is copied; what changed since 3 is compared again,
   tables are counted, the heads of both logs compared. Then the old database stays closed.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from catalog import audit, changes, indexing
from catalog.clock import SystemClock
from catalog.database import Database
from catalog.follower import Follower
from catalog.follower import status as index_status
from catalog.moving import arriving, capture, rows
from catalog.moving.rows import Key
from catalog.tables import FollowerState
from search.engine import Engine

NOTES = 5000
LITTLE = 500
"""So few notes are left for the moment in which writers wait."""
Tell = Callable[[str, int, int], None]


class Differs(RuntimeError):
    """The copy is not what it is a copy of; writers may go on with the old database."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved and proven, and for how long writers were refused."""

    tables: dict[str, int]
    events: int
    head: str
    cards: int
    seconds: float
    stopped: float


@dataclass
class Move:
    """A move from one database to another, and to a new index."""

    old: Database
    new: Database
    engine: Engine
    tell: Tell = lambda what, done, total: None
    _touched: dict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))

    def plan(self) -> dict[str, int]:
        """What there is to move; nothing is touched."""
        with self.old.reading() as session:
            return {table.name: rows.count(session, table) for table in capture.TABLES}

    def run(self, told: str) -> Moved:
        """Move everything; ``told`` is where it has gone, for whoever comes to the old place.

        Raises Differs, NotEmpty or Unavailable; the old database then takes writers again.
        """
        began = time.monotonic()
        arriving.prepare(self.new)
        capture.begin(self.old)
        if capture.sealed(self.old) == (True, ""):
            capture.seal(self.old, False)  # of a move that was killed within its last moment
        self._copy()
        self._catch_up()
        cards = indexing.rebuild(self.new, self.engine, self._telling("index")).counts["agree"]
        self._catch_up()
        self._touched.clear()
        self._prove()
        self._prove_chain()
        self._follow()
        self._catch_up()
        stop = time.monotonic()
        try:
            capture.seal(self.old, True)
            counts = self._finish()
        except BaseException:
            capture.seal(self.old, False)
            raise
        with self.new.reading() as session:
            events, head = audit.head(session)
        capture.seal(self.old, True, told)
        now = time.monotonic()
        return Moved(counts, events, head, cards, now - began, now - stop)

    def digests(self) -> dict[str, tuple[tuple[int, str], tuple[int, str]]]:
        """Of each table its rows and their digest, in the old database and in the new one."""
        return {
            each.name: (rows.digest(self.old, each), rows.digest(self.new, each))
            for each in capture.TABLES
        }

    def _copy(self) -> None:
        reached, total = arriving.reached(self.new), self.plan()
        for table in capture.TABLES:
            if table.name in reached and reached[table.name] is None:
                continue
            with self.new.reading() as session:
                done = rows.count(session, table)
            for page in rows.pages(self.old, table, reached.get(table.name)):
                arriving.arrive(self.new, table, page)
                done += len(page)
                self.tell(table.name, done, max(done, total[table.name]))
            arriving.arrive(self.new, table, ())

    def _catch_up(self, least: int = LITTLE) -> None:
        """Copy again what was noted; to the end, where ``least`` is 0."""
        while True:
            with self.old.reading() as session:
                waiting = capture.count(session)
                notes = capture.noted(session, NOTES)
                keys: dict[str, dict[Key, None]] = defaultdict(dict)
                for each in notes:
                    keys[each.table][each.key] = None
                now = {
                    table.name: rows.some(session, table, list(keys[table.name]))
                    for table in capture.TABLES
                    if table.name in keys
                }
            if not notes:
                return
            with self.new.writing() as session:
                for table in capture.TABLES:
                    if table.name in keys:
                        mine = list(keys[table.name])
                        rows.put_in_place(session, table, mine, now[table.name])
                        self._touched[table.name].update(mine)
            capture.forget(self.old, notes)
            self.tell("changes", len(notes), waiting)
            if waiting - len(notes) < least:
                return

    def _prove(self) -> None:
        """Compare every row; those that differ may just have changed, so they are looked at again
        once that was caught up with.
        """
        total = self.plan()
        for table in capture.TABLES:
            done = 0
            for page in rows.pages(self.old, table):
                wanted = {rows.key_of(table, row): row for row in page}
                with self.new.reading() as session:
                    held = rows.some(session, table, list(wanted))
                self._touched[table.name].update(
                    key for key, row in wanted.items() if held.get(key) != row
                )
                done += len(page)
                self.tell(f"{table.name} ✓", done, max(done, total[table.name]))

    def _finish(self) -> dict[str, int]:
        """While nobody writes: the rest, and the proof that nothing is lost."""
        self._catch_up(0)
        with self.old.reading() as old, self.new.reading() as new:
            for table in capture.TABLES:
                keys = list(self._touched[table.name])
                if rows.some(old, table, keys) != rows.some(new, table, keys):
                    raise Differs(f"rows of {table.name} differ")
            here = {table.name: rows.count(old, table) for table in capture.TABLES}
            there = {table.name: rows.count(new, table) for table in capture.TABLES}
            if here != there:
                raise Differs(f"numbers of rows differ: {here} and {there}")
            if audit.head(old) != audit.head(new) or changes.head(old) != changes.head(new):
                raise Differs("the logs end otherwise")
        self._keep_cursors()
        self._follow()
        arriving.finish(self.new)
        return here

    def _follow(self) -> None:
        """Bring the new index up to the new log."""
        follower = Follower(self.new, self.engine, SystemClock())
        while follower.step():
            pass
        follower.release()
        with self.new.reading() as session:
            if index_status(session).behind:
                raise Differs("the new index is behind")

    def _prove_chain(self) -> None:
        with self.new.reading() as session:
            if not (verdict := audit.verify(session)).ok:
                raise Differs(f"the audit log is broken at {verdict.broken_at}: {verdict.reason}")

    def _keep_cursors(self) -> None:
        """How far the other followers have read; that of the index is the new index's own."""
        own = (indexing.NAME, indexing.REBUILDING)
        with self.old.reading() as old, self.new.writing() as new:
            for row in old.query(FollowerState).where(FollowerState.name.not_in(own)):
                new.merge(FollowerState(name=row.name, cursor=row.cursor, owner=""))

    def _telling(self, what: str) -> Callable[[int, int], None]:
        return lambda done, total: self.tell(what, done, total)
