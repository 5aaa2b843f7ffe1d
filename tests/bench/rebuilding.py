"""Rebuilding the index while somebody searches and somebody registers: how fast it is, how soon a
change is found meanwhile, and how long a search takes.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from catalog import registration
from catalog.database import Database
from catalog.registration import Proposal
from catalog.viewers import OPERATOR
from standards import sample
from tests.bench.directories import served
from tests.bench.http import percentile, search_path
from tests.bench.loading import environment

PAUSE = 0.5
POLL = 0.02
PATIENCE = 60.0
_CARDS = re.compile(r"(\d+) (?:cards|张卡片)")


@dataclass
class Seen:
    """What happened meanwhile, in milliseconds."""

    found_after: list[float] = field(default_factory=list)
    searches: list[float] = field(default_factory=list)


def freshness(folder: Path, changes: int = 12) -> list[float]:
    """How many milliseconds after its commit each of some new entries is found over HTTP."""
    seen = Seen()
    with served(folder) as (port, _):
        for number in range(changes):
            seen.found_after.append(_registered(folder, port, number))
            time.sleep(PAUSE / 2)
    return seen.found_after


def measured(folder: Path, asked: Sequence[str]) -> dict[str, Any]:
    """All figures of one rebuild of the directory in the folder."""
    command = [sys.executable, "-m", "web.commands", "index", "rebuild"]
    with served(folder) as (port, _), _meanwhile(folder, port, asked) as seen:
        began = time.perf_counter()
        done = subprocess.run(
            command,
            env=environment(folder),
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        seconds = time.perf_counter() - began
    cards = int(_CARDS.findall(done.stdout.replace(",", ""))[-1])
    return {
        "rebuild, cards per second": round(cards / seconds),
        "rebuild, a change is found after, worst ms": round(max(seen.found_after, default=0)),
        "rebuild, search p95 ms meanwhile": round(percentile(seen.searches, 0.95), 1),
    }


@contextmanager
def _meanwhile(folder: Path, port: int, asked: Sequence[str]) -> Iterator[Seen]:
    seen, stop = Seen(), threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            seen.found_after.append(_registered(folder, port, number))
            number += 1
            stop.wait(PAUSE)

    def search() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        while not stop.is_set():
            text = asked[len(seen.searches) % len(asked)]
            seen.searches.append(_asked(connection, text)[0])
            stop.wait(PAUSE / 5)

    threads = [threading.Thread(target=each) for each in (write, search)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _registered(folder: Path, port: int, number: int) -> float:
    """Register an entry; the milliseconds from its commit until it is found."""
    title = f"即时检验{time.time_ns()}第{number}号"
    database = Database(f"sqlite:///{folder / 'mulu.db'}")
    values = {"title": title, "abstract": title, "disclosure": {"attribute": "proactive"}}
    proposal = Proposal("document", values, sample.organs()[0].code, accept=True)
    with database.writing() as session:
        registration.register(session, OPERATOR, [proposal], datetime.now(UTC))
    database.dispose()
    connection, began = HTTPConnection("127.0.0.1", port, timeout=60), time.perf_counter()
    while time.perf_counter() - began < PATIENCE:
        _, total = _asked(connection, f'"{title}"')
        if total:
            return (time.perf_counter() - began) * 1000
        time.sleep(POLL)
    raise TimeoutError(f"{title} is not found")


def _asked(connection: HTTPConnection, text: str) -> tuple[float, int]:
    """The milliseconds of a search, and how much it found."""
    began = time.perf_counter()
    connection.request("GET", search_path(text, ()))
    body = connection.getresponse().read()
    took = (time.perf_counter() - began) * 1000
    told = json.loads(body)
    return took, 0 if told["relaxed"] else int(told["total"])
