"""Asking for access on the pages: by anybody with a receipt, by an agency, and who answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from catalog import accounts
from catalog.access.sealing import Sealer
from catalog.registration import Proposal
from catalog.viewers import OPERATOR, Grant, Role
from tests.offices import HEALTH, WATER, values
from tests.pages import Visitor, faults, words
from tests.websites import PASSWORD, Website, furnish, website
from web.access import AccessLimits
from web.limits import RateLimit

PERSON = {
    "what": "泵站的位置",
    "form": "paper",
    "receiving": "post",
    "name": "欧阳拾遗",
    "paper": "citizen",
    "paper_number": "11010519491231002X",
    "address": "和平路一号",
}
ITEMS = [{"name": "泵站名称", "type": "string"}, {"name": "设计流量", "type": "number"}]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Website, str]]:
    """A directory with an entry on request, shared conditionally, and people of two agencies."""
    with website(tmp_path_factory.mktemp("access")) as made:
        with made.offices.database.writing() as session:
            now = made.offices.clock.now()
            for name, agency in (("he", WATER), ("lu", HEALTH)):
                grants = [Grant(Role.REVIEWER, agency)]
                accounts.create(session, OPERATOR, name, name, PASSWORD, now, grants)
        proposal = Proposal(
            "non-document",
            values(
                "雨水泵站基本信息",
                disclosure="on-request",
                items=ITEMS,
                sharing={"attribute": "conditional", "condition": "限防汛使用"},
                service={"url": "https://example.gov.cn/pumps", "type": "rest"},
            ),
            WATER,
            accept=True,
        )
        entry = made.offices.register(proposal, actor=OPERATOR)[0].identifier
        assert entry
        yield made, entry


def somebody(site: tuple[Website, str], name: str = "") -> Visitor:
    visitor = Visitor(site[0].client)
    if name:
        visitor.sign_in(name)
    return visitor


def asked(site: tuple[Website, str], visitor: Visitor, **more: Any) -> tuple[str, str]:
    """A sent request: its number and its code."""
    answer = visitor.post(f"/entries/{site[1]}/ask", {**PERSON, **more})
    page = visitor.get(answer.headers["Location"])
    assert faults(page) == []
    number, code = page.xpath("//*[contains(@class, 'receipt')]/text()")
    return number, code


def test_anybody_asks_and_reads_the_answer_by_the_receipt(site: tuple[Website, str]) -> None:
    citizen = somebody(site)
    assert f"/entries/{site[1]}/ask" in citizen.get(f"/entries/{site[1]}").xpath("//main//a/@href")
    number, code = asked(site, citizen)
    reviewer = somebody(site, "he")
    assert number in words(reviewer.get("/access/queue"))
    page = reviewer.get(f"/access/{number}")
    assert faults(page) == []
    assert PERSON["name"] not in words(page)
    page = reviewer.read(reviewer.post(f"/access/{number}/applicant", {}, 200))
    assert faults(page) == []
    assert PERSON["name"] in words(page)
    sent = {"act": "answer", "outcome": "refused", "reply": "涉及安全"}
    page = reviewer.read(reviewer.post(f"/access/{number}/steps", sent, 422), 422)
    assert faults(page) == []
    assert words(page.xpath("//textarea[@name='reply']")[0]).strip() == "涉及安全"
    reviewer.post(f"/access/{number}/steps", {**sent, "ground": "security-stability"})
    later = somebody(site)
    answer = later.post("/access", {"number": number.lower(), "code": code.replace("-", "")})
    page = later.get(answer.headers["Location"])
    assert faults(page) == []
    assert "涉及安全" in words(page)
    assert "查看了申请人信息" not in words(page)
    later.post("/access/forget", {})
    assert later.client.get(f"/access/{number}").status_code == 303


def test_what_is_wrong_brings_the_form_back(site: tuple[Website, str]) -> None:
    citizen = somebody(site)
    sent = {**PERSON, "name": "", "receiving": "email", "items": "设计流量"}
    page = citizen.read(citizen.post(f"/entries/{site[1]}/ask", sent, 422), 422)
    assert faults(page) == []
    assert "第二十九条" in words(page)
    assert page.xpath("//input[@name='paper_number']/@value") == [PERSON["paper_number"]]
    assert page.xpath("//input[@name='items'][@checked]/@value") == ["设计流量"]
    assert page.xpath("//input[@name='receiving'][@checked]/@value") == ["email"]
    page = citizen.read(citizen.client.post(f"/entries/{site[1]}/ask", data=PERSON))
    assert page.xpath("//input[@name='name']/@value") == [PERSON["name"]]


def test_correcting_and_withdrawing(site: tuple[Website, str]) -> None:
    citizen, reviewer = somebody(site), somebody(site, "he")
    number, _ = asked(site, citizen)
    steps = f"/access/{number}/steps"
    until = {"asked": "哪些泵站？", "until": "2009-03-31"}
    reviewer.post(steps, {"act": "ask-correction", **until})
    page = citizen.get(f"/access/{number}")
    assert faults(page) == []
    assert "哪些泵站？" in words(page)
    citizen.post(f"/access/{number}", {"act": "correct", "text": " "}, 422)
    citizen.post(f"/access/{number}", {"act": "correct", "text": "中心城区的"})
    assert "中心城区的" in words(reviewer.get(f"/access/{number}"))
    sent = {"act": "consult", "whom": "third-party", "consultation": "涉及企业甲"}
    reviewer.post(steps, sent)
    assert "企业甲" not in words(citizen.get(f"/access/{number}"))
    assert faults(reviewer.get(f"/access/{number}")) == []
    citizen.post(f"/access/{number}", {"act": "withdraw"})
    reviewer.post(steps, {"act": "resume", "result": "同意"}, 409)
    assert "已撤回" in words(citizen.get(f"/access/{number}"))


def test_an_agency_uses_what_it_was_granted(site: tuple[Website, str]) -> None:
    neighbour, reviewer = somebody(site, "lu"), somebody(site, "he")
    assert faults(neighbour.get(f"/entries/{site[1]}/ask")) == []
    sent = {"what": "", "items": "泵站名称", "purpose": "防疫消毒", "agency": HEALTH}
    address = neighbour.post(f"/entries/{site[1]}/ask", sent).headers["Location"]
    given = {"act": "answer", "outcome": "provided", "reply": "同意", "items": "泵站名称"}
    page = reviewer.get(address)
    assert page.xpath("//input[@name='items'][@checked]/@value") == ["泵站名称"]
    reviewer.post(f"{address}/steps", given, 422)
    reviewer.post(f"{address}/steps", {**given, "valid_until": "2010-01-01"})
    page = neighbour.get(address)
    assert faults(page) == []
    told = words(page.xpath("//*[@class='action']")[0])
    assert "https://example.gov.cn/pumps" in told
    assert "设计流量" not in told
    page = neighbour.get(f"/entries/{site[1]}")
    assert "已获批准" in words(page)
    assert f"/entries/{site[1]}/ask" not in page.xpath("//main//a/@href")
    assert "已获批准" not in words(somebody(site).get(f"/entries/{site[1]}"))
    assert address in neighbour.get("/access").xpath("//main//a/@href")


def test_who_may_not_ask_or_see(site: tuple[Website, str]) -> None:
    made, entry = site
    number, code = asked(site, somebody(site))
    furnished = furnish(made)
    hidden = furnished["withheld"]
    unknown, withheld = (
        somebody(site).client.get(f"/entries/{name}/ask", headers={"Accept": "text/html"})
        for name in ("310A7-999999", hidden)
    )
    assert unknown.status_code == withheld.status_code == 404
    assert unknown.text.replace("310A7-999999", hidden) == withheld.text
    assert "退出登录" in words(somebody(site, "he").get(f"/entries/{entry}/ask"))
    somebody(site, "he").post(f"/entries/{entry}/ask", PERSON, 403)
    stranger = somebody(site)
    for wrong in ({"number": number, "code": "AAAA"}, {"number": "YS2009-999999", "code": code}):
        page = stranger.read(stranger.post("/access", wrong, 422), 422)
        assert "没有找到" in words(page)
    for path in (f"/access/{number}", "/access/YS2009-999999"):
        assert stranger.client.get(path).status_code == 303
        somebody(site, "lu").get(path, 404)
    somebody(site, "lu").post(f"/access/{number}/applicant", {}, 404)
    somebody(site, "lu").post(f"/access/{number}/steps", {"act": "close"}, 404)


def test_a_typed_answer_survives_the_end_of_the_session(site: tuple[Website, str]) -> None:
    number, _ = asked(site, somebody(site))
    sent = {"act": "answer", "outcome": "provided", "reply": "写到一半的答复"}
    stranger = somebody(site)
    page = stranger.read(stranger.client.post(f"/access/{number}/steps", data=sent))
    assert "写到一半的答复" in page.xpath("//textarea[@name='reply']")[0].text


def test_a_lost_key_is_told_in_words(
    site: tuple[Website, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    number, _ = asked(site, somebody(site))
    monkeypatch.setattr("web.access.Sealer", lambda _: Sealer(["another key of the house"]))
    reviewer = somebody(site, "he")
    page = reviewer.read(reviewer.post(f"/access/{number}/applicant", {}, 409), 409)
    assert "MULU_IDENTITY_KEY" in words(page)


def test_codes_cannot_be_guessed_and_requests_not_be_flooded(
    site: tuple[Website, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, entry = site
    number, code = asked(site, somebody(site))
    few = AccessLimits(RateLimit(1, 1), RateLimit(2, 1))
    monkeypatch.setitem(made.app.extensions, "mulu-access", few)
    visitor = somebody(site)
    for _ in range(2):
        visitor.post("/access", {"number": number, "code": "AAAA-AAAA"}, 422)
    visitor.post("/access", {"number": number, "code": code}, 429)
    outside = {"REMOTE_ADDR": "203.0.113.9"}
    sent = {**PERSON, "csrf_token": visitor.token()}
    statuses = [
        visitor.client.post(f"/entries/{entry}/ask", data=sent, environ_base=outside).status_code
        for _ in range(2)
    ]
    assert statuses == [303, 429]


def test_pages_of_requests_are_kept_by_no_cache(site: tuple[Website, str]) -> None:
    citizen = somebody(site)
    number, _ = asked(site, citizen)
    for path in (f"/access/{number}", f"/access/{number}/receipt", "/access"):
        assert "no-store" in citizen.client.get(path).headers["Cache-Control"]
