"""OGC API Records: links lead as far as they may, and a chain of pages proves itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.faults import HarvestFault
from harvesters.fetched import Fetched, Job
from harvesters.fetching import ANYTHING, Answer
from harvesters.sources.ogc_records import OgcRecords
from standards.formats import ogc_record
from tests.catalogues import server_error

HOME = "https://records.example"
KEYS = [f"k{number:03d}" for number in range(1, 24)]


@dataclass
class Records:
    """A server with one collection; a flaw may replace any answer, seeing its address."""

    keys: list[str] = field(default_factory=lambda: list(KEYS))
    flaw: Callable[[str, range], bytes | HarvestFault | None] = lambda _address, _asked: None
    said: dict[str, Any] = field(default_factory=dict)

    def get(
        self, url: str, params: Mapping[str, str] | None = None, *, accept: str = ANYTHING
    ) -> Answer:
        """As a fetcher."""
        path, _, query = url.removeprefix(HOME).partition("?")
        asked = dict(each.split("=") for each in query.split("&") if each)
        start, limit = int(asked.get("offset", 0)), int(asked.get("limit", 10))
        answer = self.flaw(path, range(start, start + limit))
        if isinstance(answer, HarvestFault):
            raise answer
        found = {"/": self.landing, "/collections": self.collections}.get(path)
        body = answer or orjson.dumps(found() if found else self.items(start, limit))
        return Answer(url, body, "application/json")

    def landing(self) -> dict[str, Any]:
        return {"links": [{"rel": "data", "href": "/collections"}]}

    def collections(self) -> dict[str, Any]:
        links = [
            {"rel": "items", "type": "text/html", "href": "/items?f=html"},
            {"rel": "items", "type": "application/geo+json", "href": "items"},
        ]
        others = {"id": "other", "itemType": "feature", "links": links}
        return {"collections": [others, {"id": "ours", "itemType": "record", "links": links}]}

    def items(self, start: int, limit: int) -> dict[str, Any]:
        keys = self.keys[start : start + limit]
        after = start + limit
        links = [{"rel": "next", "href": f"/items?offset={after}&limit={limit}"}]
        return {
            "features": [{"id": key, "properties": {"title": key}} for key in keys],
            "links": links if after < len(self.keys) else [],
            "numberMatched": len(self.keys),
        } | self.said


def fetched(
    records: Records, location: str = HOME + "/", **options: Any
) -> tuple[list[Fetched], str]:
    """All records that come, and the rule of the fault that ends them."""
    found: list[Fetched] = []
    try:
        for page in OgcRecords().pages(Job(location, None, records, {"page": 5} | options)):
            found += page.records
    except HarvestFault as error:
        return found, error.problem.rule
    return found, ""


def good(found: list[Fetched]) -> list[str]:
    return [each.key for each in found if not each.problems]


@given(number=st.integers(0, 23), size=st.integers(1, 30))
def test_all_records_come_once_in_order(number: int, size: int) -> None:
    found, ended = fetched(Records(KEYS[:number]), page=size)
    assert (good(found), ended) == (KEYS[:number], "")


@pytest.mark.parametrize("location", ["/", "/collections", "/items", "/items?limit=3"])
def test_records_are_found_from_wherever_one_begins(location: str) -> None:
    assert fetched(Records(), HOME + location)[0][0].key == "k001"
    assert fetched(Records(), HOME + "/collections", collection="none")[1] == "ogc-no-items"


def linking(address: str) -> Records:
    return Records(said={"links": [{"rel": "next", "href": address}]})


@pytest.mark.parametrize(
    ("records", "ended"),
    [
        (linking("/items?limit=5"), "ogc-loop"),
        (linking("https://elsewhere.example/items?offset=5"), "ogc-elsewhere"),
        (linking("http://[broken"), "csw-ends-early"),
        (Records(said={"numberMatched": 99}), "csw-ends-early"),
        (Records(said={"numberMatched": None}), ""),
        (Records(said={"numberMatched": "many"}), ""),
        (Records(said={"numberMatched": 3}), ""),
        (Records(said={"features": {}}), "ogc-not-json"),
        (Records(flaw=lambda *_: b"<html><title>login</title>"), "ogc-not-json"),
        (Records(flaw=lambda *_: b"[1, 2]"), "ogc-not-json"),
    ],
)
def test_a_chain_of_pages_proves_itself(records: Records, ended: str) -> None:
    assert fetched(records)[1] == ended


def test_an_endless_chain_of_empty_pages_is_given_up() -> None:
    def flaw(path: str, asked: range) -> bytes | None:
        links = [{"rel": "next", "href": f"/items?offset={asked.stop}&limit=5"}]
        return orjson.dumps({"features": [], "links": links}) if path == "/items" else None

    assert fetched(Records(flaw=flaw)) == ([], "ogc-loop")


@given(poison=st.sets(st.integers(5, 22), max_size=3))
def test_poisoned_records_are_left_out_and_told_by_their_position(poison: set[int]) -> None:
    def flaw(path: str, asked: range) -> HarvestFault | None:
        return server_error() if path == "/items" and poison & set(asked) else None

    found, ended = fetched(Records(flaw=flaw))
    assert good(found) == [key for at, key in enumerate(KEYS) if at not in poison]
    assert {each.place for each in found if each.problems} == {f"items[{at + 1}]" for at in poison}
    assert ended == ("csw-left-out" if poison else "")


def test_odd_features_are_kept_with_their_reason() -> None:
    deep: Any = "x"
    for _ in range(50):
        deep = [deep]
    features = [7, {"properties": {"title": "无编号"}}, {"id": "a", "properties": {"title": deep}}]
    body = orjson.dumps({"features": [*features, {"id": "b", "properties": {"title": "乙"}}]})
    body = body.replace("乙".encode(), b"\xe4\xb9")
    found, ended = fetched(Records(flaw=lambda path, _: body if path == "/items" else None))
    told = [[each.rule for each in one.problems] for one in found]
    assert told == [["ogc-no-feature"], ["identifier-missing"], ["record-fault"], ["undecodable"]]
    assert ended == ""


RING = [[121.4, 31.2], [121.5, 31.2], [121.5, 31.3], [121.4, 31.3], [121.4, 31.2]]
BOX = {"west": "121.4", "south": "31.2", "east": "121.5", "north": "31.3"}


@pytest.mark.parametrize(
    ("shape", "place"),
    [
        ({"bbox": [121.4, 31.2, 121.5, 31.3]}, BOX),
        ({"bbox": [121.4, 31.2, 0, 121.5, 31.3, 99]}, BOX),
        ({"bbox": [1, 2, 3], "geometry": {"type": "Polygon", "coordinates": [RING]}}, BOX),
        (
            {
                "geometry": {
                    "geometries": [{"coordinates": [121.4, 31.2]}, {"coordinates": [[121.5, 31.3]]}]
                }
            },
            BOX,
        ),
        ({"geometry": None}, None),
        ({"geometry": {"coordinates": ["a", None, [[]]]}}, None),
    ],
)
def test_boxes_have_many_shapes(shape: Mapping[str, Any], place: Mapping[str, str] | None) -> None:
    assert ogc_record.read({"id": "a", **shape}).raw.get("place") == place


def test_a_record_is_read_to_its_last_property() -> None:
    feature = {
        "id": "a",
        "time": {"interval": ["2008-01-01", ".."]},
        "properties": {
            "type": "dataset",
            "title": "泵站",
            "description": "位置",
            "keywords": ["雨水", "泵站"],
            "themes": [{"concepts": [{"id": "inlandWaters"}], "scheme": "ISO TopicCategory"}],
            "created": "2009-03-18T08:00:00Z",
            "updated": "2010",
            "contacts": [
                {"name": "张三", "roles": ["author"]},
                {"organization": "水务局", "roles": ["publisher"]},
            ],
            "formats": [{"name": "CSV", "mediaType": "text/csv"}],
            "license": "CC-BY-4.0",
            "language": {"code": "zh"},
        },
        "links": [
            {"rel": "item", "href": "data.csv"},
            {"rel": "self", "href": "https://records.example/a"},
            {"rel": "service", "protocol": "OGC:WMS-1.3.0", "href": "https://maps.example/wms"},
        ],
    }
    parsed = ogc_record.read(feature, base="https://records.example/items/")
    assert parsed.places["keywords.keyword[1]"] == "/properties/keywords/1"
    assert parsed.places["provider.name"] == "/properties/contacts/1/organization"
    assert parsed.raw == {
        "title": "泵站",
        "issued": "2009-03-18T08:00:00Z",
        "abstract": "位置",
        "provider": "水务局",
        "keywords": {"keyword": ["雨水", "泵站"]},
        "category": {"scheme": "iso-topic", "name": "inlandWaters", "code": "inlandWaters"},
        "format": "CSV",
        "openness": {"open": "true", "condition": "CC-BY-4.0"},
        "online": "https://records.example/items/data.csv",
        "service": {"url": "https://maps.example/wms", "type": "OGC:WMS"},
        "language": "zh",
        "period": "2008-01-01",
        "metadata_updated": "2010",
    }
