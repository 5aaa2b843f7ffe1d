"""An agency's database as far as its schema goes: tables, views, columns and their comments. The
only place outside `catalog/` that uses SQLAlchemy, and it reads nothing but the schema.

The connection is read-only, its statements are bounded in time; SQLite is told besides to give no
content of any table but its own schema.
"""

from __future__ import annotations

import os
import sqlite3
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event, inspect, make_url
from sqlalchemy import types as sql
from sqlalchemy.engine.reflection import Inspector, ObjectKind
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from harvesters.addresses import Permit, pinned
from harvesters.faults import fault

PREFIX = "MULU_SOURCE_"
"""How the variables begin that may hold a source's password: no other secret can be named."""

AT_ONCE = 200
_HIDDEN = "***"
_NOWHERE = "/nonexistent/pgpass"  # libpq would look into the home folder otherwise
_TYPES: tuple[tuple[type[Any], str], ...] = (
    (sql.Boolean, "logical"),
    (sql.Integer, "integer"),
    (sql.Double, "double"),
    (sql.Float, "float"),
    (sql.Numeric, "numeric"),
    (sql.DateTime, "datetime"),
    (sql.Date, "date"),
    (sql.Time, "datetime"),
    (sql.LargeBinary, "general"),
    (sql.JSON, "general"),
    (sql.ARRAY, "general"),
    (sql.Uuid, "character"),
    (sql.String, "character"),
)


