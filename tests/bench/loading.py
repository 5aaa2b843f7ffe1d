"""Loading: how fast entries go through the whole pipeline, from raw values to being found."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from catalog import follower, sample
from catalog.database import Database
from web.parts import collect_seldom

PATIENCE = 600.0


@dataclass(frozen=True)
class Loaded:
    """Seconds until the last entry was registered, and until it was in the index too; beside them
    the processor's seconds, which do not depend on what else the machine does."""

    entries: int
    registered: float
    findable: float
    registering_cpu: float
    indexing_cpu: float
    database_bytes: int
    index_bytes: int

    @property
    def per_second(self) -> float:
        """Entries a second through registration and index."""
        return self.entries / self.findable


def environment(folder: Path) -> dict[str, str]:
    """The settings of a directory that lives in the folder alone."""
    ours = {
        "MULU_DATA_DIR": str(folder),
        "MULU_DEMO": "1",
        "MULU_REQUESTS_PER_MINUTE": "0",
    }
    return {key: value for key, value in os.environ.items() if not key.startswith("MULU_")} | ours


@contextmanager
def process(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A `mulu` command in the background, ended at the end; its log lies in the folder."""
    with (folder / f"{arguments[0]}.log").open("ab") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "web.commands", *arguments],
            env=environment(folder),
            stdout=log,
            stderr=log,
        )
        try:
            yield running
        finally:
            running.terminate()
            running.wait(timeout=30)


def load(folder: Path, entries: int) -> Loaded:
    """Register the sample in this process while a worker, which is up before the clock starts,
    follows the change log in another."""
    collect_seldom()  # as every command does
    database = Database(f"sqlite:///{folder / 'mulu.db'}")
    database.migrate()
    sample.prepare(database)
    others = _cpu_of_children()
    with process(folder, "worker"):
        _until((folder / "index" / "current").exists)
        began, cpu = time.perf_counter(), time.process_time()
        sample.load(database, entries)
        registered = time.perf_counter() - began
        registering_cpu = time.process_time() - cpu
        _until(lambda: _behind(database) == 0)
        findable = time.perf_counter() - began
    database.dispose()
    indexing_cpu = _cpu_of_children() - others
    index = sum(f.stat().st_size for f in (folder / "index").rglob("*") if f.is_file())
    stored = sum(f.stat().st_size for f in folder.glob("mulu.db*"))
    return Loaded(entries, registered, findable, registering_cpu, indexing_cpu, stored, index)


def _cpu_of_children() -> float:
    """The processor's seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _behind(database: Database) -> int:
    """How many changes the follower has not seen."""
    with database.reading() as session:
        return follower.status(session).behind


def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if true():
            return
        time.sleep(0.02)
    raise TimeoutError("the worker did not catch up")
