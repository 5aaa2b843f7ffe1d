"""The composition root: here alone connections are opened; everything else is handed them."""

from __future__ import annotations

import gc
from dataclasses import dataclass, field

from catalog.clock import Clock, SystemClock
from catalog.database import Database
from catalog.settings import Settings
from search.engine import Engine
from search.opening import open_engine
from search.thesaurus.own import OwnWords

COLLECT_AFTER = (50_000, 20, 100)
"""Objects are many here and cycles few: at its default, Python's search for cycles takes up to a
fifth of the time of registering."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a running directory is made of."""

    settings: Settings
    database: Database
    engine: Engine
    clock: Clock
    own_words: OwnWords = field(default_factory=OwnWords)

    def close(self) -> None:
        """Let go of the index and the database."""
        self.engine.close()
        self.database.dispose()


def open_parts(settings: Settings, serving: bool = False) -> Parts:
    """The real parts for these settings; the caller closes them. ``serving``: what is asked of the
    database is bounded in time, and public pages may be read from its copy.
    """
    collect_seldom()
    replica = settings.replica_url if serving else ""
    seconds = settings.statement_seconds if serving else 0
    return Parts(
        settings=settings,
        database=Database(settings.database_url, replica=replica, statement_seconds=seconds),
        engine=open_engine(settings.search_url, settings.data_dir, settings.cluster),
        clock=SystemClock(),
        own_words=OwnWords(settings.data_dir / "terms.yaml"),
    )


def collect_seldom() -> None:
    """Let Python look for cycles of dropped objects after a whole batch, not within it."""
    gc.set_threshold(*COLLECT_AFTER)
