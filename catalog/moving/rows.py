"""Rows of any table, read from one database and written to another, and whether they are the same
there. Rows are told by their keys; tables are walked in the order of keys, a page at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Table, delete, func, insert, select, tuple_
from sqlalchemy.orm import Session

from catalog.copying import copy
from catalog.database import Database
from catalog.tables import AuditEvent, Change, Decision, Version

PAGE = 2000
PIECE = 400
GROWING = frozenset(each.__tablename__ for each in (Version, Decision, AuditEvent, Change))
"""Tables of which no row is ever changed; the database itself sees to it."""
Key = tuple[Any, ...]
Row = dict[str, Any]


def pages(database: Database, table: Table, after: Key | None = None) -> Iterator[list[Row]]:
    """All rows after a key, each page from a snapshot of its own."""
    columns = list(table.primary_key)
    while True:
        query = select(table).order_by(*columns).limit(PAGE)
        if after is not None:
            query = query.where(tuple_(*columns) > after)
        with database.reading() as session:
            rows = [dict(row) for row in session.execute(query).mappings()]
        if rows:
            yield rows
        if len(rows) < PAGE:
            return
        after = key_of(table, rows[-1])


def key_of(table: Table, row: Mapping[str, Any]) -> Key:
    """The key of a row."""
    return tuple(row[each.name] for each in table.primary_key)


def some(session: Session, table: Table, keys: Sequence[Key]) -> dict[Key, Row]:
    """The rows that there are of some keys."""
    found: dict[Key, Row] = {}
    for start in range(0, len(keys), PIECE):
        query = select(table).where(_of(table, keys[start : start + PIECE]))
        for row in session.execute(query).mappings():
            found[key_of(table, dict(row))] = dict(row)
    return found


def add(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Write rows that are not there."""
    if not rows:
        return
    if session.get_bind().dialect.name == "postgresql":
        copy(session.connection(), table, rows)
    else:
        session.execute(insert(table), rows)


def put_in_place(session: Session, table: Table, keys: Sequence[Key], now: dict[Key, Row]) -> None:
    """Let there be of these keys what there is now elsewhere, and nothing else."""
    if table.name in GROWING:
        held = some(session, table, keys)
        add(session, table, [row for key, row in now.items() if key not in held])
        return
    for start in range(0, len(keys), PIECE):
        session.execute(delete(table).where(_of(table, keys[start : start + PIECE])))
    add(session, table, list(now.values()))


def count(session: Session, table: Table) -> int:
    """How many rows there are."""
    return session.scalar(select(func.count()).select_from(table)) or 0


def digest(database: Database, table: Table) -> tuple[int, str]:
    """How many rows a table has, and a digest of what is in them, whatever their order."""
    rows, total = 0, 0
    for page in pages(database, table):
        rows += len(page)
        for row in page:
            told = orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
            total += int.from_bytes(hashlib.sha256(told).digest(), "big")
    return rows, f"{total % 2**256:064x}"


def _of(table: Table, keys: Sequence[Key]) -> ColumnElement[bool]:
    columns = list(table.primary_key)
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return tuple_(*columns).in_(list(keys))
