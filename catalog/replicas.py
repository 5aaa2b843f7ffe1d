"""A copy of the database to read from: used where what is shown may be a second old, as long as it
is no older than that; otherwise, and when it is away, the database itself is read.

The copy is one that PostgreSQL keeps by streaming. It is level when it has replayed everything
that was written before it was asked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextvars import ContextVar

import structlog
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

MAY_LAG: ContextVar[bool] = ContextVar("may_lag", default=False)
"""Whether what is read now may be a second old: for the public, which has just written nothing."""
LOOK = 1.0
"""Seconds for which an answer holds, and so the oldest that anything read from the copy is."""
TRIES, PAUSE = 5, 0.02
_WRITTEN = text("SELECT CAST(pg_current_wal_lsn() AS text)")
_REPLAYED = text(
    "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() "
    "ELSE pg_current_wal_lsn() END >= CAST(:written AS pg_lsn)"
)
AWAY = (DBAPIError, PoolTimeout)
log = structlog.get_logger("mulu.replica")


class Replica:
    """A copy, and whether it is level with the database."""

    def __init__(
        self, copy: Engine, primary: Engine, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._copy, self._primary, self._monotonic = copy, primary, monotonic
        self._lock = threading.Lock()
        self._looked, self._level = float("-inf"), False

    def engine(self) -> Engine | None:
        """Where to read what may lag; None: from the database itself."""
        if not MAY_LAG.get():
            return None
        with self._lock:
            now = self._monotonic()
            if now - self._looked >= LOOK:
                level = self._is_level()
                if level != self._level:
                    log.warning("replica", used=level)
                self._looked, self._level = now, level
            return self._copy if self._level else None

    def lost(self) -> None:
        """It did not answer: read elsewhere until it is looked at again."""
        with self._lock:
            self._looked, self._level = self._monotonic(), False

    def dispose(self) -> None:
        """Close what is open."""
        self._copy.dispose()

    def _is_level(self) -> bool:
        """While the database is away nothing is written, so the copy is as good as any."""
        try:
            with self._primary.connect() as connection:
                written = connection.scalar(_WRITTEN)
        except AWAY:
            written = "0/0"
        try:
            with self._copy.connect() as connection:
                for _ in range(TRIES):
                    if connection.scalar(_REPLAYED, {"written": written}):
                        return True
                    time.sleep(PAUSE)
        except AWAY:
            return False
        return False
