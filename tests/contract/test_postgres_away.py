"""A PostgreSQL server of the test's own with a copy that streams from it: the copy is read while it
is level, and whatever goes away, people are told so and nothing has to be started anew.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from catalog.clock import SystemClock
from catalog.database import Database
from catalog.errors import Unavailable
from catalog.replicas import LOOK, MAY_LAG
from search.memory import MemoryEngine
from tests.offices import Offices
from tests.parts import require
from tests.servers import postgres, process
from tests.websites import settings
from web.app import create_app
from web.parts import Parts


@dataclass
class Servers:
    """A server and its copy, by folder and address."""

    folder: Path
    primary: str
    copy: str

    @property
    def port(self) -> int:
        return make_url(self.primary).port or 0


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    require("postgres")
    folder = tmp_path_factory.mktemp("postgres")
    primary, copy = folder / "primary", folder / "copy"
    try:
        address = postgres.start(primary)
        yield Servers(primary, address, postgres.standby(copy, make_url(address).port or 0))
    finally:
        postgres.stop(copy)
        postgres.stop(primary)


@contextmanager
def lagging() -> Iterator[None]:
    MAY_LAG.set(True)
    try:
        yield
    finally:
        MAY_LAG.set(False)


def in_copy(database: Database) -> bool:
    with database.reading() as session:
        return bool(session.scalar(text("SELECT pg_is_in_recovery()")))


def soon(happens: Callable[[], bool], seconds: float = 15.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if happens():
            return True
        time.sleep(0.1)
    return False


def test_the_copy_is_read_while_it_is_level(servers: Servers) -> None:
    database, copy = Database(servers.primary, replica=servers.copy), Database(servers.copy)
    offices = Offices(database)
    offices.prepare()
    made = offices.published()
    with lagging():
        assert soon(lambda: in_copy(database))
        assert offices.find(made.identifier).served
    assert not in_copy(database)  # whoever is known reads from the database itself
    with copy.connect() as connection:
        connection.execute(text("SELECT pg_wal_replay_pause()"))
        connection.commit()
        later = offices.published()
        time.sleep(LOOK)
        with lagging():
            assert not in_copy(database)
            assert offices.find(later.identifier).served
        connection.execute(text("SELECT pg_wal_replay_resume()"))
        connection.commit()
    with lagging():
        assert soon(lambda: in_copy(database))
        process.end(servers.folder.parent / "copy", signal.SIGINT)
        assert not in_copy(database)  # at once, and nobody was told
    database.dispose()
    copy.dispose()


def test_a_server_that_is_started_again_is_found_again(servers: Servers, tmp_path: Path) -> None:
    database = Database(servers.primary)  # as the test before it has left it
    app = create_app(Parts(settings(tmp_path), database, MemoryEngine(), SystemClock()))
    client = app.test_client()
    assert client.get("/agencies").status_code == 200
    process.end(servers.folder, signal.SIGINT)
    for _ in range(3):
        told = client.get("/agencies")
        assert (told.status_code, told.headers["Retry-After"]) == (503, "5")
        with pytest.raises(Unavailable):
            Offices(database).published()
    assert not database.ready()
    postgres.run(servers.folder, servers.port)
    assert client.get("/agencies").status_code == 200
    Offices(database).published()
    database.dispose()


def test_a_statement_of_a_page_takes_no_longer_than_it_may(servers: Servers) -> None:
    database = Database(servers.primary, statement_seconds=1)
    with pytest.raises(Unavailable, match="statement timeout"), database.reading() as session:
        session.execute(text("SELECT pg_sleep(20)"))
    assert not in_copy(database)
    database.dispose()
