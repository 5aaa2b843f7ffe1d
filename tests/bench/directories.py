"""Directories of any size to be measured: made once, kept where that is asked, and served."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalog import indexing
from catalog.database import Database
from search.opening import open_engine
from tests.bench.filling import fill
from tests.bench.loading import process
from tests.servers.process import free_port

MADE = "made"
"""This file says that a directory was filled to its end."""


def filled(home: Path, entries: int) -> Path:
    """A directory with so many entries and a whole index of this layout; one that is there stays,
    and only an index of another layout is made anew."""
    folder = home / str(entries)
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(f"sqlite:///{folder / 'mulu.db'}")
    if not (folder / MADE).exists():
        fill(database, entries)
        (folder / MADE).touch()
    database.migrate()
    engine = open_engine("tantivy:index", folder)
    if engine.needs_rebuild():
        indexing.rebuild(database, engine)
    engine.close()
    database.dispose()
    return folder


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, int]]:
    """The directory in the folder, served by `mulu serve`: the port, and the process that has all
    the others under it."""
    port = free_port()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with process(folder, "serve", "--port", str(port)) as running:
        for _ in range(1200):
            try:
                with opener.open(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        break
            except OSError:
                time.sleep(0.1)
        yield port, running.pid


def memory(process_id: int) -> int:
    """Bytes of a process and of all under it; what several share is counted once (PSS)."""
    total = 0
    for line in Path(f"/proc/{process_id}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            total += int(line.split()[1]) * 1024
    children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text(encoding="ascii")
    return total + sum(map(memory, map(int, children.split())))


def size_of(*paths: Path) -> int:
    """Bytes on the disk of files, and of all files in folders."""
    files = [each for path in paths for each in ([path] if path.is_file() else path.rglob("*"))]
    return sum(each.stat().st_size for each in files if each.is_file())
