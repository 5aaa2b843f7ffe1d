"""What each tier was shown: numbers that stay, turns that go on, nothing of what was never seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from catalog import agencies
from catalog.exposure import Tier
from catalog.viewers import OPERATOR
from tests import exposed
from tests.offices import WATER, Offices, sqlite_offices

TO_AGENCIES = {"attribute": "unconditional"}


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Offices]:
    with sqlite_offices(tmp_path) as offices:
        yield offices


def _rows(offices: Offices, tier: Tier) -> dict[str, Any]:
    with offices.database.reading() as session:
        exposed.check(session, tier)
        return {row.entry: row for row in exposed.rows(session, tier)}


def test_each_tier_counts_what_it_sees_alone(offices: Offices) -> None:
    offices.published(disclosure="withheld")
    agencies_only = offices.published(disclosure="withheld", sharing=TO_AGENCIES).identifier
    offices.submitted()
    everybody = offices.published().identifier
    assert [*_rows(offices, Tier.PUBLIC)] == [everybody]
    assert [*_rows(offices, Tier.AGENCIES)] == [agencies_only, everybody]


def test_what_is_hidden_and_shown_again_keeps_its_number(offices: Offices) -> None:
    first, second = offices.sent("a"), offices.sent("b")
    offices.sent("a", disclosure="withheld")
    told = _rows(offices, Tier.PUBLIC)[str(first.identifier)]
    assert (told.number, told.turn, told.present, told.version) == (1, 3, False, 1)
    offices.sent("a", title="又公开了")
    told = _rows(offices, Tier.PUBLIC)[str(first.identifier)]
    assert (told.number, told.turn, told.present, told.version) == (1, 4, True, 3)
    other = offices.withdraw(offices.published())
    rows = _rows(offices, Tier.PUBLIC)
    assert not rows[str(other.identifier)].present
    assert rows[str(second.identifier)].turn == 2


def test_a_proposal_moves_nothing(offices: Offices) -> None:
    served = offices.published()
    before = _rows(offices, Tier.PUBLIC)[str(served.identifier)]
    proposed = offices.revise(served, title="改过的题名")
    assert _rows(offices, Tier.PUBLIC)[str(served.identifier)].turn == before.turn
    offices.accept(proposed)
    assert _rows(offices, Tier.PUBLIC)[str(served.identifier)].turn == before.turn + 1


def test_other_classes_are_told_at_once(offices: Offices) -> None:
    for codes in (["ZCD00"], ["ZCD00", "ZA000"], ["ZA000"]):
        rows = [{"scheme": "theme", "name": code, "code": code} for code in codes]
        sent = offices.sent("a", category=rows)
        assert _rows(offices, Tier.PUBLIC)[str(sent.identifier)].themes == " ".join(codes)


def test_times_never_go_back(offices: Offices) -> None:
    began = offices.clock.now()

    def at(step: timedelta) -> datetime:
        offices.clock.moment = began + step
        made = offices.published()
        return _rows(offices, Tier.PUBLIC)[str(made.identifier)].at

    assert at(timedelta(seconds=5.7)) == began + timedelta(seconds=5)
    assert at(timedelta(seconds=2)) == began + timedelta(seconds=5)
    assert at(timedelta(hours=2)) == began + timedelta(hours=2)


def test_a_new_name_of_an_agency_gives_a_turn(offices: Offices) -> None:
    gone, there = offices.withdraw(offices.published()), offices.published()
    with offices.database.writing() as session:
        agencies.rename(session, OPERATOR, WATER, "水利局", [], offices.clock.now())
    rows = _rows(offices, Tier.PUBLIC)
    assert (rows[str(gone.identifier)].turn, rows[str(there.identifier)].turn) == (2, 4)
