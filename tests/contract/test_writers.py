"""Many writers on PostgreSQL: nobody waits in a circle, nothing is lost under ``kill -9``, and who
follows the logs sees every number once, in order.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from catalog import audit, changes, sample
from catalog.database import Database
from catalog.errors import Contended
from catalog.tables import Entry, Exposure, SourceRecord
from tests.bench.writers import Writer
from tests.offices import WATER, Offices, postgres_database
from tests.parts import require

WRITERS = 8


@pytest.fixture
def database() -> Iterator[Database]:
    with postgres_database(require("postgres")) as made:
        made.migrate()
        sample.prepare(made)
        made.dispose()  # nothing open is handed on to the writers
        yield made


class Reader:
    """Follows the change log while it grows."""

    def __init__(self, database: Database) -> None:
        self.seen: list[int] = []
        self._database, self._end = database, threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        last = False
        while not last:
            last = self._end.is_set()
            with self._database.reading() as session:
                rows = changes.since(session, self.seen[-1] if self.seen else 0)
            self.seen += [row.seq for row in rows]
            self._end.wait(0.01)

    def end(self) -> list[int]:
        self._end.set()
        self._thread.join()
        return self.seen


def test_writers_at_once_and_killed(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    writers = [
        Writer(url, number, size=1 if number % 2 else 25, most=12) for number in range(WRITERS)
    ]
    reader = Reader(database)
    for each in writers[:2]:  # one that sends batches, one that sends single entries
        each.listen(4)
        each.process.kill()
    for each in writers:
        each.listen()
        each.process.join()
    assert [each.process.exitcode for each in writers[2:]] == [0] * (WRITERS - 2)
    seen = reader.end()
    with database.reading() as session:
        assert seen == list(range(1, changes.head(session) + 1))
        assert audit.verify(session).ok
        held = list(session.scalars(select(SourceRecord.key)))
        assert {key for each in writers for key in each.kept} <= set(held)
        assert len(held) == session.scalar(select(func.count()).select_from(Entry))
        for name in ("number", "turn"):
            column = getattr(Exposure, name)
            told = session.scalars(select(column).where(Exposure.tier == "public")).all()
            assert sorted(told) == list(range(1, len(told) + 1))
        asked = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        assert session.scalar(asked) == 0


def test_what_stood_in_each_others_way_is_done_again(database: Database) -> None:
    offices = Offices(database)
    offices.prepare()
    tries: list[int] = []

    def contended(session: object) -> int:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("", None, _deadlock())
        return 7

    assert database.write(contended) == 7
    with pytest.raises(Contended):
        database.write(lambda _session: _raise())
    with database.reading() as session:
        assert WATER in session.scalars(text("SELECT code FROM agencies")).all()


def _deadlock() -> BaseException:
    import psycopg

    return psycopg.errors.DeadlockDetected("deadlock detected")


def _raise() -> None:
    raise OperationalError("", None, _deadlock())
