"""Copies of the database, made while it is in use, and put back. A copy is a SQLite file, whichever
database it was made of and goes back into.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from catalog.database import Database
from catalog.moving.arriving import NotEmpty
from catalog.moving.whole import copy_whole

PAGES = 2000
Progress = Callable[[int, int], None]


class NotPossible(Exception):
    """The database keeps no file of ours, or the copy is not whole."""


def backup(database: Database, target: Path, progress: Progress | None = None) -> None:
    """Copy the database to a file that appears only once it is whole and checked."""
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        if database.is_sqlite:
            _copy_file(_file(database), part, progress)
        else:
            _write(database, part, progress)
    except (sqlite3.OperationalError, OSError) as fault:
        raise NotPossible(f"{target} cannot be written: {fault}") from fault
    _check(part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(target)


def _copy_file(source: str, part: Path, progress: Progress | None) -> None:
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as copy:
        live.backup(copy, pages=PAGES, progress=_told(progress))
        copy.execute("PRAGMA journal_mode=DELETE").close()


def _write(database: Database, part: Path, progress: Progress | None) -> None:
    copy = Database(f"sqlite:///{part}", constrained=False)
    try:
        copy_whole(database, copy, progress)
    finally:
        copy.dispose()


def restore(database: Database, copy: Path) -> None:
    """Put a copy in the database's place, in one transaction, or into an empty database of
    PostgreSQL. Rebuild the search index after it: the index may know of changes that the copy does
    not.
    """
    _check(copy)
    if not database.is_sqlite:
        _read(database, copy)
        return
    with (
        closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as kept,
        closing(sqlite3.connect(_file(database))) as live,
    ):
        kept.backup(live)
    database.dispose()


def _read(database: Database, copy: Path) -> None:
    """From a file of our own, since its tables are brought to the newest form first."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "copy.db"
        shutil.copyfile(copy, own)
        kept = Database(f"sqlite:///{own}")
        try:
            kept.migrate()
            copy_whole(kept, database)
        except NotEmpty as held:
            raise NotPossible(f"a copy goes into an empty database: {held}") from held
        finally:
            kept.dispose()


def _file(database: Database) -> str:
    if not database.url.database:
        raise NotPossible("a database in memory has no file")
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


def _told(progress: Progress | None) -> Callable[[int, int, int], None]:
    def tell(_status: int, left: int, total: int) -> None:
        if progress:
            progress(total - left, total)

    return tell