@dataclass(frozen=True, slots=True)
class Access:
    """How a database is reached: its location without a password, and what bounds it."""

    location: str
    permit: Permit
    password_env: str = ""
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `type` is a code of ours, or empty."""

    name: str
    type: str
    length: int | None
    comment: str
    nullable: bool
    key: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view."""

    schema: str
    name: str
    view: bool
    comment: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema that was opened: the names in it, and what they are."""

    name: str
    names: tuple[str, ...]
    product: str
    _inspector: Inspector

    def tables(self, names: list[str]) -> Iterator[Table]:
        """These tables with their columns, in this order; those that are gone are left out."""
        inspector, views = self._inspector, set(_views(self._inspector, self.name))
        wanted: dict[str, Any] = {"schema": self.name, "filter_names": names}
        columns = _by_name(inspector.get_multi_columns(kind=ObjectKind.ANY, **wanted))
        keys = _by_name(inspector.get_multi_pk_constraint(kind=ObjectKind.TABLE, **wanted))
        comments = self._comments(wanted)
        for name in names:
            if name in columns:
                key = set((keys.get(name) or {}).get("constrained_columns", ()))
                told = tuple(_column(each, each["name"] in key) for each in columns[name])
                comment = (comments.get(name) or {}).get("text") or ""
                yield Table(self.name, name, name in views, comment, told)

    def _comments(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return _by_name(self._inspector.get_multi_table_comment(kind=ObjectKind.ANY, **wanted))
        except NotImplementedError:  # SQLite knows none
            return {}


@contextmanager
def opened(access: Access, schema: str = "") -> Iterator[Schema]:
    """The schema of that name, or the database's default one. Raises HarvestFault; no fault holds
    the password, whatever the driver says."""
    secret = _secret(access)
    engine = engine_of(access, secret)
    try:
        with warnings.catch_warnings(), engine.connect() as connection:
            warnings.simplefilter("ignore")  # of types that SQLAlchemy does not know
            inspector = inspect(connection)
            name = schema or inspector.default_schema_name or "main"
            if name not in inspector.get_schema_names():
                raise fault("schema-unknown", value=name)
            yield Schema(name, _names(inspector, name), engine.dialect.name, inspector)
    except (SQLAlchemyError, OSError) as error:
        said = str(getattr(error, "orig", None) or error)
        shown = said.replace(secret, _HIDDEN) if secret else said
        raise fault("database-unreadable", value=" ".join(shown.split())) from None
    finally:
        engine.dispose()


def _names(inspector: Inspector, schema: str) -> tuple[str, ...]:
    found = (*inspector.get_table_names(schema=schema), *_views(inspector, schema))
    return tuple(sorted(set(found)))


def _views(inspector: Inspector, schema: str) -> list[str]:
    found = list(inspector.get_view_names(schema=schema))
    try:
        return found + list(inspector.get_materialized_view_names(schema=schema))
    except NotImplementedError:
        return found


def _by_name(found: Mapping[tuple[str | None, str], Any]) -> dict[str, Any]:
    return {name: each for (_, name), each in found.items()}


def _column(told: Mapping[str, Any], key: bool) -> Column:
    kind = told["type"]
    code = next((code for known, code in _TYPES if isinstance(kind, known)), "")
    length = getattr(kind, "length", None) or getattr(kind, "precision", None)
    bounded = length if isinstance(length, int) and length > 0 else None
    comment = told.get("comment") or ""
    return Column(told["name"], code, bounded, comment, bool(told.get("nullable", True)), key)


def engine_of(access: Access, secret: str) -> Engine:
    """The engine of a database that has a dialect of ours."""
    try:
        url = make_url(access.location)
        dialect = DIALECTS.get(url.get_backend_name())
    except (ArgumentError, ValueError):
        raise fault("database-address") from None
    if dialect is None:
        known = "、".join(sorted(DIALECTS))
        raise fault("database-unknown", value=url.get_backend_name(), known=known)
    if url.password is not None or url.query.keys() - {"sslmode"}:
        raise fault("database-address")
    return dialect(url, access, secret)


def _secret(access: Access) -> str:
    if not access.password_env:
        return ""
    if not access.password_env.startswith(PREFIX):
        raise fault("password-variable", value=access.password_env, prefix=PREFIX)
    if not (found := os.environ.get(access.password_env, "")):
        raise fault("password-missing", value=access.password_env)
    return found


def _postgresql(url: URL, access: Access, secret: str) -> Engine:
    """PostgreSQL at the address that its host was checked for; none of libpq's own defaults for
    who and where is left to the environment."""
    if not url.host or not url.username or not url.database:
        raise fault("database-address")
    port = url.port or 5432
    arguments: dict[str, Any] = {
        "hostaddr": pinned(url.host, port, access.permit),
        "password": secret,
        "passfile": _NOWHERE,
        "connect_timeout": max(2, int(access.seconds)),
        "application_name": "mulu",
    }
    plain = url.set(drivername="postgresql+psycopg", port=port)
    engine = create_engine(plain, poolclass=NullPool, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def bound(connection: Any, _: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = on")
            cursor.execute(f"SET statement_timeout = {int(access.seconds * 1000)}")
        connection.commit()

    return engine


def _sqlite(url: URL, access: Access, _: str) -> Engine:
    """A SQLite file, opened read-only; content of tables is not given, whatever is asked."""
    path = Path(url.database or "")
    if not path.is_file():
        raise fault("file-missing", value=str(path))

    def connect() -> sqlite3.Connection:
        address = f"file:{quote(str(path.resolve()))}?mode=ro"
        connection = sqlite3.connect(address, uri=True, timeout=access.seconds)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.set_authorizer(_authorize)
        ends = time.monotonic() + access.seconds
        connection.set_progress_handler(lambda: time.monotonic() > ends, 100_000)
        return connection

    return create_engine("sqlite://", creator=connect, poolclass=NullPool)


def _authorize(action: int, first: str | None, _2: object, _3: object, _4: object) -> int:
    """What SQLite may do: read its schema and say what it knows of it. A column of any other table
    reads as nothing, so that views can be described all the same."""
    if action == sqlite3.SQLITE_READ:
        return sqlite3.SQLITE_OK if first in _SCHEMA_TABLES else sqlite3.SQLITE_IGNORE
    return sqlite3.SQLITE_OK if action in _HARMLESS else sqlite3.SQLITE_DENY


_SCHEMA_TABLES = frozenset(
    {"sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema"}
)
_HARMLESS = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_PRAGMA,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_RECURSIVE,
    }
)
DIALECTS: Mapping[str, Callable[[URL, Access, str], Engine]] = {
    "postgresql": _postgresql,
    "sqlite": _sqlite,
}
"""The databases whose schema can be read: each reads only, within its time, and says so here."""
