"""`mulu migrate`: a directory moves to another database and index while people read and write; what
arrives is what there was, and the old place takes no writers afterwards.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from catalog import audit, indexing, sample
from catalog.database import Database
from catalog.errors import Unavailable
from catalog.moving import capture
from catalog.moving.running import Move
from catalog.tables import Entry
from search.engine import Engine
from search.memory import MemoryEngine
from search.opening import open_engine
from tests.offices import Offices, postgres_database
from tests.parts import require

ENTRIES = 600


class Writer:
    """Registers and accepts one entry after another, until it is refused."""

    def __init__(self, database: Database) -> None:
        self.kept: list[str] = []
        self.refused = False
        self._offices, self._end = Offices(database), threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._end.is_set():
            try:
                made = self._offices.submitted()
                self.kept.append(str(made.identifier))
                self._offices.accept(made)
            except Unavailable:
                self.refused = True
            self._end.wait(0.05)

    def end(self) -> None:
        self._end.set()
        self._thread.join()


@contextmanager
def filled(database: Database) -> Iterator[Database]:
    database.migrate()
    sample.load(database, ENTRIES)
    Offices(database).prepare()
    yield database


def proven(move: Move, writer: Writer) -> None:
    """Both hold the same, row by row, and everything that was told to be kept."""
    assert all(old == new for old, new in move.digests().values())
    with move.new.reading() as session:
        held = set(session.scalars(select(Entry.identifier)))
        assert audit.verify(session).ok
    assert writer.kept
    assert set(writer.kept) <= held
    assert len(held) >= ENTRIES
    assert indexing.verify(move.new, move.engine).ok
    assert capture.sealed(move.old)[0]
    with pytest.raises(Unavailable):
        Offices(move.old).submitted()
    Offices(move.new).submitted()  # numbers go on


@pytest.mark.parametrize("way", ["to postgres", "to sqlite"])
def test_it_moves_while_people_write(way: str, tmp_path: Path) -> None:
    file = Database(f"sqlite:///{tmp_path / 'mulu.db'}", constrained=way == "to postgres")
    with postgres_database(require("postgres")) as server:
        old, new = (file, server) if way == "to postgres" else (server, file)
        with filled(old):
            writer = Writer(old)
            time.sleep(0.3)
            move = Move(old, new, MemoryEngine())
            try:
                done = move.run("elsewhere")
            finally:
                writer.end()
            assert done.tables["entries"] >= ENTRIES
            proven(move, writer)
    file.dispose()


def test_killed_and_called_again_it_goes_on(tmp_path: Path) -> None:
    with postgres_database(require("postgres")) as new:
        old = Database(f"sqlite:///{tmp_path / 'mulu.db'}")
        with filled(old):
            url = new.url.render_as_string(hide_password=False)
            command = [sys.executable, "-m", "web.commands", "migrate"]
            command += ["--to-database", url, "--to-search", "tantivy:moved"]
            ours = {"MULU_DATA_DIR": str(tmp_path), "MULU_DEMO": "1"}
            env = {k: v for k, v in os.environ.items() if not k.startswith("MULU_")} | ours
            plan = subprocess.run([*command, "--dry-run"], env=env, capture_output=True, check=True)
            assert b'"entries": 600' in plan.stdout
            process = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)
            assert process.stderr
            for line in process.stderr:
                if line.startswith("versions"):
                    break
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stderr.close()
            Offices(old).published()  # the old one serves on
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            assert "MULU_SEARCH_URL=tantivy:moved" in done.stdout
            engine: Engine = open_engine("tantivy:moved", tmp_path)
            assert all(a == b for a, b in Move(old, new, engine).digests().values())
            assert indexing.verify(new, engine).ok
            engine.close()
        again = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert again.returncode == 1
        old.dispose()
