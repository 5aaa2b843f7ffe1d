"""Many rows at once into PostgreSQL, by COPY: a fraction of what as many INSERTs cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
from sqlalchemy import Column, Connection, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.schema import ScalarElementColumnDefault

_Value = Callable[[Mapping[str, Any]], Any]


def copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns; what columns have by default is filled in.

    Raises what an INSERT would raise.
    """
    columns = [each for each in table.columns if each.name in rows[0] or _usual(each) is not None]
    values = [_value(each, each.name in rows[0], connection) for each in columns]
    quote = connection.dialect.identifier_preparer.quote
    named = ", ".join(quote(each.name) for each in columns)
    statement = f"COPY {quote(table.name)} ({named}) FROM STDIN"
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as sink:
            for row in rows:
                sink.write_row([value(row) for value in values])
    except psycopg.Error as fault:
        raise DBAPIError.instance(
            statement, None, fault, psycopg.Error, hide_parameters=True, dialect=connection.dialect
        ) from fault


def _value(column: Column[Any], given: bool, connection: Connection) -> _Value:
    """How a column's value is had of a row, as the driver takes it."""
    name, usual = column.name, _usual(column)
    dialect = connection.dialect
    bind = column.type.dialect_impl(dialect).bind_processor(dialect)
    if not given:
        return lambda _row: usual
    if bind is None:
        return lambda row: row[name]
    return lambda row: bind(row[name])


def _usual(column: Column[Any]) -> Any:
    """What the column holds where nothing is given; None: nothing, or what the database gives."""
    default = column.default
    return default.arg if isinstance(default, ScalarElementColumnDefault) else None
