"""Copies of a SQLite database, made and put back while it is in use. (PostgreSQL has pg_dump.)"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from catalog.database import Database

PAGES = 2000


class NotPossible(Exception):
    """The database keeps no file of ours, or the copy is not whole."""


def backup(
    database: Database, target: Path, progress: Callable[[int, int], None] | None = None
) -> None:
    """Copy the database to a file that appears only once it is whole and checked."""
    source = _file(database)
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as copy:
            live.backup(copy, pages=PAGES, progress=_told(progress))
            copy.execute("PRAGMA journal_mode=DELETE").close()
    except sqlite3.OperationalError as fault:
        raise NotPossible(f"{target} cannot be written: {fault}") from fault
    _check(part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(target)


def restore(database: Database, copy: Path) -> None:
    """Put a copy in the database's place, in one transaction. Rebuild the search index after it:
    the index may know of changes that the copy does not.
    """
    _check(copy)
    with (
        closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as kept,
        closing(sqlite3.connect(_file(database))) as live,
    ):
        kept.backup(live)
    database.dispose()


def _file(database: Database) -> str:
    if not database.is_sqlite or not database.url.database:
        raise NotPossible("only a SQLite file is copied so; use pg_dump for PostgreSQL")
    return database.url.database


def _check(path: Path) -> None:
    if not path.is_file():
        raise NotPossible(f"there is no copy: {path}")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA quick_check").fetchone()
            known = connection.execute(
                "SELECT count(*) FROM sqlite_master WHERE name = 'audit_events'"
            ).fetchone()
    except sqlite3.DatabaseError as fault:
        raise NotPossible(f"{path} is not a copy of a database: {fault}") from fault
    if found != ("ok",) or known != (1,):
        raise NotPossible(f"{path} is not a whole copy of a directory")


def _told(progress: Callable[[int, int], None] | None) -> Callable[[int, int, int], None]:
    def tell(_status: int, left: int, total: int) -> None:
        if progress:
            progress(total - left, total)

    return tell
