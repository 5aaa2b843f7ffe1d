"""The database: connections, transactions and migrations, the same on SQLite and PostgreSQL.

Readers see one snapshot. Writers come one after another where it matters: SQLite lets in one at a
time, and on PostgreSQL whoever is to append to the logs takes their lock. The order of locks is
that of the logs, that of the agencies' counters, rows; who keeps to it never waits in a circle.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar, cast

import orjson
from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, insert, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session

from catalog.copying import copy
from catalog.errors import Contended, Unavailable
from catalog.replicas import Replica

LOG_LOCK = 0x4D756C75
MIGRATION_LOCK = LOG_LOCK + 1
COUNTER_LOCK = LOG_LOCK + 2
HOLDS = "mulu-holds"
COPY_FROM = 8
"""So many rows are worth a COPY."""
BUSY_MILLISECONDS = 30_000
CONNECTIONS = 8
"""Of one process, and as many more for a moment: a thread that mints needs two."""
IDLE = 300
SNAPSHOT: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
TRIES = (0.05, 0.2, 0.5)
"""Seconds of waiting before what was undone is tried again."""
SEALED = "mulu: this directory has moved or is about to; nothing is written here"
CONTENDED = frozenset({"40001", "40P01", "55P03"})
"""Serialisation failure, deadlock, lock not available."""
Result = TypeVar("Result")


class Database:
    """One database, known by its URL. Opens nothing until it is used."""

    def __init__(
        self, url: str, constrained: bool = True, replica: str = "", statement_seconds: int = 0
    ) -> None:
        """``constrained=False``: rows may come before those that they refer to. ``replica`` is the
        address of a copy to read from; a statement may take so many seconds (0: any number).
        """
        self.url = _normal(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self._engine = _engine(self.url, statement_seconds)
        self._replica: Replica | None = None
        if self.is_sqlite:
            _prepare_sqlite(self._engine, constrained)
            self._writer: Engine = self._engine.execution_options(mulu_begin="BEGIN IMMEDIATE")
            self._reader: Engine = self._engine
        else:
            self._writer = self._engine
            self._reader = self._engine.execution_options(**SNAPSHOT)
            if replica:
                copy_ = _engine(_normal(replica), statement_seconds)
                self._replica = Replica(copy_.execution_options(**SNAPSHOT), self._engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session over one snapshot; nothing it does is kept. Raises Unavailable."""
        with _translated(), self._snapshot() as session:
            yield session

    def _snapshot(self) -> Session:
        """From the copy if that will do and it answers, else from the database itself."""
        if self._replica and (engine := self._replica.engine()):
            session = Session(engine, autoflush=False, expire_on_commit=False)
            try:
                session.connection()
            except (DBAPIError, PoolTimeout):
                session.close()
                self._replica.lost()
            else:
                return session
        return Session(self._reader, autoflush=False, expire_on_commit=False)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is one transaction: kept when the block ends, undone when it raises.

        Raises Unavailable when the database is out of reach or has no room.
        """
        with (
            _translated(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def write(self, work: Callable[[Session], Result]) -> Result:
        """What ``work`` does in one transaction; done anew, a few times, when the database undid
        it because it stood in others' way. Raises Contended if it still does, or Unavailable.
        """
        for pause in TRIES:
            try:
                with self.writing() as session:
                    return work(session)
            except Contended:
                time.sleep(pause)
        with self.writing() as session:
            return work(session)

    def migrate(self) -> None:
        """Bring the tables to the newest form. Several processes may try at once."""
        with self._writer.begin() as connection:
            if not self.is_sqlite:
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK}
                )
            command.upgrade(_alembic(connection), "head")

    def ready(self) -> bool:
        """Whether the database answers now; never raises."""
        try:
            with self.connect() as connection:
                connection.execute(text("SELECT 1"))
        except (DBAPIError, PoolTimeout):
            return False
        return True

    def connect(self) -> Connection:
        """A plain connection, for comparing the tables with the migrations."""
        return self._engine.connect()

    def dispose(self) -> None:
        """Close what is open."""
        self._engine.dispose()
        if self._replica:
            self._replica.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    """A full disk, a lost server or a lock that never ends, in the catalogue's own words."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable(str(error)) from error
    except DBAPIError as error:
        if not is_away(error):
            raise
        undone = getattr(error.orig, "sqlstate", None) in CONTENDED
        raise (Contended if undone else Unavailable)(str(error.orig)) from error


