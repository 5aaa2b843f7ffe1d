"""A directory that was filled before there were requests and decisions: what waited is a request
afterwards, what was served is decided on record, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, insert

from catalog import exposure, versions
from catalog.clock import FixedClock
from catalog.curation import reading as curations
from catalog.database import Database
from catalog.errors import Forbidden
from catalog.registration import Outcome, Proposal, SourceKey
from catalog.requests import decisions, reading, sweeping
from catalog.requests.decisions import DecisionView
from catalog.requests.model import RequestView
from catalog.versions import Authorship
from catalog.viewers import OPERATOR
from standards.descriptor import Descriptor
from standards.profile import Level
from tests import exposed
from tests.offices import (
    COLLEAGUE,
    REGISTRAR,
    REVIEWER,
    WATER,
    Offices,
    database_of,
    values,
)

SERVED_AT = datetime(2009, 3, 1, 20, 0, tzinfo=UTC)
"""In Shanghai it was the 2nd of March already."""
LATER = SERVED_AT + timedelta(days=3)


@pytest.fixture(params=["sqlite", "postgres"])
def directory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Offices]:
    """Filled at revision 0002 with an entry in each state, then brought to the newest form."""
    with database_of(request.param, tmp_path) as database:
        with database.connect() as connection:
            _migrated(connection, "0002")
            _filled(connection)
            connection.commit()
        database.migrate()
        yield Offices(database, FixedClock(LATER))


def _migrated(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(resources.files("catalog") / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _filled(connection: Connection) -> None:
    tables = MetaData()
    tables.reflect(connection)

    def put(table: str, *rows: dict[str, Any]) -> None:
        connection.execute(insert(tables.tables[table]), list(rows))

    agency = {"code": WATER, "name": "水务局", "short_names": [], "credit_code": "", "division": ""}
    put("agencies", {**agency, "parent": None, "serial": 9, "created": SERVED_AT})
    put("agencies_above", {"agency": WATER, "above": WATER, "distance": 0})
    entries = [
        _entry(1, "draft", None, 1),
        _entry(2, "submitted", None, 1),
        _entry(3, "returned", None, 1),
        _entry(4, "published", 1, None),
        _entry(5, "submitted", 1, 2),
        _entry(6, "withdrawn", None, None),
        _entry(7, "published", 1, None),
        _entry(8, "withdrawn", None, None),
    ]
    put("entries", *entries)
    source = {"name": "water", "agency": WATER, "settings": {"acceptance": "automatic"}}
    put("sources", {**source, "mapping": None, "created": SERVED_AT, "updated": SERVED_AT})
    closed = values("第9号", "withheld")["disclosure"]
    put(
        "entries",
        {**_entry(9, "published", 2, None), "source": "water", "curated": {"disclosure": closed}},
    )
    record = {"source": "water", "key": "9", "entry": _name(9), "digest": "", "seen": 0}
    put("source_records", record)
    put(
        "versions",
        *(_version(number, 1, "proactive") for number in (1, 2, 3, 5, 6, 8)),
        _version(4, 1, "withheld", {"attribute": "not-shared", "ground": "《统计法》第九条"}),
        _version(5, 2, "on-request"),
        _version(7, 1, "undetermined"),
        _version(9, 1, "proactive"),
        _version(9, 2, "withheld"),
    )

    grave = {"by": REGISTRAR.name, "reason": "重复", "merged_into": None, "by_source": False}
    left = {"at": LATER + timedelta(seconds=1.5), **grave}
    put(
        "tombstones",
        {"entry": _name(6), "audience": "agency", "last": None, **left},
        {"entry": _name(8), "audience": "public", "last": 1, **left},
    )


def _entry(number: int, state: str, served: int | None, pending: int | None) -> dict[str, Any]:
    return {
        "identifier": _name(number),
        "agency": WATER,
        "kind": "document",
        "state": state,
        "revision": 3,
        "served": served,
        "pending": pending,
        "changed": number,
        "curated": None,
        "remark": "请补充" if state == "returned" else "",
        "source": None,
        "created": SERVED_AT,
        "updated": LATER,
        "served_at": SERVED_AT if served else None,
        "submitted_at": LATER if state == "submitted" else None,
    }


def _version(entry: int, number: int, disclosure: str, sharing: Any = None) -> dict[str, Any]:
    more = {"sharing": sharing} if sharing else {}
    more["category"] = [{"scheme": "theme", "name": "水资源", "code": "ZCD00"}]
    told = Descriptor("document", values(f"第{entry}号", disclosure, **more))
    by = Authorship(REGISTRAR.name, SERVED_AT, Level.MINIMAL)
    return versions.row(_name(entry), number, versions.completed(told, _name(entry), {}), by)


def _name(number: int) -> str:
    return f"{WATER}-{number:06}"


def _requests(database: Database, number: int) -> list[RequestView]:
    with database.reading() as session:
        return reading.of_entry(session, OPERATOR, _name(number))


def _decisions(database: Database, number: int) -> list[DecisionView]:
    with database.reading() as session:
        return decisions.of_entry(session, _name(number))


def test_what_waited_is_a_request(directory: Offices) -> None:
    found = {number: _requests(directory.database, number) for number in range(1, 8)}
    assert {number: len(each) for number, each in found.items()} == {
        1: 1,
        2: 1,
        3: 1,
        5: 1,
        4: 0,
        6: 0,
        7: 0,
    }
    told = {n: (each[0].purpose, each[0].state) for n, each in found.items() if each}
    assert told == {
        1: ("file", "draft"),
        2: ("file", "submitted"),
        3: ("file", "returned"),
        5: ("modify", "submitted"),
    }
    (modify,), (draft,), (returned,) = found[5], found[1], found[3]
    assert (modify.version, modify.base, modify.proposed_by) == (2, 1, REGISTRAR.name)
    assert (modify.steps, modify.submitted_at, modify.updated) == (("agency",), LATER, LATER)
    assert draft.submitted_at is None
    assert returned.reason == "请补充"


def test_what_was_served_is_decided_on_record(directory: Offices) -> None:
    sharing, disclosure = sorted(_decisions(directory.database, 4), key=lambda each: each.number)
    assert (disclosure.axis, disclosure.value, disclosure.ground) == (
        *("disclosure", "withheld", "internal-affairs"),
    )
    assert (sharing.axis, sharing.value, sharing.ground) == (
        *("sharing", "not-shared", "《统计法》第九条"),
    )
    assert (disclosure.decided_at, disclosure.proposed_by) == (SERVED_AT, REGISTRAR.name)
    assert (disclosure.valid_from, disclosure.review_by) == ("2009-03-02", "2010-03-02")
    assert (sharing.valid_from, sharing.review_by) == ("2009-03-02", "")
    assert [each.value for each in _decisions(directory.database, 5)] == ["proactive"]
    for number in (1, 2, 3, 6, 7):
        assert _decisions(directory.database, number) == []


def test_what_was_shown_is_known(directory: Offices) -> None:
    """Of what never was served, and of what nobody but its agency sees, there is no trace."""
    with directory.database.reading() as session:
        rows = {tier: exposed.rows(session, tier) for tier in exposure.Tier}
    shown = [
        (row.entry, row.number, row.turn, row.present, row.version, row.at)
        for row in rows["public"]
    ]
    assert shown == [
        (_name(5), 1, 1, True, 1, SERVED_AT),
        (_name(8), 2, 2, False, 1, LATER + timedelta(seconds=1)),
    ]
    assert {row.themes for row in rows["public"]} == {"ZCD00"}
    assert [row.entry for row in rows["agencies"]] == [_name(5), _name(8)]
    directory.published()
    with directory.database.reading() as session:
        exposed.check(session, exposure.Tier.PUBLIC)


def test_what_a_reviewer_set_in_a_harvested_entry_stands_over_its_source(
    directory: Offices,
) -> None:
    with directory.database.reading() as session:
        (kept,) = curations.of_entry(session, OPERATOR, _name(9))
    assert (kept.path, kept.mode, kept.state) == ("disclosure", "set", "standing")
    assert (kept.sourced, kept.now) == ({"attribute": "proactive"}, {"attribute": "proactive"})
    assert kept.value == values("第9号", "withheld")["disclosure"]
    sent = Proposal(
        "document", values("改了题目"), WATER, source=SourceKey("water", "9"), accept=True
    )
    assert directory.register(sent)[0].identifier == _name(9)
    served = directory.find(_name(9), REVIEWER).shown.descriptor
    assert (served.get("title"), served.get("disclosure.attribute")) == ("改了题目", "withheld")


def test_what_waited_goes_on(directory: Offices) -> None:
    waiting = Outcome(_name(5), 3, "submitted", False, True)
    with pytest.raises(Forbidden):
        directory.accept(waiting, actor=REGISTRAR)
    assert directory.accept(waiting).state == "published"
    new, old = _decisions(directory.database, 5)
    assert (new.value, new.supersedes, new.decided_by) == (
        *("on-request", old.number, REVIEWER.name),
    )
    assert directory.submit(Outcome(_name(1), 3, "draft", False, True), COLLEAGUE).request == 1
    directory.clock.advance(timedelta(days=120))
    with directory.database.writing() as session:
        sweeping.sweep(session, directory.clock.now())
    assert _requests(directory.database, 3)[0].state == "expired"
    assert _requests(directory.database, 2)[0].state == "submitted"
