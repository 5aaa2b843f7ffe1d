"""Cards made of the record and analysed, by several processes where there is much to do: a page of
entries costs a second of Python, which keeps one process to one core.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import TypeAlias

from catalog.cards import cards
from catalog.database import Database
from catalog.errors import Unavailable
from search.analysis import IndexedCard, indexed

ALONE = 20_000
"""Entries that are done sooner than other processes have begun."""
MOST = 4
AHEAD = 2
"""Pages that each process may be ahead, which bounds the memory."""
MODESTY = 5
"""How much these processes stand back behind those that answer people."""

Page: TypeAlias = Sequence[str]
Made: TypeAlias = tuple[int, list[IndexedCard]]
"""So many entries, and their cards."""
Analyse: TypeAlias = Callable[[Iterable[Page]], Iterator[Made]]


@contextmanager
def analysing(database: Database, entries: int) -> Iterator[Analyse]:
    """What makes cards of pages of identifiers, in the order of the pages.

    Raises Unavailable where the database is out of reach, or a process was killed.
    """
    processes = min(MOST, os.cpu_count() or 1)
    if entries < ALONE or processes < 2:
        yield lambda pages: ((len(page), _made(database, page)) for page in pages)
        return
    pool = ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(database.url.render_as_string(hide_password=False),),
    )
    try:
        yield lambda pages: _spread(pool, pages, processes * AHEAD)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _spread(pool: ProcessPoolExecutor, pages: Iterable[Page], most: int) -> Iterator[Made]:
    waiting: deque[tuple[int, Future[list[IndexedCard]]]] = deque()
    try:
        for page in pages:
            waiting.append((len(page), pool.submit(_in_process, page)))
            if len(waiting) > most:
                entries, made = waiting.popleft()
                yield entries, made.result()
        for entries, made in waiting:
            yield entries, made.result()
    except BrokenProcessPool as broken:
        raise Unavailable(f"a process that analyses was killed: {broken}") from broken


def _made(database: Database, identifiers: Page) -> list[IndexedCard]:
    with database.reading() as session:
        found = cards(session, identifiers)
    return [indexed(card) for card in found]


_opened: list[Database] = []
"""The database of a process of the pool."""


def _begin(url: str) -> None:
    """Once in each process. It must not outlive its parent, which may be killed."""
    os.nice(MODESTY)
    _opened.append(Database(url))
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _in_process(identifiers: Page) -> list[IndexedCard]:
    return _made(_opened[0], identifiers)
