"""A restore as it is to be rehearsed: a copy made while people work, put into a fresh place, where
the audit log and the index are proven; from and into either database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from catalog import audit, backup, entries, indexing, sample
from catalog.backup import NotPossible
from catalog.database import Database
from catalog.moving import rows
from catalog.tables import Table
from catalog.viewers import PUBLIC
from search.memory import MemoryEngine
from tests.directory import follow
from tests.offices import Offices, postgres_database
from tests.parts import require


@pytest.fixture
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Database]]:
    with ExitStack() as stack:
        made = []
        for number, kind in enumerate(request.param.split(" to ")):
            if kind == "postgres":
                made.append(stack.enter_context(postgres_database(require("postgres"))))
            else:
                made.append(Database(f"sqlite:///{tmp_path / str(number)}.db"))
                stack.callback(made[-1].dispose)
        yield made


WAYS = ["sqlite to sqlite", "sqlite to postgres", "postgres to sqlite", "postgres to postgres"]


@pytest.mark.parametrize("places", WAYS, indirect=True)
def test_a_copy_is_put_into_a_fresh_place(places: list[Database], tmp_path: Path) -> None:
    old, new = places
    old.migrate()
    sample.load(old, 60)
    offices = Offices(old)
    offices.prepare()
    kept = offices.published()
    tables = Table.metadata.sorted_tables
    before = {each.name: rows.digest(old, each) for each in tables}
    copy = tmp_path / "copy.db"
    backup.backup(old, copy)
    lost = offices.published()
    backup.restore(new, copy)
    new.migrate()
    assert {each.name: rows.digest(new, each) for each in tables} == before
    engine = MemoryEngine()
    indexing.rebuild(new, engine)
    assert indexing.verify(new, engine).ok
    with new.reading() as session:
        assert audit.verify(session).ok
        assert entries.find(session, PUBLIC, str(kept.identifier)).served
    again = Offices(new)
    made = again.published()  # numbers go on from the copy, not from what came after it
    assert made.identifier == lost.identifier or not old.is_sqlite
    follow(new, engine)
    assert indexing.verify(new, engine).ok
    if not new.is_sqlite:
        with pytest.raises(NotPossible, match="empty"):
            backup.restore(new, copy)
