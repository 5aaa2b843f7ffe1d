"""A place on disk for what is to be compared, so that memory does not grow with the directory: a
file of SQLite without a name, gone when it is closed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any

_TABLES = """
CREATE TABLE classes (entry TEXT, axis TEXT, class BLOB, value TEXT, explained INTEGER, title TEXT);
CREATE TABLE numbered (entry TEXT, key BLOB, number TEXT, open INTEGER, withheld INTEGER);
CREATE TABLE titled (entry TEXT, key BLOB, numbers TEXT, written TEXT, open INTEGER,
                     withheld INTEGER);
CREATE TABLE closed (entry TEXT PRIMARY KEY, day TEXT, value TEXT);
"""
_INDEXES = """
CREATE INDEX classes_by_class ON classes (axis, class);
CREATE INDEX numbered_by_key ON numbered (key);
CREATE INDEX titled_by_key ON titled (key);
"""


class Scratch:
    """Rows that rules put down while entries go by, and ask for afterwards."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, table: str, *row: Any) -> None:
        """A row of one of the tables."""
        places = ", ".join("?" * len(row))
        self._connection.execute(f"INSERT INTO {table} VALUES ({places})", row)  # noqa: S608

    def ready(self) -> None:
        """Everything is put down: from now on it is asked for."""
        self._connection.executescript(_INDEXES)

    def ask(self, query: str, values: Iterable[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a query."""
        yield from self._connection.execute(query, tuple(values))


@contextmanager
def scratch() -> Iterator[Scratch]:
    """An empty one, closed at the end."""
    connection = sqlite3.connect("", isolation_level=None)
    try:
        connection.executescript(_TABLES)
        connection.execute("BEGIN")
        yield Scratch(connection)
    finally:
        connection.close()


def digest(*parts: str) -> bytes:
    """A short key for parts that are equal when they are."""
    return blake2b("\x00".join(parts).encode(), digest_size=16).digest()
