"""The reviewer's desk: what lies beside a request, who has it, many decided on together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from catalog import audit
from catalog.proposals import Proposal
from catalog.requests import reading
from catalog.viewers import OPERATOR
from tests.offices import REGISTRAR, WATER, values
from tests.pages import Visitor, faults, words
from tests.websites import Website, website


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    with website(tmp_path_factory.mktemp("desk")) as made:
        yield made


def signed_in(site: Website, name: str) -> Visitor:
    visitor = Visitor(site.app.test_client())
    visitor.sign_in(name)
    return visitor


def queued(site: Website, count: int) -> list[int]:
    """So many fresh requests; their numbers."""
    made = [Proposal("document", values(f"关于第{n}号泵站的通知"), WATER) for n in range(count)]
    return [outcome.request or 0 for outcome in site.offices.register(*made)]


@contextmanager
def statements(site: Website) -> Iterator[list[str]]:
    """Everything that is asked of the database meanwhile, and each commit."""
    asked: list[str] = []
    engine = site.parts.database._engine

    def ask(*told: object) -> None:
        asked.append(str(told[2]))

    def commit(_: object) -> None:
        asked.append("COMMIT")

    event.listen(engine, "before_cursor_execute", ask)
    event.listen(engine, "commit", commit)
    yield asked
    event.remove(engine, "before_cursor_execute", ask)
    event.remove(engine, "commit", commit)


def test_a_thousand_requests_cost_no_more_statements_than_a_few(site: Website) -> None:
    reviewer = signed_in(site, "reviewer")
    queued(site, 60)
    reviewer.get("/review")
    with statements(site) as few:
        reviewer.get("/review")
    queued(site, 940)
    reviewer.get("/review")  # names that stay are read anew once
    with statements(site) as many:
        page = reviewer.get("/review")
    assert "1,000" in words(page.xpath("//h1")[0])
    assert len(page.xpath("//ol[contains(@class, 'results')]/li")) == 50
    assert len(many) == len(few) < 25


def test_five_hundred_are_accepted_in_one_transaction_with_an_audit_event_each(
    site: Website,
) -> None:
    reviewer = signed_in(site, "reviewer")
    queued(site, 500)
    place = reviewer.post("/review/bulk", {"act": "all", "query": ""}).headers["Location"]
    page = reviewer.get(place)
    assert faults(page) == []
    assert page.xpath("//main//form//button[@disabled]")
    reviewer.post(place, {})
    assert "请先查看" in words(reviewer.get(place))
    for link in page.xpath("//section[@aria-labelledby='sample']//li/a/@href"):
        assert "样本" in words(reviewer.get(link))
    token = reviewer.token()
    with statements(site) as asked:
        reviewer.client.post(place, data={"csrf_token": token})
    writing = asked[next(i for i, each in enumerate(asked) if each.startswith("UPDATE")) :]
    assert writing.count("COMMIT") == 1
    assert len(asked) < 4000
    with site.parts.database.reading() as db:
        events = audit.events(db, OPERATOR, after=0, size=5000)
        left = reading.queue(db, OPERATOR, reading.QueueFilters(), site.parts.clock.now()).total
    accepted = [each for each in events if each.action == "accepted"]
    assert len(accepted) == 500
    assert {each.actor for each in accepted} == {"reviewer"}
    assert left == 0
    assert "已全部通过" in words(reviewer.get(place))


def test_of_many_none_is_accepted_when_one_is_barred(site: Website) -> None:
    reviewer = signed_in(site, "reviewer")
    numbers = queued(site, 3)
    half = values("内部安排", disclosure="on-request")
    half["disclosure"] = {"attribute": "withheld", "ground": "internal-affairs"}
    wrong = site.offices.register(Proposal("document", half, WATER))[0]
    chosen = [*numbers, wrong.request]
    place = reviewer.post("/review/bulk", {"request": chosen}).headers["Location"]
    for link in reviewer.get(place).xpath("//section[@aria-labelledby='sample']//li/a/@href"):
        reviewer.get(link)
    page = reviewer.read(reviewer.post(place, {}, 422), 422)
    assert faults(page) == []
    assert "内部安排" in words(page.xpath("//*[@id='problems']")[0])
    with site.parts.database.reading() as db:
        now = site.parts.clock.now()
        assert reading.queue(db, OPERATOR, reading.QueueFilters(), now).total == 4


def test_the_next_request_opens_by_itself_and_at_the_end_the_queue(site: Website) -> None:
    reviewer = signed_in(site, "reviewer")
    first, second = queued(site, 2)
    for number, then in ((first, f"/requests/{second}"), (second, "/review?kind=document")):
        page = reviewer.get(f"/requests/{number}?back=kind%3Ddocument")
        revision = page.xpath("//form[@id='decision']//input[@name='revision']/@value")[0]
        sent = {"act": "accept", "revision": revision, "back": "kind=document"}
        place = reviewer.post(f"/requests/{number}", sent).headers["Location"]
        assert place.startswith(then)
        assert "已通过" in words(reviewer.get(place))


def test_whoever_has_it_is_told_and_it_can_be_taken_over(site: Website) -> None:
    reviewer, second = signed_in(site, "reviewer"), signed_in(site, "second")
    (number,) = queued(site, 1)
    place = f"/requests/{number}"
    reviewer.post(place, {"act": "take"})
    assert "reviewer 已认领" in words(second.get(place))
    refused = second.read(second.post(place, {"act": "accept", "revision": 1}, 409), 409)
    assert "先接手" in words(refused)
    api = f"/api/v1{place}"
    told = site.post(f"{api}/accept", {"revision": 1}, role="second", Accept_Language="en")
    assert "take it over" in told.get_json()["detail"]
    second.post(place, {"act": "take"})
    second.post(place, {"act": "comment", "comment": "已电话核对"})
    page = second.get(place)
    assert faults(page) == []
    assert "接手" in words(page.xpath("//ol[@class='timeline']")[0])
    assert "已电话核对" in words(page)
    second.post(place, {"act": "assign", "to": "reviewer"})
    assert site.get(api, role="reviewer").get_json()["assignee"] == "reviewer"


def test_nobody_decides_on_what_they_asked_for_and_is_told_so(site: Website) -> None:
    served = site.offices.published(title="旧通知")
    asked = site.post(
        f"/api/v1/entries/{served.identifier}/withdraw",
        {"revision": served.revision, "reason": "已废止"},
        role="reviewer",
    ).get_json()
    path = f"/api/v1/requests/{asked['request']}/accept"
    own = site.post(path, {"revision": asked["revision"]}, role="reviewer")
    assert own.status_code == 403
    assert "自己提出" in own.get_json()["detail"]
    page = signed_in(site, "reviewer").get(f"/requests/{asked['request']}")
    assert "须由别人审核" in words(page)
    assert not page.xpath("//form[@id='decision']")


def test_precedents_stand_beside_and_contradictions_are_marked(site: Website) -> None:
    site.offices.published(title="防汛应急预案通知", disclosure="withheld")
    alike = site.offices.published(title="防汛应急预案通知二")
    waits = site.offices.submitted(title="防汛应急预案通知三")
    site.follow()
    page = signed_in(site, "reviewer").get(f"/requests/{waits.request}")
    listed = page.xpath("//section[@aria-labelledby='alike']//li")
    told = {words(each.xpath("./a")[0]): words(each) for each in listed}
    assert "矛盾" in told["防汛应急预案通知"]
    assert "矛盾" not in told["防汛应急预案通知二"]
    assert alike.identifier


def test_what_bars_acceptance_and_personal_data_are_pointed_out(site: Website) -> None:
    sent = values("内部安排")
    sent["disclosure"] = {"attribute": "withheld", "ground": "internal-affairs"}
    sent["abstract"] = "联系人手机13812345678。"
    made = site.offices.register(Proposal("document", sent, WATER))[0]
    page = signed_in(site, "reviewer").get(f"/requests/{made.request}")
    warned = words(page.xpath("//section[@aria-labelledby='warned']")[0])
    assert "不能通过" in warned
    assert "个人信息" in warned
    assert "13812345678" not in warned


def test_filters_and_reasons_are_kept_and_dropped(site: Website) -> None:
    reviewer = signed_in(site, "reviewer")
    (number,) = queued(site, 1)
    query = "kind=document&risk=low"
    reviewer.post("/review", {"act": "keep", "name": "低风险公文", "query": query})
    page = reviewer.get("/review")
    assert "低风险公文" in words(page.xpath("//ul[contains(@class, 'quick')]")[0])
    assert "低风险公文" in words(reviewer.get(f"/review?{query}"))
    reviewer.post("/review", {"act": "drop", "name": "低风险公文", "query": query})
    assert "低风险公文" not in words(reviewer.get("/review"))
    sent = {"act": "return", "revision": 1, "reason": "请写明河段", "keep": "1"}
    reviewer.post(f"/requests/{number}", sent)
    (other,) = queued(site, 1)
    page = reviewer.get(f"/requests/{other}")
    assert "请写明河段" in page.xpath("//input[@name='common']/@value")
    reviewer.post(f"/requests/{other}", {"act": "drop:请写明河段"})
    assert "请写明河段" not in words(reviewer.get(f"/requests/{other}"))


def test_a_registrar_recalls_mends_and_cancels(site: Website) -> None:
    registrar = signed_in(site, "registrar")
    (number,) = queued(site, 1)
    place = f"/requests/{number}"
    line = registrar.get(place)
    assert faults(line) == []
    edit = registrar.post(place, {"act": "recall", "revision": 1}).headers["Location"]
    assert edit.endswith("/edit")
    assert "草稿" in words(registrar.get("/my"))
    asked = registrar.read(registrar.post(place, {"act": "cancel", "revision": 2}, 200))
    assert "不能恢复" in words(asked)
    assert faults(asked) == []
    assert "草稿" in words(registrar.get(place))
    registrar.post(place, {"act": "cancel", "revision": 2, "sure": 1})
    assert "已取消" in words(registrar.get(place))


def test_a_merger_is_asked_for_and_agreed_to(site: Website) -> None:
    registrar, reviewer = signed_in(site, "registrar"), signed_in(site, "reviewer")
    one, other = site.offices.published(title="通知一"), site.offices.published(title="通知二")
    asking = f"/entries/{one.identifier}/merge"
    sent = {"revision": one.revision, "reason": "重复", "into": "310A7-999999"}
    page = registrar.read(registrar.post(asking, sent, 422), 422)
    assert faults(page) == []
    registrar.post(asking, {**sent, "into": other.identifier or ""})
    assert "已经有人申请" in words(registrar.get(asking))
    with site.parts.database.reading() as db:
        asked = reading.of_entry(db, REGISTRAR, one.identifier or "")[0]
    revision = reading_revision(reviewer, asked.number)
    reviewer.post(f"/requests/{asked.number}", {"act": "accept", "revision": revision})
    answer = site.get(f"/entries/{one.identifier}", Accept="text/html")
    assert answer.status_code == 301
    assert answer.headers["Location"].endswith(f"/entries/{other.identifier}")


def reading_revision(visitor: Visitor, number: int) -> str:
    """The revision that the decision form holds."""
    page = visitor.get(f"/requests/{number}")
    return str(page.xpath("//form[@id='decision']//input[@name='revision']/@value")[0])


def test_other_attributes_are_proposed_and_decided(site: Website) -> None:
    registrar, reviewer = signed_in(site, "registrar"), signed_in(site, "reviewer")
    made = site.offices.published(title="泵站图纸")
    asking = f"/entries/{made.identifier}/attributes"
    revision = registrar.get(asking).xpath("//input[@name='revision']/@value")[0]
    sent = {
        "revision": revision,
        "act": "send",
        "reason": "涉及安全",
        "disclosure.attribute": "on-request",
        "disclosure.ground": "on-request-way",
    }
    place = registrar.post(asking, sent).headers["Location"]
    number = int(place.rpartition("/")[2])
    assert "变更属性" in words(reviewer.get(place))
    answer = {"act": "accept", "revision": reading_revision(reviewer, number)}
    reviewer.post(place, {**answer, **{k: v for k, v in sent.items() if "." in k}})
    shown = words(Visitor(site.app.test_client()).get(f"/entries/{made.identifier}"))
    assert "依申请公开" in shown
    assert "决定" in shown
    assert "reviewer" not in shown


def test_a_deputy_reviews_while_the_reviewer_is_away(site: Website) -> None:
    reviewer, registrar = signed_in(site, "reviewer"), signed_in(site, "registrar")
    other = site.offices.submitted(title="待审通知")
    deputies = "/my/deputies"
    sent = {"act": "name", "deputy": "auditor", "begins": "2009-03-01", "ends": "2009-03-31"}
    reviewer.post(deputies, sent)
    auditor = signed_in(site, "auditor")
    revision = reading_revision(auditor, other.request or 0)
    auditor.post(f"/requests/{other.request}", {"act": "accept", "revision": revision})
    assert "代 reviewer" in words(auditor.get(f"/requests/{other.request}"))
    number = reviewer.get(deputies).xpath("//button[starts-with(@value, 'end:')]/@value")[0]
    reviewer.post(deputies, {"act": number})
    auditor.get(deputies, 403)
    registrar.get(deputies, 403)


def test_steps_are_set_by_administrators_and_followed(site: Website) -> None:
    administrator, reviewer = signed_in(site, "administrator"), signed_in(site, "reviewer")
    sent = {"agency": WATER, "risk": "low", "steps": ["agency", "centre"], "days": "3"}
    administrator.post("/review/steps", {**sent, "act": "set"})
    page = administrator.get("/review/steps")
    assert faults(page) == []
    (number,) = queued(site, 1)
    place = f"/requests/{number}"
    assert "第 1 步，共 2 步" in words(reviewer.get(place))
    reviewer.post(place, {"act": "accept", "revision": reading_revision(reviewer, number)})
    assert "第 2 步，共 2 步" in words(signed_in(site, "second").get(place))
    administrator.post("/review/steps", {**sent, "act": "drop"})
    assert "还没有设定" in words(administrator.get("/review/steps"))
    reviewer.get("/review/steps", 403)
