"""On the new database: how far each table has come, no constraints between tables until all of
them are whole, and numbers that go on where they are.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import (
    ForeignKeyConstraint,
    Integer,
    Table,
    inspect,
    select,
    text,
)
from sqlalchemy.orm import Session
from sqlalchemy.schema import AddConstraint, DropConstraint

from catalog.database import Database
from catalog.moving.rows import Key, Row, add, key_of
from catalog.tables import Agency, AuditEvent, Change, Entry
from catalog.tables import Table as Mapped

MARKS = "mulu_arriving"


class NotEmpty(ValueError):
    """The new database holds something that was not moved there by us."""


def prepare(database: Database) -> None:
    """Make the tables, or go on with those of a move that was broken off. Raises NotEmpty."""
    database.migrate()
    with database.writing() as session:
        if inspect(session.connection()).has_table(MARKS):
            return
        for table in (Agency, Entry, Change, AuditEvent):
            if session.scalar(select(table).limit(1)) is not None:
                raise NotEmpty("the new database is not empty")
        session.execute(text(f"CREATE TABLE {MARKS} (tab VARCHAR(100) PRIMARY KEY, last TEXT)"))
        if not database.is_sqlite:  # a file's constraints are off by its connection
            for key in _foreign_keys():
                session.execute(DropConstraint(key))


def reached(database: Database) -> dict[str, Key | None]:
    """The last key that has arrived of each table that has begun to; None: all of it has."""
    with database.reading() as session:
        rows = session.execute(text(f"SELECT tab, last FROM {MARKS}"))  # noqa: S608  our names
        return {row[0]: tuple(orjson.loads(row[1])) if row[1] else None for row in rows}


def arrive(database: Database, table: Table, page: Sequence[Row]) -> None:
    """Take a page in; an empty one says that the table is there as a whole."""
    last = orjson.dumps(key_of(table, page[-1])).decode() if page else ""
    mark = text(
        f"INSERT INTO {MARKS} VALUES (:tab, :last) "  # noqa: S608  our names
        "ON CONFLICT (tab) DO UPDATE SET last = excluded.last"
    )
    with database.writing() as session:
        add(session, table, page)
        session.execute(mark, {"tab": table.name, "last": last})


def finish(database: Database) -> None:
    """Put the constraints between tables back, which proves them, and let numbers go on."""
    with database.writing() as session:
        if database.is_sqlite:
            broken = session.execute(text("PRAGMA foreign_key_check")).first()
            if broken:
                raise ValueError(f"rows of {broken[0]} lead nowhere")
        else:
            for key in _foreign_keys():
                if not _is_kept(session, key):
                    session.execute(AddConstraint(key))
            _renumber(session)
        session.execute(text(f"DROP TABLE {MARKS}"))


def _foreign_keys() -> list[ForeignKeyConstraint]:
    return [
        each
        for table in Mapped.metadata.sorted_tables
        for each in sorted(table.foreign_key_constraints, key=lambda key: str(key.name))
    ]


def _is_kept(session: Session, key: ForeignKeyConstraint) -> bool:
    query = text(
        "SELECT 1 FROM pg_constraint WHERE conname = :name "
        "AND conrelid = CAST(CAST(:of AS text) AS regclass)"
    )
    assert key.table is not None  # noqa: S101  every one of ours stands in a table
    found = session.scalar(query, {"name": _name(session, key), "of": key.table.name})
    return found is not None


def _name(session: Session, key: ForeignKeyConstraint) -> str:
    return str(session.connection().dialect.identifier_preparer.format_constraint(key)).strip('"')


def _renumber(session: Session) -> None:
    for table in Mapped.metadata.sorted_tables:
        (first, *more) = table.primary_key
        if more or not isinstance(first.type, Integer) or first is not table.autoincrement_column:
            continue
        session.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{first.name}'), "  # noqa: S608
                f"coalesce(max({first.name}), 1), max({first.name}) IS NOT NULL) FROM {table.name}"
            )
        )
