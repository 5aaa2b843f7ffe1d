"""Settings, backup and restore, and text that databases can keep."""

from __future__ import annotations

import stat
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from catalog import audit, backup
from catalog.backup import NotPossible
from catalog.columns import Moment
from catalog.database import Database
from catalog.errors import NotFound
from catalog.settings import BadSettings, Settings
from catalog.words import plain, storable
from tests.offices import sqlite_offices


def test_the_defaults_need_nothing_but_a_secret(tmp_path: Path) -> None:
    env = {"MULU_DATA_DIR": str(tmp_path), "MULU_SECRET_KEY": "x" * 32}
    settings = Settings.from_environment(env)
    assert settings.database_url == f"sqlite:///{tmp_path / 'mulu.db'}"
    assert (settings.search_url, settings.port, settings.demo) == ("tantivy:index", 8000, False)
    assert "x" * 32 not in repr(settings)


@pytest.mark.parametrize("env", [{}, {"MULU_SECRET_KEY": "short"}, {"MULU_DEMO": "0"}])
def test_without_a_secret_it_does_not_start(env: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="MULU_SECRET_KEY"):
        Settings.from_environment({"MULU_DATA_DIR": str(tmp_path), **env})


def test_a_demo_makes_its_own_secret_and_keeps_it(tmp_path: Path) -> None:
    env = {"MULU_DATA_DIR": str(tmp_path / "data"), "MULU_DEMO": "1"}
    secret = Settings.from_environment(env).secret_key
    assert len(secret) > 30
    assert Settings.from_environment(env).secret_key == secret
    assert stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode) == 0o600


def test_a_wrong_port_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="MULU_PORT"):
        Settings.from_environment({"MULU_DEMO": "1", "MULU_DATA_DIR": str(tmp_path), "PORT": "x"})


def test_a_copy_is_whole_and_can_be_put_back(tmp_path: Path) -> None:
    with sqlite_offices(tmp_path) as offices:
        kept = offices.published()
        told: list[tuple[int, int]] = []
        copy = tmp_path / "copy.db"
        backup.backup(offices.database, copy, lambda *at: told.append(at))
        assert told[-1][0] == told[-1][1]
        assert not copy.with_name("copy.db.part").exists()
        lost = offices.published()
        backup.restore(offices.database, copy)
        assert offices.find(kept.identifier).identifier == kept.identifier
        with pytest.raises(NotFound):
            offices.find(lost.identifier)
        with offices.database.reading() as session:
            assert audit.verify(session).ok


def test_a_damaged_copy_is_not_put_back(tmp_path: Path) -> None:
    with sqlite_offices(tmp_path) as offices:
        made = offices.published()
        copy = tmp_path / "copy.db"
        backup.backup(offices.database, copy)
        whole = copy.read_bytes()
        other = tmp_path / "other.db"
        for content in (whole[: len(whole) // 2], b"no database", b""):
            other.write_bytes(content)
            with pytest.raises(NotPossible):
                backup.restore(offices.database, other)
        with pytest.raises(NotPossible):
            backup.restore(offices.database, tmp_path / "nowhere.db")
        assert offices.find(made.identifier)


def test_a_database_that_is_away_is_not_ready(tmp_path: Path) -> None:
    away = Database("postgresql://127.0.0.1:1/mulu")
    assert away.url.drivername == "postgresql+psycopg"
    assert not away.ready()
    with sqlite_offices(tmp_path) as offices:
        assert offices.database.ready()


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_can_be_kept(text: str) -> None:
    kept = storable(text)
    assert "\x00" not in kept
    assert kept.encode().decode() == kept
    assert storable(kept) == kept
    assert plain(text) == plain(plain(text))


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without time zone"):
        Moment().process_bind_param(datetime(2009, 3, 18), sqlite.dialect())
