"""CKAN's action API: pages that lie, shift, fail and repeat; what packages become."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import entries
from catalog.viewers import PUBLIC
from harvesters.faults import HarvestFault
from harvesters.fetched import Job, Page
from harvesters.fetching import Answer, FakeFetcher
from harvesters.plan import Action
from harvesters.report import Report
from harvesters.sources.ckan import Ckan
from standards.summary import summarize
from tests.ckan import SITE, Portal, package
from tests.harvesting import Directory, counts, rules


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    return Directory.made(tmp_path)


def portal(number: int, **more: Any) -> Portal:
    return Portal([package(at) for at in range(number)], **more)


def harvest(directory: Directory, server: Portal, **options: Any) -> Report:
    if not directory.living("门户") and not server.asked:
        directory.source("门户", "ckan", SITE, options={"rows": 10, **options})
    return directory.harvest("门户", server)


def test_a_package_becomes_an_entry_with_what_a_user_looks_for(directory: Directory) -> None:
    box = '{"type": "Polygon", "coordinates": [[[121.1, 31.0], [121.9, 31.0], [121.9, 31.5]]]}'
    one = package(
        1,
        title_translated={"en": "Pumping stations", "zh": "泵站名录"},
        notes="<p>泵站 &amp; 水位</p>",
        license_title="Creative Commons Attribution",
        extras=[
            {"key": "spatial", "value": box},
            {"key": "frequency", "value": "R/P1M"},
            {"key": "temporal_start", "value": "2024-01-01T00:00:00"},
        ],
        resources=[
            {"format": "CSV", "url": "http://files.example/a b.csv"},
            {"format": "WFS", "url": "http://maps.example/wfs"},
        ],
    )
    assert counts(harvest(directory, Portal([one]))) == {"created": 1}
    (identifier,) = directory.served()
    with directory.database.reading() as session:
        view = entries.find(session, PUBLIC, identifier)
    assert view.served is not None
    values, card = view.served.descriptor.values, summarize(view.served.descriptor)
    assert card.title == "泵站名录"
    assert card.abstract == "泵站 & 水位"
    assert card.issued == "2025-12-01"
    assert values["provider"] == [{"name": "上海市水务局"}]
    assert values["format"]["type"] == ["csv", "ogc"]
    assert values["service"] == {"url": "http://maps.example/wfs", "type": "wfs"}
    assert values["openness"] == {"open": True, "condition": "Creative Commons Attribution"}
    assert values["update_cycle"] == "P1M"
    assert values["period"] == {"begin": "2024-01-01"}
    assert (card.box.west, card.box.north) == (121.1, 31.5) if card.box else False
    assert f"{SITE}/dataset/set-1" in card.links
    assert "http://files.example/a%20b.csv" in card.links


@pytest.mark.parametrize(
    "server",
    [
        portal(25),
        portal(25, cap=3),
        portal(25, cap=1),
        portal(25, count=7),
        portal(25, count=99, listed=[f"set-{at}" for at in range(25)]),
        portal(25, search=False),
    ],
    ids=["as it should", "rows capped", "one row a page", "count low", "count high", "no search"],
)
def test_every_package_comes_once_and_deletions_can_be_trusted(
    directory: Directory, server: Portal
) -> None:
    first = harvest(directory, server)
    assert first.complete
    assert counts(first) == {"created": 25}
    assert counts(harvest(directory, server)) == {"unchanged": 25}
    del server.packages[3]
    server.listed = None if server.listed is None else server.listed[1:]
    assert counts(harvest(directory, server)) == {"unchanged": 24, "deleted": 1}


def test_more_announced_than_came_proves_nothing(directory: Directory) -> None:
    server = portal(25)
    harvest(directory, server)
    del server.packages[20:]
    server.count, server.listed = 25, [f"set-{at}" for at in range(25)]
    report = harvest(directory, server)
    assert not report.complete
    assert "ckan-count-differs" in rules(report)
    assert directory.living("门户") == 25


def test_a_list_that_shifts_loses_nothing(directory: Directory) -> None:
    server = portal(40)
    searches = []

    def shift(held: Portal) -> None:
        searches.append(1)
        if len(searches) == 3:
            del held.packages[:4]

    server.before = shift
    report = harvest(directory, server)
    assert counts(report) == {"created": 40}
    assert "ckan-pages-shift" in rules(report)
    assert report.complete


def test_of_a_page_that_fails_only_the_poisonous_package_is_left_out(directory: Directory) -> None:
    server = portal(25, poison=frozenset({package(13)["id"]}))
    report = harvest(directory, server)
    assert counts(report) == {"created": 24, "rejected": 1}
    (lost,) = [line for line in report.lines() if line.action is Action.REJECTED]
    assert lost.place == "package_search?rows=1&start=13"
    assert {each.rule for each in lost.problems} == {"ckan-poison"}
    assert not report.complete


def test_where_packages_are_read_one_by_one_a_failing_one_is_named(directory: Directory) -> None:
    server = portal(5, search=False, poison=frozenset({package(2)["id"]}))
    report = harvest(directory, server)
    assert counts(report) == {"created": 4, "rejected": 1}
    assert {"ckan-search-missing", "ckan-poison", "run-incomplete"} <= rules(report)


def test_the_same_page_for_ever_is_seen(directory: Directory) -> None:
    report = harvest(directory, portal(25, ignores_start=True))
    assert counts(report) == {"created": 10}
    assert "ckan-pages-repeat" in rules(report)


def test_what_is_deleted_private_or_a_draft_is_not_taken_and_goes(directory: Directory) -> None:
    server = portal(60)
    server.packages[0]["private"] = True
    report = harvest(directory, server)
    assert counts(report) == {"created": 59, "unchanged": 1}
    assert "ckan-not-public" in rules(report)
    server.packages[1]["state"], server.packages[2]["state"] = "deleted", "Draft"
    assert counts(harvest(directory, server)) == {"unchanged": 58, "deleted": 2}
    assert directory.living("门户") == 57


def test_only_what_changed_is_asked_for_where_that_is_wished(directory: Directory) -> None:
    server = portal(30)
    harvest(directory, server, incremental="always", fq="organization:water")
    server.packages[7] |= {"title": "雨水泵站", "metadata_modified": "2026-03-01T00:00:00"}
    server.asked.clear()
    assert counts(directory.harvest("门户", server)) == {"unchanged": 1, "updated": 1}
    filters = "organization:water AND metadata_modified:[2026-01-01T00:00:29Z TO *]"
    assert server.asked[0][1]["fq"] == filters
    assert directory.living("门户") == 30


@dataclass
class Killed(FakeFetcher):
    """A portal that is gone after so many questions."""

    server: Portal | None = None
    left: int = 0

    def get(self, url: str, params: Any = None, **_: Any) -> Answer:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        assert self.server is not None
        return self.server.get(url, params)


@pytest.mark.parametrize("search", [True, False])
def test_a_killed_harvest_goes_on_where_it_stopped(directory: Directory, search: bool) -> None:
    server = portal(120, search=search)
    directory.source("门户", "ckan", SITE, options={"rows": 25})
    with pytest.raises(KeyboardInterrupt):
        directory.harvest("门户", Killed({}, server=server, left=3 if search else 80))
    directory.clock.advance(timedelta(hours=1))
    assert counts(directory.harvest("门户", server)) == {"created": 120}


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"<html><body>maintenance</body></html>", "json-not"),
        (b"", "json-not"),
        (b'{"success": false, "error": {"message": "Access denied"}}', "ckan-refused"),
        (b'{"success": true, "result": {"count": 3', "ckan-refused"),
    ],
)
def test_an_answer_that_is_none_is_told_in_words(
    directory: Directory, body: bytes, rule: str
) -> None:
    name = directory.source("门户", "ckan", SITE, options={"rows": 1})

    class Same(FakeFetcher):
        def get(self, url: str, params: Any = None, **_: Any) -> Answer:
            return Answer(url, body)

    report = directory.harvest(name, Same({}))
    assert report.state == "failed"
    assert rule in rules(report) or {"ckan-poison-many"} <= rules(report)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
FIELDS = (
    *("id", "name", "title", "notes", "tags", "extras", "resources", "organization", "url"),
    *("state", "title_translated", "groups", "metadata_modified", "license_title", "private"),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(JSON | st.dictionaries(st.sampled_from(FIELDS), JSON), max_size=4), JSON)
def test_any_json_gives_records_or_a_fault_in_words(packages: list[Any], odd: Any) -> None:
    server = Portal(packages, count=odd if isinstance(odd, int) else None, listed=[])
    pages: list[Page] = []
    with contextlib.suppress(HarvestFault):
        pages.extend(Ckan().pages(Job(SITE, None, server)))
    records = [record for page in pages for record in page.records]
    assert all(f"{record.key}{record.raw}".encode() for record in records)
    assert len(records) <= len(packages)
