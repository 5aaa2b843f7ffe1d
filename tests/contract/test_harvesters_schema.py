"""The schema of an agency's database: what is made of it, that nothing else is read, and that its
password is nowhere to be seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, make_url, text

from catalog import audit, entries, runs, sources
from catalog.errors import Invalid
from catalog.viewers import OPERATOR
from harvesters.addresses import anywhere
from harvesters.fetched import Job
from harvesters.fetching import FakeFetcher
from harvesters.report import Report, as_csv, as_json, as_text
from harvesters.sources import known
from harvesters.sources.databases import Access, engine_of
from standards.formats.described import Described, Field, values
from tests.harvesting import CENTRE, Directory, counts, rules
from tests.offices import postgres_database
from tests.parts import require

SECRET = "geheim-口令-4711"
VARIABLE = "MULU_SOURCE_PERMITS"
TABLES = """
CREATE TABLE permits (id INTEGER PRIMARY KEY, owner VARCHAR(80) NOT NULL, issued DATE, fee NUMERIC);
CREATE TABLE "a.b ""c""
d" (x TEXT);
CREATE TABLE "泵站" ("名称" TEXT, "位置 (经度)" REAL);
CREATE VIEW valid AS SELECT owner, issued FROM permits;
INSERT INTO permits VALUES (1, '某某化工厂', '2009-01-01', 3);
"""


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    return Directory.made(tmp_path)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    path = tmp_path / "permits.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(TABLES)
    return path


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Every statement that is sent to a database other than the directory's own."""
    sent: list[str] = []

    def record(connection: Any, _c: object, statement: str, *_: object) -> None:
        if not str(connection.engine.url).endswith("mulu.db"):
            sent.append(" ".join(statement.split()))

    event.listen(Engine, "before_cursor_execute", record)
    yield sent
    event.remove(Engine, "before_cursor_execute", record)


def served(directory: Directory) -> dict[str, dict[str, Any]]:
    with directory.database.reading() as session:
        views = entries.page(session, OPERATOR, "", 500)
    return {view.served.descriptor.values["title"]: dict(view.served.descriptor.values)
            for view in views if view.served}  # fmt: skip


def test_tables_and_views_become_resources(
    directory: Directory, office: Path, statements: list[str]
) -> None:
    directory.source("许可", "schema", f"sqlite:///{office}")
    report = directory.harvest("许可")
    assert counts(report) == {"created": 4}
    made = served(directory)
    assert made["permits"]["items"] == [
        {"name": "id", "type": "integer", "definition": "主键", "column": "id"},
        {"name": "owner", "type": "character", "length": 80, "definition": "必填"}
        | {"column": "owner"},
        {"name": "issued", "type": "date", "column": "issued"},
        {"name": "fee", "type": "numeric", "column": "fee"},
    ]  # fmt: skip
    assert [each["name"] for each in made["valid"]["items"]] == ["owner", "issued"]
    assert made["valid"]["abstract"].startswith("视图，有 2 个信息项")
    assert made["泵站"]["format"] == {"class": "database"}
    assert counts(directory.harvest("许可", full=True)) == {"unchanged": 4}
    with directory.database.reading() as session:
        held = runs.records(session, report.run, after=0, size=10)
    assert {row.key for _, row in held} == {
        "table:main.permits",
        "table:main.valid",
        "table:main.泵站",
        'table:main."a.b ""c"" d"',
    }
    assert statements
    assert not [s for s in statements if not s.startswith("PRAGMA") and "sqlite_master" not in s]
    assert "化工厂" not in as_json(report).decode()


def test_a_sqlite_connection_gives_no_content_whatever_is_asked(office: Path) -> None:
    with engine_of(Access(f"sqlite:///{office}", anywhere), "").connect() as connection:
        assert connection.execute(text("SELECT owner FROM permits")).scalars().all() == [None]
        for statement in ("DELETE FROM permits", "ATTACH ':memory:' AS x", "CREATE TABLE y (z)"):
            with pytest.raises(Exception, match=r"not authorized|readonly"):
                connection.execute(text(statement))


def test_only_what_is_wanted_is_read_and_a_killed_run_goes_on(
    directory: Directory, office: Path
) -> None:
    options = {"include": "*i*, 泵*", "exclude": "val*"}
    directory.source("许可", "schema", f"sqlite:///{office}", options=options)
    assert counts(directory.harvest("许可")) == {"created": 2}
    assert directory.titles() == ["permits", "泵站"]
    job = Job(f"sqlite:///{office}", None, FakeFetcher({}), checkpoint={"after": "permits"})
    rest = [record.place for page in known()["schema"].pages(job) for record in page.records]
    assert rest == ["main.valid", "main.泵站"]


