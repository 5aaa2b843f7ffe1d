"""Requests for access on both databases: numbers under contention, steps, deletion, figures."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog import audit
from catalog.access import answering, asking, figures, keeping, reading
from catalog.access.answering import Answer
from catalog.access.applicants import Person
from catalog.access.asking import Asking
from catalog.access.reading import Filters
from catalog.access.sealing import Sealer
from catalog.viewers import PUBLIC
from tests.offices import REVIEWER, Offices, database_of

SEALER = Sealer(["k" * 32])
ASKED = Asking(
    "泵站的位置",
    form="email",
    receiving="email",
    person=Person("欧阳拾遗", "passport", "E00000000", email="a@example.cn"),
)


@pytest.fixture(params=["sqlite", "postgres"])
def directory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Offices]:
    with database_of(request.param, tmp_path) as database:
        offices = Offices(database).prepare()
        offices.clock.moment = datetime(2026, 3, 2, 1, tzinfo=UTC)
        yield offices


def test_many_who_ask_at_once_get_numbers_without_gaps(directory: Offices) -> None:
    entry = directory.published(disclosure="on-request").identifier or ""
    now = directory.clock.now()
    numbers: list[str] = []

    def ask() -> None:
        for _ in range(5):
            with directory.database.writing() as session:
                receipt = asking.ask(session, PUBLIC, entry, ASKED, SEALER, now)
            numbers.append(receipt.number)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [f"YS2026-{serial:06d}" for serial in range(1, 21)]


def test_a_request_goes_its_way(directory: Offices) -> None:
    entry = directory.published(disclosure="on-request").identifier or ""
    now = directory.clock.now()
    with directory.database.writing() as session:
        number = asking.ask(session, PUBLIC, entry, ASKED, SEALER, now).number
    with directory.database.writing() as session:
        answering.answer(session, REVIEWER, number, Answer("not-held", "没有"), 1, now)
    later = now + timedelta(days=2)
    with directory.database.writing() as session:
        assert keeping.purge(session, later) == 1
        assert keeping.purge(session, later) == 0
    with directory.database.reading() as session:
        steps = [each.action for each in reading.steps(session, number, entry)]
        found = reading.queue(session, REVIEWER, Filters(every=True), later)
        told = figures.yearly(session, 2026, later)
        assert audit.verify(session).ok
    assert steps == ["access asked", "access answered", "applicant deleted"]
    assert [each.number for each in found.requests] == [number]
    assert (told.received, told.outcomes) == (1, {"not-held": 1})
