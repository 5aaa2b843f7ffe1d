"""What a search costs is bounded, and does not grow with what is found: statements asked of the
database, and passes over the index.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine as SqlEngine

from catalog import analysing, indexing
from catalog.database import Database
from catalog.indexing import verify
from search.opening import open_engine
from search.tantivy_engine.reading import View
from tests.directory import sampled
from tests.websites import settings
from web.app import create_app
from web.parts import Parts, open_parts

ENTRIES = 600
PASSES = ("ordered", "scored", "aggregated")
ASKED = ("", "管理", "教育局 2008", "关于印发管理办法的通知", "绝无此词 管理", "没有的词没有")


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    folder = tmp_path_factory.mktemp("cost")
    sampled(folder, ENTRIES).dispose()
    parts = open_parts(replace(settings(folder), search_url="tantivy:index"))
    indexing.rebuild(parts.database, parts.engine)
    yield parts
    parts.close()


@pytest.mark.parametrize(
    ("path", "statements", "passes"), [("/api/v1/search", 1, 14), ("/search", 4, 20)]
)
def test_a_search_costs_no_more_than_this(
    directory: Parts, monkeypatch: pytest.MonkeyPatch, path: str, statements: int, passes: int
) -> None:
    client = create_app(directory).test_client()
    client.get(path, query_string={"q": "目录"})  # the first answer reads what stays
    asked, passed = [], []
    for name in PASSES:
        monkeypatch.setattr(View, name, _counting(getattr(View, name), passed))

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(SqlEngine, "before_cursor_execute", count)
    try:
        for text in ASKED:
            asked.clear()
            passed.clear()
            assert client.get(path, query_string={"q": text, "size": 20}).status_code == 200
            assert len(asked) <= statements, (text, asked)
            assert len(passed) <= passes, (text, passed)
    finally:
        event.remove(SqlEngine, "before_cursor_execute", count)


def test_several_processes_fill_an_index_as_one_does(
    directory: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysing, "ALONE", 0)
    monkeypatch.setattr(analysing.os, "cpu_count", lambda: 2)
    database = Database(directory.settings.database_url)
    engine = open_engine("tantivy:index", tmp_path)
    try:
        indexing.rebuild(database, engine)
        assert verify(database, engine).ok
        assert sorted(engine.fingerprints(), key=lambda each: each.key) == sorted(
            directory.engine.fingerprints(), key=lambda each: each.key
        )
    finally:
        engine.close()
        database.dispose()


def _counting(pass_over: object, passed: list[str]) -> object:
    def counted(self: View, *args: object) -> object:
        passed.append(repr(args)[:80])
        return pass_over(self, *args)  # type: ignore[operator]

    return counted
