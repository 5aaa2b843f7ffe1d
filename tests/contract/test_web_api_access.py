"""Requests for access by the API: the whole way, who may go it, and what is sent in bad faith."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from catalog import accounts
from catalog.registration import Proposal
from catalog.viewers import OPERATOR, Grant, Role
from tests.offices import HEALTH, WATER, values
from tests.websites import PASSWORD, Website, furnish, website
from web.access import AccessLimits
from web.limits import RateLimit

PERSON = {
    "name": "欧阳拾遗",
    "paper": "citizen",
    "paper_number": "11010519491231002X",
    "address": "和平路一号",
}
BODY: dict[str, Any] = {
    "what": "泵站的位置", "form": "paper", "receiving": "post", "person": PERSON,
}  # fmt: skip
REQUESTS, RECEIPTS = "/api/v1/access-requests", "/api/v1/access-receipts"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Website, str]]:
    with website(tmp_path_factory.mktemp("api-access")) as made:
        with made.offices.database.writing() as session:
            now = made.offices.clock.now()
            for name, agency in (("he", WATER), ("lu", HEALTH)):
                grants = [Grant(Role.REVIEWER, agency)]
                owner = accounts.create(session, OPERATOR, name, name, PASSWORD, now, grants)
                made.tokens[name] = accounts.issue_token(session, owner, "test", now)
        given = values(
            "雨水泵站基本信息",
            disclosure="on-request",
            items=[{"name": "泵站名称"}, {"name": "设计流量"}],
            sharing={"attribute": "conditional", "condition": "限防汛使用"},
            service={"url": "https://example.gov.cn/pumps", "type": "rest"},
        )
        proposal = Proposal("non-document", given, WATER, accept=True)
        entry = made.offices.register(proposal, actor=OPERATOR)[0].identifier
        yield made, f"/api/v1/entries/{entry}/access-requests"


def asked(site: tuple[Website, str], **more: Any) -> dict[str, Any]:
    answer = site[0].post(site[1], {**BODY, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_the_whole_way_of_a_person(site: tuple[Website, str]) -> None:
    made, _ = site
    receipt = asked(site)
    one = f"{REQUESTS}/{receipt['number']}"
    in_hand = {"number": receipt["number"], "code": receipt["code"]}
    assert made.post(RECEIPTS, in_hand).json["state"] == "received"
    body = {"asked": "哪些泵站？", "until": "2009-03-31"}
    assert made.post(f"{one}/ask-correction", body, "he").json["correct_by"] == "2009-03-31"
    body = {"text": "中心城区的", "code": receipt["code"]}
    assert made.post(f"{one}/correct", body).json["correction"] == "中心城区的"
    assert made.post(f"{one}/applicant", {}, "he").json["name"] == PERSON["name"]
    body = {"whom": "third-party", "consultation": "涉及企业甲"}
    assert made.post(f"{one}/consult", body, "he").json["pauses"][0]["reason"] == "涉及企业甲"
    assert "企业甲" not in made.post(RECEIPTS, in_hand).text
    assert made.post(f"{one}/resume", {"result": "同意"}, "he").json["state"] == "received"
    body = {"reason": "需要核对", "approved_by": "王主任"}
    assert made.post(f"{one}/extend", body, "he").json["extension_reason"] == "需要核对"
    body = {"outcome": "provided", "reply": "已寄出"}
    assert made.post(f"{one}/answer", body, "he").json["outcome"] == "provided"
    assert made.post(f"{one}/withdraw", {"code": receipt["code"]}).status_code == 409
    told = made.post(RECEIPTS, in_hand)
    assert told.json["reply"] == "已寄出"
    assert "no-store" in told.headers["Cache-Control"]


def test_an_agency_asks_and_is_granted(site: tuple[Website, str]) -> None:
    made, address = site
    body = {"items": ["泵站名称"], "agency": HEALTH, "purpose": "防疫消毒"}
    receipt = made.post(address, body, "lu").json
    assert receipt["code"] is None
    one = f"{REQUESTS}/{receipt['number']}"
    given = {
        "outcome": "provided", "reply": "同意", "items": ["泵站名称"], "valid_until": "2010-01-01",
    }  # fmt: skip
    assert made.post(f"{one}/answer", {**given, "valid_until": "soon"}, "he").status_code == 422
    assert made.post(f"{one}/answer", given, "he").json["grant"] is None
    grant = made.get(one, "lu").json["grant"]
    assert grant["items"] == ["泵站名称"]
    assert grant["endpoint"]["url"] == "https://example.gov.cn/pumps"
    own = made.get(f"{REQUESTS}?state=all", "lu").json["requests"]
    assert receipt["number"] in [each["number"] for each in own]
    queue = made.get(f"{REQUESTS}?list=queue&state=answered", "he").json["requests"]
    assert receipt["number"] in [each["number"] for each in queue]
    assert made.get(f"{REQUESTS}?list=queue", "lu").json["total"] == 0


def test_what_is_none_of_theirs_is_not_found(site: tuple[Website, str]) -> None:
    made, _ = site
    receipt = asked(site)
    one, unknown = f"{REQUESTS}/{receipt['number']}", f"{REQUESTS}/YS2009-999999"
    for path in (one, unknown):
        assert made.get(path).status_code == 401
        assert made.get(path, "lu").status_code == 404
        assert made.get(path, "registrar").status_code == 404
        assert made.post(f"{path}/withdraw", {"code": "AAAA-BBBB-CCCC"}).status_code == 404
        assert made.post(f"{path}/applicant", {}, "lu").status_code == 404
        assert made.post(f"{path}/applicant", {}, "registrar").status_code == 403
    wrong = [
        made.post(RECEIPTS, {"number": number, "code": code})
        for number, code in ((receipt["number"], "AAAA"), ("YS2009-999999", receipt["code"]))
    ]
    assert wrong[0].data == wrong[1].data
    withheld = furnish(made)["withheld"]
    hidden, nowhere = (
        made.post(f"/api/v1/entries/{name}/access-requests", BODY)
        for name in (withheld, "310A7-999999")
    )
    assert hidden.status_code == nowhere.status_code == 404
    assert hidden.data == nowhere.data


@pytest.mark.parametrize(
    "more",
    [
        {"what": "长" * 3000},
        {"items": ["泵站名称"] * 2000},
        {"items": ["<script>alert(1)</script>"]},
        {"person": {**PERSON, "name": "x" * 300}},
        {"person": {**PERSON, "name": " "}},
        {"person": {**PERSON, "paper": "library card"}},
        {"person": {**PERSON, "password": "x"}},
        {"person": None},
        {"receiving": "email"},
        {"form": {"$ne": ""}},
        {"state": "answered"},
    ],
)
def test_what_is_wrong_is_refused(site: tuple[Website, str], more: dict[str, Any]) -> None:
    answer = site[0].post(site[1], {**BODY, **more})
    assert answer.status_code == 422
    assert answer.json["errors"]
    assert PERSON["paper_number"] not in answer.text


def test_markup_is_words(site: tuple[Website, str]) -> None:
    made, _ = site
    receipt = asked(site, what="<script>alert(1)</script>{{ 7 * 7 }}")
    page = made.get(f"/access/{receipt['number']}", "he", Accept="text/html").text
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7 * 7 }}" in page


def test_an_agency_is_asked_for_by_its_own_people(site: tuple[Website, str]) -> None:
    made, address = site
    body = {"what": "泵站", "agency": HEALTH, "purpose": "防疫"}
    for role in ("", "registrar", "he", "reviewer"):
        assert made.post(address, body, role).status_code == 403
    assert made.post(address, BODY, "lu").status_code == 403  # a person asks without a role


def test_guesses_are_paced(site: tuple[Website, str], monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = site
    receipt = asked(site)
    few = AccessLimits(RateLimit(1, 1), RateLimit(2, 1))
    monkeypatch.setitem(made.app.extensions, "mulu-access", few)
    one = f"{REQUESTS}/{receipt['number']}"
    statuses = [
        made.post(RECEIPTS, {"number": receipt["number"], "code": "A"}).status_code,
        made.post(f"{one}/withdraw", {"code": "B"}).status_code,
        made.post(f"{one}/withdraw", {"code": receipt["code"]}).status_code,
    ]
    assert statuses == [404, 404, 429]


def test_who_asked_is_in_no_log(
    site: tuple[Website, str], capsys: pytest.CaptureFixture[str]
) -> None:
    made, _ = site
    receipt = asked(site)
    made.post(f"{REQUESTS}/{receipt['number']}/applicant", {}, "he")
    told = capsys.readouterr()
    for secret in (PERSON["name"], PERSON["paper_number"], PERSON["address"], receipt["code"]):
        assert secret not in told.out + told.err
