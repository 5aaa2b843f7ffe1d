"""A whole directory for tests: the invented sample in a database of its own, indexed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalog import sample
from catalog.database import Database
from catalog.follower import Follower
from search.engine import Engine


def sampled(folder: Path, entries: int) -> Database:
    """A database in the folder with that many entries of the sample."""
    database = Database(f"sqlite:///{folder / 'mulu.db'}")
    database.migrate()
    sample.load(database, entries)
    return database


def follow(database: Database, engine: Engine) -> None:
    """Bring the engine up to date with everything that was registered."""
    follower = Follower(database, engine)
    while follower.step():
        pass
    follower.release()


@contextmanager
def indexed(database: Database, engine: Engine) -> Iterator[Engine]:
    """The engine, up to date with the database and closed at the end."""
    follow(database, engine)
    try:
        yield engine
    finally:
        engine.close()
