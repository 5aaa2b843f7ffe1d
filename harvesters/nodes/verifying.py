"""Compares what is held of a node with what it shows, digest by digest, in pages: the memory that
it takes is that of the differences."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field

from catalog import ledger, runs
from catalog.database import Database
from catalog.federation import nodes
from catalog.federation.nodes import KEY
from catalog.sources import SourceView
from harvesters.fetching import Fetcher
from harvesters.nodes.asking import Asking

PAGE = 1000
MOST = 10_000
"""So many differences of a sort are named."""


@dataclass
class Compared:
    """What a comparison found: of the entries that the node shows, those that are not here, here
    otherwise, or refused; and those that are here and that it does not show."""

    compared: int = 0
    missing: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether everything that may be here is, and nothing else."""
        return not (self.missing or self.different or self.extra)


def verify(database: Database, source: SourceView, fetcher: Fetcher) -> Compared:
    """Compare all of it. What changes meanwhile may show as a difference. Raises HarvestFault."""
    pinned = str(source.settings.options.get(KEY, ""))
    with database.reading() as session:
        node = nodes.standing(session, source.name, pinned)
    asking = Asking(fetcher, source.settings.location, node)
    found, after = Compared(), 0
    with closing(sqlite3.connect("")) as shown:  # a nameless file, gone afterwards
        shown.execute("CREATE TABLE shown (identifier TEXT PRIMARY KEY) WITHOUT ROWID")
        while True:
            page = asking.digests(after, PAGE)
            shown.executemany(
                "INSERT OR IGNORE INTO shown VALUES (?)", [(each,) for each in page.digests]
            )
            found.compared += len(page.digests)
            with database.reading() as session:
                _compare(session, source.name, dict(page.digests), found)
            if page.last is None:
                break
            after = page.last
        with database.reading() as session:
            for key in ledger.living_keys(session, source.name):
                known = shown.execute("SELECT 1 FROM shown WHERE identifier = ?", (key,))
                if known.fetchone() is None:
                    _add(found.extra, [key])
    return found


def _compare(
    session: ledger.Session, source: str, digests: dict[str, str], found: Compared
) -> None:
    held = runs.known_digests(session, source, list(digests))
    absent = [key for key in digests if not held.get(key)]
    refused = nodes.refused(session, source, absent)
    _add(found.refused, (key for key in absent if key in refused))
    _add(found.missing, (key for key in absent if key not in refused))
    _add(
        found.different,
        (key for key, digest in held.items() if digest and digest != digests[key]),
    )


def _add(to: list[str], keys: Iterable[str]) -> None:
    to.extend(list(keys)[: MOST - len(to)])
