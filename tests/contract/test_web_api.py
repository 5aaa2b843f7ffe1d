"""The API's behaviour: what design and clients build on, through HTTP as a client sees it."""

from __future__ import annotations

import io
from typing import Any

import pytest

from harvesters import queue
from tests.offices import WATER, values
from tests.websites import Website, furnish


@pytest.fixture
def ids(site: Website) -> dict[str, str]:
    return furnish(site)


def full(title: str = "关于加强防汛工作的通知", **more: Any) -> dict[str, Any]:
    provider, category = [{"name": "上海市水务局"}], [{"scheme": "theme", "code": "ZGG00"}]
    return values(title, provider=provider, category=category, **more)


def body(**more: Any) -> dict[str, Any]:
    return {"kind": "document", "agency": WATER, "values": full(), **more}


def test_pages_follow_by_cursor(site: Website) -> None:
    for number in range(7):
        site.offices.published(title=f"第{number}号防汛通知")
    site.follow()
    seen: list[str] = []
    cursor = ""
    while True:
        page = site.client.get(
            "/api/v1/search", query_string={"q": "防汛", "size": "3", "cursor": cursor}
        ).get_json()
        seen += [entry["identifier"] for entry in page["entries"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7


def test_the_life_of_an_entry(site: Website) -> None:
    made = site.post("/api/v1/entries", body(submit=False), role="registrar")
    assert made.status_code == 201
    entry = made.get_json()
    path = f"/api/v1/entries/{entry['identifier']}"
    assert made.headers["Location"] == path
    assert entry["state"] == "draft"
    assert site.get(path).status_code == 404

    sent = site.post(f"{path}/submit", {"revision": entry["revision"]}, role="registrar")
    step = {"revision": sent.get_json()["revision"]}
    assert site.post(f"{path}/accept", step, role="registrar").status_code == 403
    back = site.post(f"{path}/return", {**step, "reason": "请补充摘要"}, role="reviewer")
    assert back.get_json()["state"] == "returned"
    assert site.get(path, role="registrar").get_json()["remark"] == "请补充摘要"

    revised = site.put(
        path,
        {"values": full("关于进一步加强防汛工作的通知")},
        role="registrar",
        If_Match=back.headers["ETag"],
    )
    assert revised.status_code == 200
    attributes = {"disclosure": {"attribute": "on-request", "ground": "on-request-way"}}
    step = {"revision": revised.get_json()["revision"], "attributes": attributes}
    accepted = site.post(f"{path}/accept", step, role="reviewer")
    assert accepted.get_json()["state"] == "published"
    shown = site.get(path).get_json()
    assert shown["served"]["descriptor"]["disclosure"]["attribute"] == "on-request"
    versions = site.get(f"{path}/history", role="registrar").get_json()["versions"]
    assert [version["number"] for version in versions] == [3, 2, 1]
    assert site.get(f"{path}/history").status_code == 401

    step = {"revision": accepted.get_json()["revision"], "reason": "发文机关要求"}
    asked = site.post(f"{path}/withdraw", step, role="reviewer").get_json()
    assert site.get(path).status_code == 200, "served until somebody else agrees"
    step = {"revision": asked["revision"]}
    request = f"/api/v1/requests/{asked['request']}"
    assert site.post(f"{request}/accept", step, role="reviewer").status_code == 403
    assert site.post(f"{request}/accept", step, role="second").status_code == 200
    gone = site.get(path)
    assert gone.status_code == 410
    assert gone.get_json()["reason"] == "发文机关要求"


def test_a_stale_edit_loses_nothing(site: Website, ids: dict[str, str]) -> None:
    path = f"/api/v1/entries/{ids['served']}"
    sent = {"values": full("甲的修改")}
    assert site.put(path, sent, role="registrar").status_code == 428
    assert site.put(path, sent, role="registrar", If_Match='"1"').status_code == 200
    late = site.put(path, {"values": full("乙的修改")}, role="registrar", If_Match='"1"')
    assert late.status_code == 409
    problem = late.get_json()
    assert problem["current"] == 2
    assert problem["sent"]["values"]["title"] == "乙的修改"
    assert site.get(path).get_json()["title"] == "上海市防汛防台应急预案"


def test_invalid_values_name_each_field(site: Website) -> None:
    wrong = {"title": "", "disclosure": {"attribute": "withheld"}, "issued": "二月三十日"}
    answered = site.post("/api/v1/entries", body(values=wrong), role="registrar")
    assert answered.status_code == 422
    errors = [each for each in answered.get_json()["errors"] if each["severity"] == "error"]
    paths = {each["path"] for each in errors}
    assert {"title", "issued", "abstract", "disclosure.ground"} <= paths
    assert all(each["rule"] and each["message"] for each in errors)


def test_others_agencies_are_not_mine(site: Website) -> None:
    answered = site.post("/api/v1/entries", body(agency="310B2"), role="registrar")
    assert answered.status_code == 403


def test_the_queue_is_searched(site: Website, ids: dict[str, str]) -> None:
    def found(query: str = "") -> list[str]:
        answered = site.get(f"/api/v1/review?{query}", role="reviewer").get_json()
        return [entry["identifier"] for entry in answered["entries"]]

    assert found() == [ids["submitted"]]
    assert found("q=河道") == [ids["submitted"]]
    assert found("q=没有的词语") == []
    assert found("disclosure=withheld") == []
    assert found("submitted_before=2009-03-18") == [ids["submitted"]]
    assert found("submitted_before=2009-03-17") == []
    (entry,) = site.get("/api/v1/review", role="reviewer").get_json()["entries"]
    step = {"revision": entry["revision"]}
    site.post(f"/api/v1/entries/{ids['submitted']}/accept", step, role="reviewer")
    assert found() == []


def test_a_registrar_sees_only_the_own_queue(site: Website, ids: dict[str, str]) -> None:
    assert site.get("/api/v1/review", role="registrar").get_json()["total"] == 1
    assert site.get("/api/v1/review", role="auditor").get_json()["total"] == 1


def test_similar_entries(site: Website, ids: dict[str, str]) -> None:
    other = site.offices.published(title="上海市防汛防台专项应急预案")
    site.follow()
    found = site.get(f"/api/v1/entries/{ids['served']}/similar").get_json()["entries"]
    assert other.identifier in [entry["identifier"] for entry in found]
    assert site.get(f"/api/v1/entries/{ids['withheld']}/similar").status_code == 404


def test_a_file_of_many(site: Website) -> None:
    first, second = "关于防汛的通知,沪水务〔2009〕1号,ZGG00,概述", "关于抗旱的通知,,,概述"
    rows = f"标题,文号,主题,内容概述\n{first}\n,,,\n{second}\n"
    sent = {"file": (io.BytesIO(rows.encode("gb18030")), "../目录 一.csv"), "kind": "document"}
    headers = site.headers("registrar")
    proposed = site.client.post("/api/v1/imports", data=sent, headers=headers)
    assert proposed.status_code == 201
    reading = proposed.get_json()
    assert reading["file"] == "目录_一.csv"
    assert reading["columns"]["标题"] == "title"
    path = f"/api/v1/imports/{reading['ticket']}"
    confirmation = {"agency": WATER, "columns": {"主题": None}}
    assert site.post(path, confirmation, role="administrator").status_code in (403, 404)
    wrong = site.post(path, {"agency": WATER, "columns": {"标题": "no.such"}}, role="registrar")
    assert wrong.get_json()["errors"][0]["path"] == "columns.标题"
    run = site.post(path, confirmation, role="registrar")
    assert run.status_code == 202
    assert queue.step(site.parts.database, site.parts.clock) == 1
    ended = site.get(f"/api/v1/runs/{run.get_json()['id']}", role="registrar").get_json()
    assert ended["state"] == "done"
    assert ended["counts"]["created"] == 2
    site.follow()
    assert site.get("/api/v1/review?q=抗旱", role="reviewer").get_json()["total"] == 1
    assert site.get(f"/api/v1/runs/{run.get_json()['id']}/records", role="registrar").json


def test_sources_are_for_their_agencies(site: Website) -> None:
    names = {
        source["name"]
        for source in site.get("/api/v1/sources", role="registrar").get_json()["sources"]
    }
    assert names == {"water-automatic", "water-reviewed"}
    run = site.post("/api/v1/sources/water-reviewed/runs", {}, role="registrar").get_json()
    assert run["state"] == "queued"
    again = site.post("/api/v1/sources/water-reviewed/runs", {}, role="registrar").get_json()
    assert again["id"] == run["id"]
    runs = site.get("/api/v1/sources/water-reviewed/runs", role="registrar").get_json()["runs"]
    assert [each["id"] for each in runs] == [run["id"]]
    assert site.get("/api/v1/sources/none/runs", role="registrar").status_code == 404
    decision = f"/api/v1/runs/{run['id']}/decision"
    assert site.post(decision, {"decision": "cancel"}, role="registrar").status_code == 403
    assert site.post(decision, {"decision": "approve"}, role="administrator").status_code == 409
    cancelled = site.post(decision, {"decision": "cancel"}, role="administrator")
    assert (cancelled.status_code, cancelled.get_json()["state"]) == (202, "cancelled")
    assert site.post(decision, {"decision": "refuse"}, role="administrator").status_code == 404
    undone = site.post(decision, {"decision": "undo", "reason": "误删"}, role="administrator")
    assert undone.status_code == 202


def test_an_engine_out_of_reach_is_503(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    from search.engine import EngineUnavailable

    def away(*_: object, **__: object) -> None:
        raise EngineUnavailable("out of reach")

    monkeypatch.setattr(type(site.parts.engine), "search", away)
    answered = site.get("/api/v1/search?q=x")
    assert answered.status_code == 503
    assert answered.headers["Retry-After"]


def test_attributes_and_mergers_are_asked_for(site: Website, ids: dict[str, str]) -> None:
    path = f"/api/v1/entries/{ids['served']}"
    group = {"attribute": "on-request", "ground": "on-request-way"}
    step = {"revision": 1, "reason": "涉及安全"}
    body_ = {**step, "attributes": {"disclosure": group}}
    asked = site.post(f"{path}/attributes", body_, role="registrar").get_json()
    told = site.get(f"/api/v1/requests/{asked['request']}", role="reviewer").get_json()
    assert told["purpose"] == "attributes"
    decided = site.get(f"{path}/decisions", role="reviewer").get_json()["decisions"]
    assert decided[0]["value"] == "proactive"
    assert site.get(f"{path}/decisions").status_code == 401
    merged = f"/api/v1/entries/{ids['data']}/merge"
    answered = site.post(merged, {**step, "into": ids["served"]}, role="registrar")
    assert answered.status_code == 200
