"""What was shown, and lists of it page by page, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from catalog import agencies, exposure, listing
from catalog.exposure import Tier
from catalog.listing import Selection
from catalog.viewers import OPERATOR
from tests import exposed
from tests.offices import (
    HEALTH,
    WATER,
    Offices,
    database_of,
)

THEME = {"category": [{"scheme": "theme", "name": "水资源", "code": "ZCD00"}]}


@pytest.fixture(params=["sqlite", "postgres"])
def directory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Offices]:
    with database_of(request.param, tmp_path) as database:
        yield Offices(database).prepare()


def _listed(directory: Offices, chosen: Selection) -> list[str]:
    """A whole list, in pages of two."""
    found: list[str] = []
    after = 0
    while True:
        with directory.database.reading() as session:
            last = listing.head(session, Tier.PUBLIC)
            told = listing.page(session, Tier.PUBLIC, chosen, after, last, 2)
        if not told:
            return found
        found += [each.entry for each in told]
        after = told[-1].number


@pytest.mark.parametrize("few", [0, 4000])
def test_lists_are_the_same_on_either_database(
    directory: Offices, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(listing, "FEW", few)
    made = [str(directory.sent(f"k{n}", **(THEME if n % 2 else {})).identifier) for n in range(5)]
    directory.sent("k1", disclosure="withheld")
    began = directory.clock.now()
    directory.clock.advance(timedelta(seconds=30))
    directory.sent("k3", title="改了", **THEME)
    with directory.database.writing() as session:
        agencies.rename(session, OPERATOR, HEALTH, "卫生局", [], directory.clock.now())
    with directory.database.reading() as session:
        for tier in exposure.Tier:
            exposed.check(session, tier)
        one = listing.one(session, Tier.PUBLIC, made[1])
        assert listing.earliest(session, Tier.PUBLIC) == began
    assert one is not None
    assert (one.present, one.descriptor) == (False, None)
    later = began + timedelta(seconds=1)
    for chosen, expected in (
        (Selection(), made),
        (Selection(begin=later), made[3:4]),
        (Selection(end=began), [*made[:3], made[4]]),
        (Selection(agencies=(WATER,), kind="document"), made),
        (Selection(agencies=(HEALTH,)), []),
        (Selection(themed=True), [made[1], made[3]]),
        (Selection(themes=("ZCD00", "ZA000")), [made[1], made[3]]),
        (Selection(themes=("ZCD00",), begin=later), made[3:4]),
    ):
        assert _listed(directory, chosen) == expected, chosen
