"""Harvesting the directory by OAI-PMH over HTTP, from the first page to the last, while a writer
changes entries: how fast, whether the last page is as quick as the first, and whether every record
comes exactly once. Beside it pycsw, where it is installed.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from catalog import registration, review
from catalog.database import Database
from catalog.exposure import Tier
from catalog.listing import Selection, page
from catalog.registration import Proposal
from catalog.viewers import OPERATOR
from tests.bench import peer
from tests.bench.filling import fill
from tests.bench.loading import environment
from tests.servers import pycsw_server
from tests.servers.process import free_port

_IDENTIFIER = re.compile(rb"<header[^>]*><identifier>([^<]+)</identifier>")
_ANY_RECORD = re.compile(rb"<(?:\w+:)?header[ >]")
_TOKEN = re.compile(rb"<(?:\w+:)?resumptionToken[^>]*>([^<]+)</")
PAUSE = 0.02
"""Of the writer, after each change."""
ENDS = 100
"""So many pages at either end are looked at for how long one takes."""
PEERS = 2000


@dataclass
class Harvest:
    """What came, and how long each page took."""

    identifiers: list[bytes] = field(default_factory=list)
    records: int = 0
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    """What the server had used after each page."""

    @property
    def per_second(self) -> float:
        return self.records / sum(self.seconds)

    @property
    def last_to_first(self) -> float:
        """How a page at the end compares with one at the beginning; the very last is short."""
        pages = self.seconds[:-1]
        ends = max(1, min(ENDS, len(pages) // 2))
        return statistics.median(pages[-ends:]) / statistics.median(pages[:ends])

    @property
    def last_to_first_cpu(self) -> float:
        """The same of the processor's time, which does not depend on what else the machine does."""
        ends = max(1, min(ENDS, len(self.cpu) // 2 - 1))
        return (self.cpu[-2] - self.cpu[-2 - ends]) / max(self.cpu[ends] - self.cpu[0], 0.01)

    @property
    def cpu_per_record(self) -> float:
        """Microseconds of the server."""
        return (self.cpu[-1] - self.cpu[0]) / self.records * 1e6


def harvest(
    port: int,
    path: str,
    again: dict[str, str] | None = None,
    used: Callable[[], float] = lambda: 0.0,
) -> Harvest:
    """The whole list. ``again`` is what a server wants repeated beside the token, ``used`` tells
    the seconds of the processor that it has used.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    done, asked = Harvest(), {"metadataPrefix": "oai_dc"}
    joined = "&" if "?" in path else "?"
    while asked:
        began = time.perf_counter()
        query = urlencode({"verb": "ListRecords", **asked})
        connection.request("GET", f"{path}{joined}{query}")
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"HTTP {answer.status}: {body[:200]!r}")
        done.seconds.append(time.perf_counter() - began)
        done.cpu.append(used())
        done.identifiers += _IDENTIFIER.findall(body)
        done.records += len(_ANY_RECORD.findall(body))
        token = _TOKEN.search(body)
        onward = token.group(1).decode() if token else "0"
        asked = {} if onward == "0" else {"resumptionToken": onward, **(again or {})}
    return done


def measured(entries: int) -> dict[str, Any]:
    """All figures for one size."""
    with tempfile.TemporaryDirectory(prefix="mulu-bench-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'mulu.db'}"
        database = Database(url)
        began = time.perf_counter()
        fill(database, entries, shown=True)
        filled = time.perf_counter() - began
        with served(folder) as (port, server), writing(url) as changed:
            found = harvest(port, "/oai", used=partial(cpu_of, server))
        expected = _identifiers(database, entries)
        database.dispose()
    told = Counted(found.identifiers, expected)
    theirs = pycsw()
    figures = {
        "OAI-PMH, entries": entries,
        "filling, entries per second": round(entries / filled),
        "OAI-PMH, records per second": round(found.per_second),
        "OAI-PMH, CPU us per record": round(found.cpu_per_record),
        "OAI-PMH, last page / first page": round(found.last_to_first, 2),
        "OAI-PMH, last page / first page, CPU": round(found.last_to_first_cpu, 2),
        "OAI-PMH, missed": told.missed,
        "OAI-PMH, twice": told.twice,
        "changes meanwhile": changed[0],
    }
    if theirs:
        figures["pycsw, records per second"] = round(theirs)
        figures["OAI-PMH / pycsw"] = round(found.per_second / theirs, 2)
    return figures


class Counted:
    """What a harvest missed, and what came twice."""

    def __init__(self, found: list[bytes], expected: set[str]) -> None:
        got = [each.rpartition(b":")[2].decode() for each in found]
        self.missed = len(expected - set(got))
        self.twice = len(got) - len(set(got))


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, int]]:
    """The web process alone over the directory in the folder, since nothing is to be searched: its
    port, and its number.
    """
    port = free_port()
    command = (
        sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--host", "127.0.0.1",
        "--port", str(port), "--workers", "1", "--blocking-threads", "4", "--no-ws",
        "--log-level", "warning", "web.serving:application",
    )  # fmt: skip
    env = {**environment(folder), "MULU_SEARCH_URL": "memory:"}
    with (folder / "web.log").open("ab") as log:
        running = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            _answering(port)
            yield port, running.pid
        finally:
            running.terminate()
            running.wait(timeout=30)


def cpu_of(process: int) -> float:
    """The seconds of the processor that a process and its children have used."""
    told = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    ticks = 0
    for each in (process, *map(int, told.split())):
        stat = Path(f"/proc/{each}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(stat[11]) + int(stat[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _answering(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", "/oai?verb=Identify")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the web process does not answer")


@contextmanager
def writing(url: str) -> Iterator[list[int]]:
    """Somebody who changes entries all the while; afterwards how many changes they made."""
    stop, count = multiprocessing.Event(), multiprocessing.Value("i", 0)
    writer = multiprocessing.Process(target=_write, args=(url, stop, count))
    writer.start()
    made = [0]
    try:
        yield made
    finally:
        stop.set()
        writer.join(timeout=60)
        made[0] = count.value


def _write(url: str, stop: Event, count: Any) -> None:
    """Entries are registered, withdrawn, and given other titles, wherever they stand."""
    database, random = Database(url), Random("mulu-bench")
    with database.reading() as session:
        last = page(session, Tier.PUBLIC, Selection(), 0, 10_000, 10_000, whole=False)
    while not stop.is_set():
        shown, now = random.choice(last), datetime.now(UTC)
        values = {
            "title": f"改于{now.isoformat()}",
            "abstract": "改过。",
            "disclosure": {"attribute": "proactive"},
        }
        with database.writing() as session:
            proposal = Proposal("document", values, shown.agency, accept=True)
            registration.register(session, OPERATOR, [proposal], now)
        count.value += 1
        with database.writing() as session:
            entry = random.choice(last).entry
            count.value += _left(session, entry, now)
        time.sleep(PAUSE)
    database.dispose()


def _left(session: Any, entry: str, now: datetime) -> int:
    """Withdraw the entry, unless it has left before."""
    from catalog.tables import Entry

    held = session.get(Entry, entry)
    if held.state == "withdrawn":
        return 0
    review.withdraw(session, OPERATOR, entry, held.revision, "测试", now)
    return 1


def _identifiers(database: Database, entries: int) -> set[str]:
    """What was there when the harvest began: entries keep their numbers."""
    found: set[str] = set()
    after = 0
    while after < entries:
        with database.reading() as session:
            rows = page(session, Tier.PUBLIC, Selection(), after, entries, 5000, whole=False)
        found |= {row.entry for row in rows}
        after += 5000
    return found


def pycsw() -> float | None:
    """How many records a second pycsw gives to the same client, from its only 2,000."""
    if not peer.PYTHON.exists():
        return None
    with tempfile.TemporaryDirectory(prefix="mulu-bench-") as name:
        folder = Path(name)
        (folder / "records").mkdir()
        told = json.dumps(list(peer.records(PEERS)))
        (folder / "records" / "sample.json").write_text(told, encoding="utf-8")
        address = pycsw_server.start(folder, page=500)
        try:
            port = int(address.split(":")[2].partition("/")[0])
            path = address.partition(str(port))[2]
            return harvest(port, path, {"metadataPrefix": "oai_dc"}).per_second
        finally:
            pycsw_server.stop(folder)
