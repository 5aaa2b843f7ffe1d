"""An entry's address: every format by Accept or suffix, what is gone, and what is not for you."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog import review
from catalog.viewers import OPERATOR
from standards.formats import FORMATS
from tests.websites import Website, furnish, website


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    with website(tmp_path_factory.mktemp("negotiation")) as made:
        yield made


@pytest.fixture(scope="module")
def ids(site: Website) -> dict[str, str]:
    return furnish(site)


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_every_format_by_accept_and_by_suffix(site: Website, ids: dict[str, str], each) -> None:
    path = f"/entries/{ids['served']}"
    asked = site.get(path, Accept=each.media_type)
    named = site.get(f"{path}.{each.suffix}")
    assert asked.status_code == named.status_code == 200
    assert asked.data == named.data
    assert asked.mimetype == named.mimetype == each.media_type
    assert "Accept" in asked.headers["Vary"]
    again = site.get(path, Accept=each.media_type, If_None_Match=asked.headers["ETag"])
    assert again.status_code == 304
    assert not again.data


@pytest.mark.parametrize("accept", ["", "*/*", "text/html,application/xml;q=0.9,*/*;q=0.8"])
def test_people_get_the_page(site: Website, ids: dict[str, str], accept: str) -> None:
    answered = site.get(f"/entries/{ids['served']}", Accept=accept)
    assert answered.mimetype == "text/html"
    assert "上海市防汛防台应急预案" in answered.get_data(as_text=True)
    assert 'rel="alternate"' in answered.headers["Link"]


def test_what_is_not_offered_is_told(site: Website, ids: dict[str, str]) -> None:
    answered = site.get(f"/entries/{ids['served']}", Accept="image/png")
    assert answered.status_code == 406
    assert answered.json
    assert "text/turtle" in answered.json["offered"]
    assert site.get(f"/entries/{ids['served']}.zip").status_code == 404


def test_a_withdrawn_entry_says_when_and_why(site: Website, ids: dict[str, str]) -> None:
    for path in (f"/entries/{ids['withdrawn']}", f"/api/v1/entries/{ids['withdrawn']}"):
        answered = site.get(path, Accept="application/json")
        assert answered.status_code == 410
        assert answered.json
        assert answered.json["since"] == "2009-03-18"
        assert answered.json["reason"] == "重复登记"


@pytest.mark.parametrize("name", ["withheld", "submitted"])
def test_what_is_not_for_the_public_is_not_there(
    site: Website, ids: dict[str, str], name: str
) -> None:
    for suffix in ("", ".json", ".ttl", ".xml"):
        hidden = site.get(f"/entries/{ids[name]}{suffix}", Accept="application/json")
        unknown = site.get(f"/entries/310A7-999999{suffix}", Accept="application/json")
        assert hidden.status_code == unknown.status_code == 404
        assert hidden.json == unknown.json
    assert site.get(f"/entries/{ids[name]}.json", role="reviewer").status_code == 200


def test_a_merged_entry_leads_to_the_other(tmp_path: Path) -> None:
    with website(tmp_path) as site:
        first, second = site.offices.published(title="甲"), site.offices.published(title="乙")
        assert first.identifier
        assert second.identifier
        with site.parts.database.writing() as db:
            review.merge(
                db, OPERATOR, first.identifier, second.identifier, first.revision, "重复",
                site.parts.clock.now(),
            )  # fmt: skip
        answered = site.get(f"/entries/{first.identifier}.ttl")
        assert answered.status_code == 301
        assert answered.headers["Location"] == f"/entries/{second.identifier}.ttl"
        answered = site.get(f"/api/v1/entries/{first.identifier}")
        assert answered.headers["Location"] == f"/api/v1/entries/{second.identifier}"
