"""Writers at once on PostgreSQL: what 1, 2, 4 and 8 processes register in a second.

``python -m tests.bench.writers postgresql+psycopg://…/postgres`` makes a database of its own on the
server. Writers share agencies, and every fourth batch also keys of one source.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from multiprocessing.connection import Connection
from pathlib import Path

from catalog import sample
from catalog.clock import SystemClock
from catalog.database import Database
from catalog.registration import Proposal, SourceKey, register
from catalog.viewers import OPERATOR
from standards.profile import Level
from standards.sample import entries
from web.parts import collect_seldom

DIFFERENT = 400
SHARED = 4
"""Every so manieth batch has keys that all writers send."""
FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Measured:
    """What so many writers did together."""

    writers: int
    size: int
    entries: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Entries a second of all of them."""
        return self.entries / self.seconds


def batches(writer: int, size: int) -> Iterator[list[Proposal]]:
    """What a writer sends, without end."""
    models = [
        Proposal(each.kind, each.values, each.agency, Level.CORE, accept=True)
        for each in islice(entries(DIFFERENT * 2), DIFFERENT)
        if each.state == "published"
    ]
    for batch in count():
        whose = "all" if batch % SHARED == SHARED - 1 else str(writer)
        numbers = range(batch * size, (batch + 1) * size)
        yield [
            replace(models[n % len(models)], source=SourceKey(sample.SOURCE, f"{whose}-{n}"))
            for n in numbers
        ]


def write(url: str, writer: int, size: int, most: int, sink: Connection) -> None:
    """Register batch after batch in a process of its own; tell the keys of each once it is kept,
    and an empty list at the end.
    """
    collect_seldom()
    database, clock = Database(url), SystemClock()
    waiting = list(islice(batches(writer, size), most))
    with database.writing() as session:  # the first reads dictionaries and compiles statements
        register(session, OPERATOR, waiting[0], clock.now())
    sink.send([])
    for batch in waiting[1:]:
        with database.writing() as session:
            outcomes = register(session, OPERATOR, batch, clock.now())
        assert all(each.identifier for each in outcomes), outcomes
        sink.send([each.source.key for each in batch if each.source])
    sink.send([])


class Writer:
    """A process that registers."""

    def __init__(self, url: str, writer: int, size: int, most: int) -> None:
        self._ear, mouth = FORK.Pipe(duplex=False)
        self.process = FORK.Process(target=write, args=(url, writer, size, most, mouth))
        self.process.start()
        mouth.close()
        self.kept: list[str] = []
        self._ear.recv()  # it is ready

    def listen(self, batches: int = 2**31) -> None:
        """Hear what it has kept, to its end or for so many batches."""
        for _ in range(batches):
            try:
                keys = self._ear.recv()
            except EOFError:
                return
            if not keys:
                return
            self.kept += keys


def measure(url: str, writers: int, size: int, most: int) -> Measured:
    """So many writers, so many batches each."""
    many = [Writer(url, number, size, most) for number in range(writers)]
    began = time.perf_counter()
    for each in many:
        each.listen()
    seconds = time.perf_counter() - began
    for each in many:
        each.process.join()
    return Measured(writers, size, sum(len(each.kept) for each in many), seconds)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table."""
    from tests.offices import postgres_database

    parser = argparse.ArgumentParser()
    parser.add_argument("server")
    parser.add_argument("--batches", type=int, default=12)
    server, most = (chosen := parser.parse_args(arguments)).server, chosen.batches
    print(f"load average {Path('/proc/loadavg').read_text()[:14]}, {os.cpu_count()} cores")
    for size, times in ((200, most), (20, most * 3), (1, most * 10)):
        first = 0.0
        for writers in (1, 2, 4, 8):
            with postgres_database(server) as database:
                database.migrate()
                sample.prepare(database)
                url = database.url.render_as_string(hide_password=False)
                database.dispose()
                got = measure(url, writers, size, max(4, times // writers))
            first = first or got.per_second
            told = f"{got.per_second:,.0f}/s, {got.per_second / first:.2f} times one"
            print(f"batches of {size:3}, {writers} writers: {told}")


if __name__ == "__main__":
    main()
