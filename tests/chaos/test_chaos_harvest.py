"""`kill -9` at random moments of a harvest of many records: in the end the directory holds the very
same as after a harvest that nobody disturbed.

Two thousand records for each time that it is killed: ``make chaos`` fifty times, CI five.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from catalog import audit
from catalog.database import Database
from catalog.tables import Entry, Exposure, SourceRecord, Version
from tests.bench import repository
from tests.bench.harvesting import NAME, prepared
from tests.bench.loading import environment

ROUNDS = int(os.environ.get("MULU_CHAOS_ROUNDS", "3"))
SEED = int(os.environ.get("MULU_CHAOS_SEED", "20261123"))
KILLS = max(1, ROUNDS // 2)
RECORDS = 2000 * KILLS
EARLIEST, LATEST = 1.0, 6.0

pytestmark = pytest.mark.chaos


def test_a_harvest_that_is_killed_ends_like_one_that_is_not(tmp_path: Path) -> None:
    random = Random(SEED)
    repository.write(tmp_path / "pages", RECORDS, page=200)
    calm, struck = tmp_path / "calm", tmp_path / "struck"
    with repository.served(tmp_path / "pages") as address:
        for folder in (calm, struck):
            folder.mkdir()
            prepared(folder, address)
        _harvest(calm)
        for _ in range(KILLS):
            moment = _killed(struck, random.uniform(EARLIEST, LATEST))
            print(f"killed after {moment:.2f} s")
        _harvest(struck)
    assert _state(struck) == _state(calm)


def _harvest(folder: Path) -> None:
    done = subprocess.run(
        _command(), env=environment(folder), capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stdout[-2000:] + done.stderr[-2000:]  # 1: some rejected


def _killed(folder: Path, after: float) -> float:
    """Kill a harvest after so many seconds, or sooner where it has ended by then; when it was."""
    while True:
        process = subprocess.Popen(
            _command("--full"),
            env=environment(folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(after)
        alive = process.poll() is None
        if alive:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if alive:
            return after
        after = max(after * 0.7, 0.3)


def _command(*more: str) -> list[str]:
    return [sys.executable, "-m", "web.commands", "harvest", NAME, *more]


def _state(folder: Path) -> tuple[int, str]:
    """A digest over entries, versions, keys and what was shown; the log must be whole."""
    database, digest, count = Database(f"sqlite:///{folder / 'mulu.db'}"), hashlib.sha256(), 0
    with database.reading() as session:
        for query in (
            select(Entry.identifier, Entry.agency, Entry.kind, Entry.state, Entry.served)
            .order_by(Entry.identifier),
            select(Version.entry, Version.number, Version.digest)
            .order_by(Version.entry, Version.number),
            select(SourceRecord.key, SourceRecord.entry, SourceRecord.digest)
            .order_by(SourceRecord.key),
            select(Exposure.tier, Exposure.number, Exposure.entry, Exposure.present)
            .order_by(Exposure.tier, Exposure.number),
        ):  # fmt: skip
            for row in session.execute(query):
                digest.update(repr(tuple(row)).encode())
                count += 1
        assert audit.verify(session).ok
    database.dispose()
    assert count > RECORDS
    return count, digest.hexdigest()
