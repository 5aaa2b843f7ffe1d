"""SQLite and PostgreSQL behave the same: migrations, order of the logs, locking, fixed rows."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from catalog import (
    audit,
    audit_files,
    audit_search,
    changes,
    entries,
    follower,
    indexing,
    registration,
    transparency,
    viewing,
)
from catalog.audit_search import AuditFilters
from catalog.consistency import following, keeping
from catalog.curation import reading as curations
from catalog.errors import Gone, NotFound, Stale
from catalog.identity import deciding
from catalog.identity import keeping as identity
from catalog.identity import reading as likenesses
from catalog.registration import Proposal, SourceKey
from catalog.tables import AuditEvent, Change, SourceRecord, Table, Version
from catalog.viewers import PUBLIC, Grant, Role, Viewer
from search.memory import MemoryEngine
from tests.offices import (
    AUDITOR,
    AUTOMATIC,
    EVERYBODY,
    NEIGHBOUR,
    REGISTRAR,
    REVIEWER,
    WATER,
    Offices,
    database_of,
    values,
)


@pytest.fixture(params=["sqlite", "postgres"])
def directory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Offices]:
    with database_of(request.param, tmp_path) as database:
        yield Offices(database).prepare()


def test_the_migrations_make_the_tables_of_the_models(directory: Offices) -> None:
    directory.database.migrate()
    with directory.database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_several_processes_may_migrate_at_once(directory: Offices) -> None:
    faults: list[BaseException] = []

    def migrate() -> None:
        try:
            directory.database.migrate()
        except Exception as fault:  # noqa: BLE001  told to the test's own thread
            faults.append(fault)

    _run([migrate] * 4)
    assert faults == []


@pytest.mark.parametrize("table", [Version, AuditEvent, Change])
def test_what_was_written_is_never_updated_or_deleted(
    directory: Offices, table: type[Table]
) -> None:
    directory.published()
    column = "title" if table is Version else "actor" if table is AuditEvent else "what"
    for statement in (update(table).values({column: "x"}), delete(table)):
        refused = pytest.raises(DBAPIError, match="never updated or deleted")
        with refused, directory.database.writing() as session:
            session.execute(statement.execution_options(synchronize_session=False))


def test_a_source_cannot_have_two_records_of_one_key(directory: Offices) -> None:
    directory.sent("1")
    row = {"source": AUTOMATIC, "key": "1", "entry": None, "digest": "", "seen": 0}
    with pytest.raises(IntegrityError), directory.database.writing() as session:
        session.execute(insert(SourceRecord), [row])


def test_an_entry_is_registered_accepted_found_indexed_and_withdrawn(directory: Offices) -> None:
    engine = MemoryEngine()
    follow = follower.Follower(directory.database, engine, directory.clock)
    outcome = directory.submitted()
    follow.step()
    assert engine.get([f"{outcome.identifier}~pending"])
    with pytest.raises(NotFound):
        directory.find(outcome.identifier)
    chosen = {"attribute": "on-request", "ground": "on-request-way"}
    accepted = directory.accept(outcome, {"disclosure": chosen})
    view = directory.find(outcome.identifier)
    assert view.served is not None
    assert view.served.author == ""
    assert view.audience == "public"
    while follow.step():
        pass
    assert set(engine.get([view.identifier, f"{view.identifier}~pending"])) == {view.identifier}
    directory.withdraw(accepted, "重复")
    with pytest.raises(Gone, match="重复"):
        directory.find(view.identifier)
    while follow.step():
        pass
    assert engine.get([view.identifier]) == {}
    assert indexing.verify(directory.database, engine).ok
    with directory.database.reading() as session:
        assert audit.verify(session).ok
        assert follower.status(session).behind == 0


def test_lists_show_each_viewer_what_find_shows(directory: Offices) -> None:
    made = [
        directory.published(),
        directory.published(disclosure="withheld"),
        directory.published(disclosure="withheld", sharing={"attribute": "unconditional"}),
        directory.submitted(),
        directory.published(disclosure="undetermined"),
    ]
    identifiers = [str(each.identifier) for each in made]
    for viewer in EVERYBODY:
        with directory.database.reading() as session:
            some = {each.identifier for each in entries.some(session, viewer, identifiers)}
            page = entries.page(session, viewer, served_only=False)
            served = entries.page(session, viewer)
            assert entries.count(session, viewer) == len(served)
            assert {each.identifier for each in page} == some
            found = set()
            for identifier in identifiers:
                try:
                    found.add(entries.find(session, viewer, identifier).identifier)
                except NotFound:
                    continue
        assert found == some


def test_numbers_of_the_logs_follow_the_order_of_commits(directory: Offices) -> None:
    """Writers race while a reader follows: whatever it has passed never changes behind it."""
    stop, faults = threading.Event(), []
    seen: list[int] = []

    def write(agency_actor: Any) -> None:
        try:
            for number in range(12):
                directory.register(
                    *(
                        Proposal("document", values(f"{number}-{i}"), agency_actor[0])
                        for i in range(3)
                    ),
                    actor=agency_actor[1],
                )
        except Exception as fault:  # noqa: BLE001  told to the test's own thread
            faults.append(fault)

    def read() -> None:
        last = 0
        while True:
            ending = stop.is_set()
            with directory.database.reading() as session:
                rows = changes.since(session, last)
            if rows:
                seen.extend(row.seq for row in rows)
                last = rows[-1].seq
            elif ending:
                return

    reader = threading.Thread(target=read)
    reader.start()
    pairs = [(WATER, REGISTRAR), ("310B2", NEIGHBOUR)] * 2
    _run([lambda pair=pair: write(pair) for pair in pairs])
    stop.set()
    reader.join()
    assert faults == []
    with directory.database.reading() as session:
        everything = [row.seq for row in changes.since(session, 0, 10_000)]
        assert audit.verify(session).ok
    assert seen == everything == list(range(1, 12 * 3 * 4 + 1))


def test_of_two_who_decide_at_once_one_is_told_that_he_is_late(directory: Offices) -> None:
    outcome = directory.submitted()
    told: list[str] = []

    def accept() -> None:
        try:
            directory.accept(outcome)
        except Stale as late:
            told.append(f"stale {late.current}")
        else:
            told.append("accepted")

    _run([accept] * 2)
    assert sorted(told) == ["accepted", f"stale {outcome.revision + 1}"]


def test_two_harvests_of_one_record_make_one_entry(directory: Offices) -> None:
    made = []

    def send() -> None:
        made.append(directory.sent("7").identifier)

    _run([send] * 4)
    assert len(set(made)) == 1


def test_identifiers_are_never_given_twice(directory: Offices) -> None:
    first = directory.submitted().identifier
    with directory.database.writing() as session:
        proposals = [Proposal("document", values(), WATER)]
        lost = registration.register(session, REGISTRAR, proposals, directory.clock.now())[0]
        session.rollback()
    assert lost.identifier == "310A7-000002"
    second = directory.submitted().identifier
    # PostgreSQL mints apart, so that writers need not wait for each other: a number may be unused
    assert first == "310A7-000001"
    assert second == ("310A7-000002" if directory.database.is_sqlite else "310A7-000003")


def test_a_reader_sees_one_snapshot(directory: Offices) -> None:
    outcome = directory.published(title="甲")
    with directory.database.reading() as session:
        before = entries.find(session, PUBLIC, str(outcome.identifier))
        directory.register(
            Proposal("document", values("乙"), WATER, source=SourceKey(AUTOMATIC, "1"))
        )
        assert changes.head(session) == 1
        assert session.scalar(select(Change.seq)) == before.served.number == 1  # type: ignore[union-attr]


def _run(works: list[Any]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_the_audit_log_is_looked_into_and_exported(directory: Offices) -> None:
    withheld = directory.published(title="干部考察材料", disclosure="withheld")
    view = directory.find(withheld.identifier, REVIEWER)
    now, database = directory.clock.now(), directory.database
    for door in ("/search", "/review"):
        viewing.entries_shown(database, REVIEWER, [view], door, now)
    viewing.versions_shown(
        database, REVIEWER, view.identifier, [view.shown], "/x", now, inside=True
    )
    with database.reading() as session:
        wanted = AuditFilters(entry=view.identifier, since=now, until=now + timedelta(days=1))
        found = audit_search.look(session, AUDITOR, wanted).events
        assert [each.action for each in found] == ["viewed", "listed", "registered"]
        assert found[1].details == {"identifiers": [view.identifier], "door": "/search"}
        head = audit.verify(session).head
    told = audit_files.verify(io.BytesIO(b"".join(audit.export(database, now))), head)
    assert (told.ok, told.head, told.kept_at) == (True, head, told.count)


def test_findings_and_figures_are_the_same_on_both(directory: Offices) -> None:
    for number, disclosure in enumerate(("proactive", "on-request", "withheld"), start=1):
        directory.published(title=f"泵站检查通报（第{number}期）", disclosure=disclosure)
    now, database = directory.clock.now(), directory.database
    for _ in range(2):  # what is known is found again
        made = keeping.conduct(database, directory.clock)
        assert made.counts == {"class-differs": 1}
    reviewer = Viewer(9, "wu", (Grant(Role.REVIEWER, WATER),))
    with database.writing() as session:
        found = following.listed(session, reviewer, agency=WATER)
        (finding,) = found.findings
        assert (found.total, found.agencies, len(finding.entries)) == (1, {WATER: 1}, 3)
        asked = following.follow(session, reviewer, finding.key, now)
        assert len(set(asked.values())) == 3
    with database.reading() as session:
        (finding,) = following.listed(session, reviewer).findings
        assert finding.askable == 0
        transparency.mark(session, now)
        told = transparency.published(session, now + timedelta(days=400))
        assert {(each.value, each.year, each.entries) for each in told.counts} == {
            ("proactive", 2009, 1),
            ("on-request", 2009, 1),
            ("withheld", 2009, 1),
        }
        assert [(each.agency, each.reviews) for each in told.late] == [(WATER, 1)]
        year = transparency.yearly(session, 2009, now)
        assert (year.newly, year.total) == (1, 1)


def test_corrections_and_likenesses_are_the_same_on_both(directory: Offices) -> None:
    number = "沪水务〔2008〕12号"
    made = directory.sent("1", title="泵站管理办法", document_number=number)
    twin = directory.published(title="泵站管理办法", document_number=number)
    view = directory.find(made.identifier, REGISTRAR)
    told = {**view.shown.descriptor.values, "title": "泵站管理办法（修订）"}
    with directory.database.writing() as session:
        asked = registration.revise(
            session, REGISTRAR, view.identifier, told, view.revision, directory.clock.now(),
            note="以原件为准",
        )  # fmt: skip
    directory.accept(asked)
    directory.sent("1", title="泵站办法", document_number=number)
    while identity.step(directory.database, directory.clock, "test", size=2):
        pass
    with directory.database.reading() as session:
        (kept,) = curations.listed(session, REGISTRAR, "conflict", AUTOMATIC).curations
        (pair,) = likenesses.listed(session, REVIEWER, size=1).pairs
        assert likenesses.listed(session, REVIEWER, "number").kinds == {"number": 1}
        assert likenesses.crowds(session, REVIEWER) == []
    assert (kept.sourced, kept.now, kept.value) == (
        *("泵站管理办法", "泵站办法", "泵站管理办法（修订）"),
    )
    assert (pair.one.identifier, pair.other.identifier) == (made.identifier, twin.identifier)
    with directory.database.writing() as session:
        names = (view.identifier, str(twin.identifier))
        now = directory.clock.now()
        deciding.declare_distinct(session, REVIEWER, *names, "编号录错", now)
    with directory.database.reading() as session:
        assert likenesses.listed(session, REVIEWER).pairs == ()
