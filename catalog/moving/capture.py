"""On the old database: which rows have changed since the move began, noted by triggers, and the
seal, by which whoever writes is refused, whatever process it is.

Both are the database's own, so that they hold for processes that know nothing of the move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Table, inspect, text
from sqlalchemy.orm import Session

from catalog.database import SEALED, Database
from catalog.tables import Table as Mapped

STATE, MOVED = "mulu_moving", "mulu_moved"
TABLES: tuple[Table, ...] = tuple(
    each for each in Mapped.metadata.sorted_tables if each.name != "followers"
)
"""What is followed; how far followers have read is another thing on the other side."""
_EVENTS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


@dataclass(frozen=True, slots=True)
class Noted:
    """A row that has changed: its number here, its table and its key."""

    number: int
    table: str
    key: tuple[Any, ...]


def begin(database: Database) -> None:
    """Note from now on which rows change. Nothing happens if that is so already."""
    if _is_there(database):
        return
    make = _begin_sqlite if database.is_sqlite else _begin_postgres
    database.write(lambda session: make(session.connection()))


def end(database: Database) -> None:
    """Take triggers, notes and seal away."""
    if not _is_there(database):
        return
    with database.writing() as session:
        for table in TABLES:
            for name in ("insert", "update", "delete"):
                on = "" if database.is_sqlite else f" ON {table.name}"
                _do(session, f"DROP TRIGGER IF EXISTS mulu_{table.name}_{name}{on}")
                _do(session, f"DROP TRIGGER IF EXISTS mulu_{table.name}_{name}_sealed{on}")
            if not database.is_sqlite:
                _do(session, f"DROP FUNCTION IF EXISTS mulu_{table.name}_noted()")
        if not database.is_sqlite:
            _do(session, "DROP FUNCTION IF EXISTS mulu_sealed()")
        for name in (STATE, MOVED):
            _do(session, f"DROP TABLE IF EXISTS {name}")


def noted(session: Session, most: int) -> list[Noted]:
    """The oldest notes."""
    query = text(f"SELECT id, tab, keyed FROM {MOVED} ORDER BY id LIMIT :most")  # noqa: S608
    rows = session.execute(query, {"most": most})
    return [Noted(row[0], row[1], tuple(orjson.loads(row[2]))) for row in rows]


def count(session: Session) -> int:
    """How many notes there are."""
    return session.scalar(text(f"SELECT count(*) FROM {MOVED}")) or 0  # noqa: S608  our names


def forget(database: Database, notes: Sequence[Noted]) -> None:
    """Drop notes that were acted on."""
    drop = text(f"DELETE FROM {MOVED} WHERE id = :number")  # noqa: S608  our names
    with database.writing() as session:
        session.execute(drop, [{"number": each.number} for each in notes])


def seal(database: Database, on: bool, told: str = "") -> None:
    """Refuse whoever writes, or let them write again. Waits for those who are at it, so that
    nothing comes after it. ``told``: where everything has gone, for good.
    """
    change = text(f"UPDATE {STATE} SET sealed = :sealed, told = :told")  # noqa: S608  our names
    with database.writing() as session:
        session.execute(change, {"sealed": int(on), "told": told})


def sealed(database: Database) -> tuple[bool, str]:
    """Whether writers are refused, and where everything has gone if it has."""
    if not _is_there(database):
        return False, ""
    with database.reading() as session:
        row = session.execute(text(f"SELECT sealed, told FROM {STATE}")).one()  # noqa: S608
    return bool(row[0]), row[1]


def _is_there(database: Database) -> bool:
    with database.connect() as connection:
        return inspect(connection).has_table(STATE)


def _do(where: Session | Connection, statement: str) -> None:
    where.execute(text(statement.replace(":", "\\:")))


def _key(table: Table, row: str, function: str) -> str:
    return f"{function}({', '.join(f'{row}.{each.name}' for each in table.primary_key)})"


def _begin_sqlite(connection: Connection) -> None:
    _do(connection, f"CREATE TABLE {MOVED} (id INTEGER PRIMARY KEY, tab TEXT, keyed TEXT)")
    _do(connection, f"CREATE TABLE {STATE} (sealed INTEGER, told TEXT)")
    _do(connection, f"INSERT INTO {STATE} VALUES (0, '')")  # noqa: S608  our names
    for table in TABLES:
        for event, rows in _EVENTS.items():
            name = f"mulu_{table.name}_{event.lower()}"
            notes = "".join(
                f"INSERT INTO {MOVED} (tab, keyed) VALUES "  # noqa: S608  our names
                f"('{table.name}', {_key(table, row, 'json_array')}); "
                for row in rows
            )
            refuse = f"SELECT RAISE(ABORT, '{SEALED}') WHERE (SELECT sealed FROM {STATE}); "  # noqa: S608
            when = f"{event} ON {table.name} BEGIN"
            _do(connection, f"CREATE TRIGGER {name}_sealed BEFORE {when} {refuse} END")
            _do(connection, f"CREATE TRIGGER {name} AFTER {when} {notes} END")


def _begin_postgres(connection: Connection) -> None:
    """Each statement shares a lock on the seal until its transaction ends: sealing waits for all
    of them, and who comes later sees it.
    """
    _do(connection, "SET LOCAL lock_timeout = '2s'")
    _do(connection, f"CREATE TABLE {MOVED} (id BIGSERIAL PRIMARY KEY, tab TEXT, keyed TEXT)")
    _do(connection, f"CREATE TABLE {STATE} (sealed INTEGER, told TEXT)")
    _do(connection, f"INSERT INTO {STATE} VALUES (0, '')")  # noqa: S608  our names
    _do(
        connection,
        f"""CREATE FUNCTION mulu_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM 1 FROM {STATE} WHERE sealed = 1 FOR SHARE;
        IF FOUND THEN RAISE EXCEPTION '{SEALED}'; END IF;
        PERFORM 1 FROM {STATE} FOR SHARE;
        IF EXISTS (SELECT 1 FROM {STATE} WHERE sealed = 1) THEN RAISE EXCEPTION '{SEALED}'; END IF;
        RETURN NULL; END $$""",  # noqa: S608  our names
    )
    for table in TABLES:
        noting = "".join(
            f"IF TG_OP IN ({events}) THEN INSERT INTO {MOVED} (tab, keyed) VALUES "  # noqa: S608
            f"('{table.name}', {_key(table, row, 'json_build_array')}); END IF; "
            for row, events in (("OLD", "'UPDATE', 'DELETE'"), ("NEW", "'INSERT', 'UPDATE'"))
        )
        function = f"mulu_{table.name}_noted()"
        body = f"$$ BEGIN {noting} RETURN NULL; END $$"
        _do(connection, f"CREATE FUNCTION {function} RETURNS trigger LANGUAGE plpgsql AS {body}")
        name, events = f"mulu_{table.name}_insert", f"INSERT OR UPDATE OR DELETE ON {table.name}"
        _do(
            connection,
            f"CREATE TRIGGER {name}_sealed BEFORE {events} "
            "FOR EACH STATEMENT EXECUTE FUNCTION mulu_sealed()",
        )
        _do(
            connection,
            f"CREATE TRIGGER {name} AFTER {events} FOR EACH ROW EXECUTE FUNCTION {function}",
        )
