"""Harvesting an OAI-PMH repository: the first time, and again when nothing has changed; seconds,
the processor's seconds, and by how much the memory grows.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from catalog import agencies, sources
from catalog.agencies import AgencyView
from catalog.clock import SystemClock
from catalog.database import Database
from catalog.sources import AUTOMATIC, SourceSettings
from catalog.viewers import OPERATOR
from harvesters.run import harvest
from standards.profile import Level
from tests.bench import repository
from web.parts import collect_seldom

NAME, AGENCY = "big", "31000"
SETTINGS: Mapping[str, Any] = {
    "acceptance": AUTOMATIC,
    "defaults": {"disclosure": {"attribute": "proactive"}},
    "level": Level.MINIMAL,
    "options": {"allow_private": True},
}
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Harvested:
    """One harvest in a process of its own; memory in bytes."""

    records: int
    seconds: float
    cpu: float
    growth: int
    counts: dict[str, int]

    @property
    def per_second(self) -> float:
        return self.records / self.seconds


def measured(records: int) -> dict[str, Any]:
    """All figures for one size."""
    with tempfile.TemporaryDirectory(prefix="mulu-bench-") as name:
        folder = Path(name)
        repository.write(folder / "pages", records)
        with repository.served(folder / "pages") as address:
            url = prepared(folder, address)
            first, second, anew = harvested(url), harvested(url), harvested(url, full=True)
    return {
        "harvest, records": records,
        "harvest, records per second": round(first.per_second),
        "harvest, CPU us per record": round(first.cpu / records * 1e6),
        "harvest, memory grown by MB": round(first.growth / MEGABYTE),
        "unchanged / first, time": round(second.seconds / first.seconds, 3),
        "unchanged, all read anew / first, time": round(anew.seconds / first.seconds, 3),
        "unchanged, all read anew, CPU us per record": round(anew.cpu / records * 1e6),
        "unchanged, all read anew, memory grown by MB": round(anew.growth / MEGABYTE),
    }


def prepared(folder: Path, address: str) -> str:
    """The URL of a directory in the folder that has the repository as a source."""
    url = f"sqlite:///{folder / 'mulu.db'}"
    database, now = Database(url), SystemClock().now()
    database.migrate()
    with database.writing() as session:
        agencies.add(session, OPERATOR, AgencyView(AGENCY, "目录中心"), now)
        settings = SourceSettings("oai-pmh", address, **SETTINGS)
        sources.add(session, OPERATOR, NAME, AGENCY, settings, now)
    database.dispose()
    return url


def harvested(url: str, full: bool = False) -> Harvested:
    """One harvest; of what changed since the last, or of everything."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_harvest, args=(url, full, theirs)
    )
    process.start()
    told: Harvested = ours.recv()
    process.join()
    return told


def _harvest(url: str, full: bool, told: Connection) -> None:
    collect_seldom()  # as every command does
    database = Database(url)
    start, began, cpu = _resident(), time.perf_counter(), time.process_time()
    report = harvest(database, NAME, OPERATOR, SystemClock(), full=full)
    seconds, used = time.perf_counter() - began, time.process_time() - cpu
    most = _highest()
    counts = {action.value: count for action, count in report.counts.items()}
    told.send(Harvested(report.fetched, seconds, used, most - start, counts))
    database.dispose()


def _highest() -> int:
    """The peak of this process's own memory: getrusage would tell that of its parent if larger."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
