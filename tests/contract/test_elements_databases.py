"""One authoritative source on both databases, whoever decides at the same time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from catalog.elements import claims, duplication, linking
from catalog.errors import Conflict
from catalog.tables import Claim
from catalog.viewers import OPERATOR, PUBLIC
from tests.elements import BY_HEALTH, BY_WATER, NUMBER, claim, decide, holding
from tests.offices import (
    ANOTHER,
    HEALTH,
    REVIEWER,
    WATER,
    Offices,
    database_of,
)


@pytest.fixture(params=["sqlite", "postgres"])
def offices(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Offices]:
    with database_of(request.param, tmp_path) as database:
        yield Offices(database).prepare()


def test_two_who_decide_at_once_make_one_source(offices: Offices) -> None:
    mine, theirs = (holding(offices, each, "公民身份号码") for each in (WATER, HEALTH))
    for turn in range(5):
        numbers = (claim(offices, BY_WATER, mine, "310000"), claim(offices, BY_HEALTH, theirs))
        refused: list[int] = []
        start = threading.Barrier(2)

        def accept(number: int, who: int, start: threading.Barrier = start,
                   refused: list[int] = refused) -> None:  # fmt: skip
            start.wait()
            try:
                decide(offices, number, by=(REVIEWER, ANOTHER)[who])
            except Conflict:
                refused.append(number)

        threads = [
            threading.Thread(target=accept, args=(number, who))
            for who, number in enumerate(numbers)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with offices.database.reading() as session:
            (standing,) = claims.standing(session, PUBLIC, NUMBER)
        assert {standing.number, *refused} == set(numbers), turn
        with offices.database.writing() as session:
            claims.end(session, REVIEWER, standing.number, "重来", offices.clock.now())
            claims.decide(session, REVIEWER, refused[0], False, "重来", offices.clock.now())


def test_the_database_itself_keeps_two_sources_of_one_scope_apart(offices: Offices) -> None:
    mine, theirs = (holding(offices, each, "公民身份号码") for each in (WATER, HEALTH))
    for who, entry in ((BY_WATER, mine), (BY_HEALTH, theirs)):
        claim(offices, who, entry, "310000")
    with pytest.raises(IntegrityError), offices.database.writing() as session:
        session.execute(update(Claim).values(state=claims.ACCEPTED))


def test_links_and_the_report_are_the_same_on_both(offices: Offices) -> None:
    for agency in (WATER, HEALTH):
        holding(offices, agency, "公民身份号码", "姓名")
    with offices.database.reading() as session:
        found = linking.of_element(session, PUBLIC, NUMBER)
        report = duplication.report(session, OPERATOR)
    assert [(each.agency.code, each.entries) for each in found] == [(WATER, 1), (HEALTH, 1)]
    assert [each.element.code for each in report] == ["RK001", "RK002"]