@pytest.mark.parametrize(
    ("location", "options", "rule"),
    [
        ("sqlite:////nowhere/at/all.db", {}, "file-missing"),
        ("oracle://u@db.example/x", {}, "database-unknown"),
        ("no address", {}, "database-address"),
        ("postgresql:///x", {}, "database-address"),
        ("postgresql://u@db.example/x?host=/tmp", {}, "database-address"),
        ("postgresql://u@127.0.0.1/x", {}, "address-refused"),
        ("postgresql://u@127.0.0.1/x", {"password_env": "MULU_SECRET_KEY"}, "password-variable"),
        ("postgresql://u@127.0.0.1/x", {"password_env": VARIABLE}, "password-missing"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(
    directory: Directory, location: str, options: dict[str, Any], rule: str
) -> None:
    directory.source("许可", "schema", location, options=options)
    report = directory.harvest("许可")
    assert rule in rules(report)
    assert report.state == "failed"


def test_no_database_at_all(directory: Directory, tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"this is no database" * 1000)
    directory.source("许可", "schema", f"sqlite:///{tmp_path / 'x.db'}")
    assert "database-unreadable" in rules(directory.harvest("许可"))


def test_a_location_with_a_password_is_never_kept(directory: Directory) -> None:
    for location in (f"postgresql://u:{SECRET}@h/x", f"postgresql://u@h/x?password={SECRET}"):
        with pytest.raises(Invalid) as caught:
            directory.source("许可", "schema", location)
        assert SECRET not in str(caught.value)
    directory.source("许可", "schema", "postgresql://u@h/x")
    with directory.database.writing() as session:
        kept = sources.get(session, "许可").settings
        wrong = replace(kept, location=f"postgresql://u:{SECRET}@h/x")
        with pytest.raises(Invalid):
            sources.change(session, OPERATOR, "许可", wrong, directory.clock.now())


def test_a_table_of_any_width_is_cut_with_a_warning() -> None:
    wide = Described(
        "table:x", "x", {"title": "宽表"}, tuple(Field(f"c{n}") for n in range(100_000))
    )
    raw, said = values("non-document", wide)
    assert len(raw["items"]) == 2000
    assert [each.rule for each in said] == ["items-cut"]


@pytest.fixture
def postgres(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database of an agency, and a role that may see its schema and read nothing."""
    server = require("postgres")
    with postgres_database(server) as database:
        url = database.url
        name = f"reader_{url.database}"
        admin = create_engine(url)
        with admin.begin() as connection:
            for statement in (
                "CREATE TABLE permits (id int PRIMARY KEY, owner varchar(80) NOT NULL, at date)",
                "COMMENT ON TABLE permits IS '排污许可证：全市排污单位的许可证'",
                "COMMENT ON COLUMN permits.owner IS '持证单位（全称）'",
                "CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS 总数 FROM permits",
                f"CREATE ROLE {name} LOGIN PASSWORD '{SECRET}'",
                f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}",
            ):
                connection.execute(text(statement))
        monkeypatch.setenv(VARIABLE, SECRET)
        yield url.set(username=name, password=None, drivername="postgresql").render_as_string()
        with admin.begin() as connection:
            connection.execute(text(f"DROP ROLE {name}"))
        admin.dispose()


def everything_said(directory: Directory, report: Report) -> str:
    with directory.database.reading() as session:
        logged = str(list(audit.events(session, OPERATOR)))
        kept = str([sources.get(session, report.source), runs.get(session, report.run)])
    told = [as_text(report, "zh"), as_json(report).decode(), *as_csv(report, "en")]
    return "".join([logged, kept, *told])


def test_a_role_that_may_read_nothing_is_enough(
    directory: Directory, postgres: str, statements: list[str]
) -> None:
    options = {"allow_private": True, "password_env": VARIABLE}
    directory.source("许可", "schema", postgres, options=options)
    report = directory.harvest("许可")
    assert counts(report) == {"created": 2}, report.notes
    permits = served(directory)["排污许可证"]
    assert permits["abstract"].startswith("排污许可证：全市排污单位的许可证\n数据表，有 3 个信息项")
    assert permits["format"] == {"class": "database", "type": ["postgresql"]}
    assert permits["items"][1] == {
        "name": "持证单位",
        "type": "character",
        "length": 80,
        "definition": "持证单位（全称）；必填",
        "column": "owner",
    }
    assert served(directory)["counted"]["items"][0]["name"] == "总数"
    assert statements
    assert not [sent for sent in statements if "permits" in sent]
    assert SECRET not in everything_said(directory, report)


def test_a_wrong_password_is_not_repeated(
    directory: Directory, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, f"{SECRET}-wrong")
    elsewhere = make_url(postgres).set(database="no_such").render_as_string()
    options = {"allow_private": True, "password_env": VARIABLE}
    directory.source("许可", "schema", elsewhere, options=options, agency=CENTRE)
    report = directory.harvest("许可")
    assert "database-unreadable" in rules(report)
    assert SECRET not in everything_said(directory, report)
