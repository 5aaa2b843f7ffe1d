"""What the API tells: search, locating, the standard, the directory's state; read by the public."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from tests.offices import WATER
from tests.websites import Website, furnish, website

ANSWER = {"total", "took_ms", "entries", "facets", "next", "relaxed", "corrected", "understood"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    with website(tmp_path_factory.mktemp("reading")) as made:
        yield made


@pytest.fixture(scope="module")
def ids(site: Website) -> dict[str, str]:
    return furnish(site)


def test_the_search_answer_is_as_the_design_says(site: Website, ids: dict[str, str]) -> None:
    answered = site.get("/api/v1/search?q=防汛").get_json()
    assert set(answered) == ANSWER
    assert answered["total"] == 1
    entry = answered["entries"][0]
    assert set(entry) == {
        "identifier", "kind", "title", "abstract", "agency", "disclosure", "sharing", "issued",
        "updated", "endpoint", "highlight", "url",
    }  # fmt: skip
    assert entry["agency"] == {"code": WATER, "name": "上海市水务局"}
    assert entry["url"] == f"/entries/{ids['served']}"
    assert "<mark>" in entry["highlight"]["title"]
    agency = answered["facets"]["agency"]
    assert {"value": WATER, "label": "上海市水务局", "count": 1} in agency
    assert answered["facets"]["topic"][0]["label"] != answered["facets"]["topic"][0]["value"]


def test_only_what_is_asked_for_is_counted(site: Website, ids: dict[str, str]) -> None:
    counted = site.get("/api/v1/search?q=防汛&facets=kind,validity").get_json()["facets"]
    assert list(counted) == ["kind", "validity"]
    assert site.get("/api/v1/search?q=防汛&facets=").get_json()["facets"] == {}


def test_an_endpoint_is_told(site: Website, ids: dict[str, str]) -> None:
    (entry,) = site.get("/api/v1/search?kind=non-document").get_json()["entries"]
    assert entry["endpoint"]["url"] == "https://example.gov.cn/pumps"


@pytest.mark.parametrize("typed", ["沪水务〔2008〕12号", "沪水务(2008)12号", "沪水务[2008]12号"])
def test_numbers_in_any_spelling(site: Website, ids: dict[str, str], typed: str) -> None:
    found = site.client.get("/api/v1/search", query_string={"q": typed}).get_json()
    assert found["entries"][0]["identifier"] == ids["served"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("size=0", "size"),
        ("size=99999999999999999999", "size"),
        ("size=١", "size"),
        ("sort=best", "sort"),
        ("facets=key", "facets"),
        ("q=a&q=b", "q"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=nan,0,1,1", "bbox"),
        ("issued_from=2009-13", "issued_from"),
        ("cursor=forged", "cursor"),
        ("q=" + "长" * 501, "q"),
        ("&".join(f"agency={n}" for n in range(60)), "agency"),
    ],
)
def test_a_wrong_parameter_is_named(site: Website, query: str, field: str) -> None:
    answered = site.get(f"/api/v1/search?{query}", Accept_Language="en")
    assert answered.status_code == 422
    assert answered.content_type == "application/problem+json"
    assert [error["path"] for error in answered.get_json()["errors"]] == [field]


def test_problems_speak_two_languages(site: Website) -> None:
    zh = site.get("/api/v1/search?size=x").get_json()
    en = site.get("/api/v1/search?size=x", Accept_Language="en-GB").get_json()
    assert zh["type"] == en["type"]
    assert zh["title"] == "内容不符合规则"
    assert en["title"] == "The content breaks rules"
    assert zh["errors"][0]["message"] != en["errors"][0]["message"]


def test_who_holds_a_data_item(site: Website, ids: dict[str, str]) -> None:
    answered = site.client.get("/api/v1/locate", query_string={"item": "设计流量"}).get_json()
    (entry,) = answered["entries"]
    assert entry["identifier"] == ids["data"]
    assert [item["name"] for item in entry["items"]] == ["设计流量"]
    assert entry["endpoint"]["protocol"]


def test_what_lies_in_a_place(site: Website, ids: dict[str, str]) -> None:
    for query in ("bbox=121.4,31.1,121.5,31.3", "division=310106", "division=310000"):
        (entry,) = site.get(f"/api/v1/locate?{query}").get_json()["entries"]
        assert entry["identifier"] == ids["served"]
        assert entry["box"] == {"west": 121.42, "south": 31.2, "east": 121.48, "north": 31.25}
    assert site.get("/api/v1/locate?bbox=0,0,1,1").get_json()["total"] == 0
    assert site.get("/api/v1/locate").status_code == 422


def test_suggestions(site: Website, ids: dict[str, str]) -> None:
    found = site.client.get("/api/v1/suggest", query_string={"q": "上海市防汛"}).get_json()
    assert found["suggestions"][0]["identifier"] == ids["served"]
    spoken = site.get("/api/v1/suggest?q=shanghaishifang&as=opensearch")
    assert spoken.mimetype == "application/x-suggestions+json"
    typed, titles, *_ = spoken.json or []
    assert typed == "shanghaishifang"
    assert "上海市防汛防台应急预案" in titles
    assert site.get("/api/v1/suggest").get_json() == {"names": [], "suggestions": []}


def test_agencies(site: Website) -> None:
    every = site.get("/api/v1/agencies").get_json()["agencies"]
    (top,) = site.get("/api/v1/agencies/tree").get_json()["agencies"]
    assert len(every) == 4
    assert [branch["code"] for branch in top["below"]] == ["310A7", "310B2"]
    assert site.get(f"/api/v1/agencies/{WATER}").get_json()["short_names"] == ["市水务局", "水务局"]
    assert site.get("/api/v1/agencies/none").status_code == 404


def test_the_standard(site: Website) -> None:
    known = site.get("/api/v1/profiles/document").get_json()
    title = next(each for each in known["elements"] if each["short"] == "resTitle")
    assert title["mandatory"] == "minimal"
    assert title["name"] in known["json_schema"]["properties"]
    assert site.get("/api/v1/profiles/none").status_code == 404
    for name in site.get("/api/v1/codelists").get_json()["codelists"]:
        assert site.get(f"/api/v1/codelists/{name}").get_json()["codes"]


def test_checking_without_registering(site: Website) -> None:
    written = {"title": "通知", "issued": "2018年12月21日", "gibberish": 1}
    sent = {"kind": "document", "values": written, "level": "minimal"}
    verdict = site.post("/api/v1/validate", sent).get_json()
    assert verdict["ok"]
    assert verdict["descriptor"]["issued"] == "2018-12-21"
    assert "gibberish" in {each["path"] for each in verdict["problems"]}


@pytest.mark.parametrize("name", ["table.exe", "table", ".csv", ""])
def test_files_that_nothing_reads(site: Website, name: str) -> None:
    sent = {"file": (io.BytesIO(b"x"), name)}
    headers = site.headers("registrar")
    assert site.client.post("/api/v1/imports", data=sent, headers=headers).status_code == 422


def test_status_and_discovery(site: Website, ids: dict[str, str]) -> None:
    status = site.get("/api/v1/status").get_json()
    assert status["entries"] == 2
    assert site.get("/api/v1/status", role="auditor").get_json()["index"]["behind"] == 0
    assert site.get("/readyz").get_json()["status"] == "ready"
    listed = site.get("/sitemap-1.xml").get_data(as_text=True)
    assert ids["served"] in listed
    assert ids["withheld"] not in listed
    assert site.get("/sitemap-2.xml").status_code == 404
    assert "/sitemap-1.xml" in site.get("/sitemap.xml").get_data(as_text=True)
    assert "Sitemap:" in site.get("/robots.txt").get_data(as_text=True)
    assert "{searchTerms}" in site.get("/opensearch.xml").get_data(as_text=True)
    metrics = site.get("/metrics", role="auditor").get_data(as_text=True)
    assert "mulu_index_lag_changes 0" in metrics
    assert 'mulu_requests_total{endpoint="api-status.status",status="200"}' in metrics


def test_the_reference_tells_every_operation(site: Website) -> None:
    described = site.get("/api/v1/openapi.json").get_json()
    page = site.get("/api/v1/").get_data(as_text=True)
    for path, methods in described["paths"].items():
        for method in methods:
            if method != "parameters":
                assert f"{method.upper()} {path}" in page
    for name in described["components"]["schemas"]:
        assert f'id="shape-{name}"' in page
    assert 'id="problem-stale"' in page
    assert "<script>" not in page


def test_what_a_query_may_mean_is_told_with_what_it_finds(site: Website) -> None:
    understood = site.get("/api/v1/search?q=水务局的防汛").get_json()["understood"]
    (part,) = (each for each in understood["parts"] if each["kind"] == "agency")
    assert (part["said"], part["start"], part["end"]) == ("水务局", 0, 3)
    (offer,) = understood["offers"]
    assert offer["sentence"] == "按部门“上海市水务局”查找“防汛”"
    assert (offer["q"], offer["filters"], offer["count"]) == ("防汛", {"agency": [WATER]}, 1)
    parts = site.get("/api/v1/search?q=排水处").get_json()["understood"]["parts"]
    assert [each["label"] for each in parts if each["kind"] == "agency"] == ["上海市排水管理处"]
    understood = site.get("/api/v1/search?q=设计流量").get_json()["understood"]
    assert [(each["item"], each["count"]) for each in understood["offers"]] == [("设计流量", 1)]


def test_names_that_find_something_are_suggested(site: Website) -> None:
    told = site.get("/api/v1/suggest?q=shuiw").get_json()["names"]
    assert [(each["label"], each["url"]) for each in told] == [
        ("上海市水务局", f"/agencies/{WATER}")
    ]
    assert site.get("/api/v1/suggest?q=卫生局").get_json()["names"] == []  # has nothing open
    _, texts, about, urls = site.get("/api/v1/suggest?as=opensearch&q=静安").get_json()
    assert (texts[0], about[0]) == ("静安区", "地点")
    assert urls[0] == "/map?division=310106&division=310108"  # with what was merged into it


def test_what_was_searched_in_place_of_what_was_typed_is_told(site: Website) -> None:
    told = site.get("/api/v1/search?q=防台应鸡预案").get_json()
    assert (told["corrected"], told["relaxed"]) == ("防台应急预案", False)