def is_away(error: BaseException) -> bool:
    """Whether an error is the database's own state, not that of what it was given."""
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout) or (
        isinstance(error, DBAPIError)
        and (error.connection_invalidated or SEALED in str(error.orig))
    )


def lock_logs(session: Session) -> None:
    """Let no other transaction append to the logs until this one ends, so that their order is the
    order of commits. Taken before the lock of any row that another holder may want.
    """
    if not holds_logs(session):
        _lock(session, LOG_LOCK)
        session.info[HOLDS] = session.get_nested_transaction() or session.get_transaction()


def holds_logs(session: Session) -> bool:
    """Whether this transaction appends alone already, as every writer of SQLite does."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    held, here = session.info.get(HOLDS), session.get_nested_transaction()
    here = here or session.get_transaction()
    while held is not None and here is not None:  # a savepoint undone gives its locks back
        if here is held:
            return True
        here = here.parent
    return False


def lock_counters(session: Session) -> None:
    """Let nobody else change rows of agencies, each with its counter, until this one ends."""
    if session.get_bind().dialect.name == "postgresql":
        _lock(session, COUNTER_LOCK)


def _lock(session: Session, key: int) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def put(session: Session, table: type[DeclarativeBase], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns, past the mapper, which would look at each."""
    own = cast("Table", table.__table__)
    if len(rows) >= COPY_FROM and session.get_bind().dialect.name == "postgresql":
        copy(session.connection(), own, rows)
    elif rows:
        session.execute(insert(own), rows)


def _engine(url: URL, statement_seconds: int) -> Engine:
    """On PostgreSQL nobody waits without end: not for a connection, a statement, or a program that
    fell silent within a transaction.
    """
    bounds: dict[str, Any] = {}
    if url.get_backend_name() == "postgresql":
        waits = {
            "statement_timeout": statement_seconds,
            "idle_in_transaction_session_timeout": IDLE,
        }
        options = " ".join(f"-c {name}={seconds}s" for name, seconds in waits.items())
        options = f"{url.query.get('options', '')} {options}".strip()
        alive = {"connect_timeout": 5, "keepalives_idle": 30, "tcp_user_timeout": 30_000}
        bounds = {
            "pool_size": CONNECTIONS,
            "max_overflow": CONNECTIONS,
            "pool_timeout": 10,
            "connect_args": {**alive, "options": options},
        }
    return create_engine(
        url,
        json_serializer=_dump,
        json_deserializer=orjson.loads,
        pool_pre_ping=True,
        hide_parameters=True,  # an error's text goes to logs, what is withheld must not
        **bounds,
    )


def _normal(url: str) -> URL:
    parsed = make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _dump(value: Any) -> str:
    return orjson.dumps(value).decode()


def _prepare_sqlite(engine: Engine, constrained: bool) -> None:
    """WAL lets readers go on while one writes; FULL keeps a commit through a power cut."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin below, not behind our back
        for setting in (
            f"busy_timeout={BUSY_MILLISECONDS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            f"foreign_keys={'ON' if constrained else 'OFF'}",
            "cache_size=-20000",
        ):
            connection.execute(f"PRAGMA {setting}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer says so at once: a reader that turns writer can only fail.
        start = connection.get_execution_options().get("mulu_begin", "BEGIN")
        connection.exec_driver_sql(start)


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("catalog") / "migrations"))
    config.attributes["connection"] = connection
    return config
