"""The reviewer's pages: the queue by attribute, ground and age; a decision with the law at hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalog import entries
from catalog.registration import submit
from catalog.requests import flow, reading
from catalog.viewers import OPERATOR
from tests.pages import Visitor, faults, words
from tests.websites import Website, furnish, website


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Website, dict[str, str]]]:
    with website(tmp_path_factory.mktemp("reviewing")) as made:
        yield made, furnish(made)


@pytest.fixture
def reviewer(site: tuple[Website, dict[str, str]]) -> Visitor:
    visitor = Visitor(site[0].client)
    visitor.sign_in("reviewer")
    return visitor


def stored(site: Website, identifier: str) -> entries.EntryView:
    with site.parts.database.reading() as db:
        return entries.find(db, OPERATOR, identifier)


def address(site: Website, identifier: str) -> str:
    """Where the entry's latest request is decided on."""
    with site.parts.database.reading() as db:
        return f"/requests/{reading.of_entry(db, OPERATOR, identifier)[0].number}"


def test_the_queue_lists_what_waits_and_can_be_searched(
    site: tuple[Website, dict[str, str]], reviewer: Visitor
) -> None:
    page = reviewer.get("/review")
    link = page.xpath("//ol[contains(@class, 'results')]//h2/a/@href")
    assert link == [address(site[0], site[1]["submitted"])]
    for path, count in (
        ("/review?q=河道", 1),
        ("/review?q=高速公路", 0),
        ("/review?disclosure=withheld", 0),
        ("/review?submitted_before=1990", 0),
        ("/review?state=draft", 0),
    ):
        assert len(reviewer.get(path).xpath("//ol[contains(@class, 'results')]/li")) == count, path


def test_accepting_with_other_attributes_publishes_them(
    site: tuple[Website, dict[str, str]], reviewer: Visitor
) -> None:
    entry = site[1]["submitted"]
    page = reviewer.get(f"{address(site[0], entry)}?back=q%3D河道")
    assert "过程性信息" in words(page)
    assert "可以不予公开" in words(page)
    sent = {
        "revision": page.xpath("//input[@name='revision']/@value")[0],
        "back": page.xpath("//input[@name='back']/@value")[0],
        "disclosure.attribute": "on-request",
        "disclosure.ground": "on-request-way",
        "act": "accept",
    }
    answer = reviewer.post(address(site[0], entry), sent)
    assert answer.headers["Location"].startswith("/review?q=")
    served = stored(site[0], entry).served
    assert served is not None
    assert served.author == "reviewer"
    assert "依申请公开" in words(reviewer.get(f"/entries/{entry}"))


def test_withholding_needs_its_ground(
    site: tuple[Website, dict[str, str]], reviewer: Visitor
) -> None:
    entry = site[1]["submitted"]
    revision = stored(site[0], entry).revision
    sent = {
        "revision": str(revision), "disclosure.attribute": "withheld", "act": "accept",
        "disclosure.ground": "", "disclosure.reason": "",
    }  # fmt: skip
    page = reviewer.read(reviewer.post(address(site[0], entry), sent, 422), 422)
    assert faults(page) == []
    assert "法定依据" in words(page.xpath("//*[@id='problems']")[0])
    assert page.xpath("//input[@name='disclosure.attribute'][@checked]/@value") == ["withheld"]
    sent["disclosure.ground"] = "process-information"
    sent["disclosure.discretion"] = "正在讨论，公开会妨碍决策。"
    reviewer.post(address(site[0], entry), sent)
    Visitor(site[0].client).get(f"/entries/{entry}", 404)


def test_returning_needs_a_reason_that_the_registrar_reads(
    site: tuple[Website, dict[str, str]], reviewer: Visitor
) -> None:
    entry = site[1]["submitted"]
    revision = str(stored(site[0], entry).revision)
    page = reviewer.read(
        reviewer.post(address(site[0], entry), {"revision": revision, "act": "return"}, 422), 422
    )
    assert "理由" in words(page.xpath("//*[@id='problems']")[0])
    sent = {
        "revision": revision,
        "act": "return",
        "reason": "请写明整治范围",
        "common": "摘要过于简单",
    }
    reviewer.post(address(site[0], entry), sent)
    registrar = Visitor(site[0].client)
    registrar.sign_in("registrar")
    assert "摘要过于简单；请写明整治范围" in words(registrar.get("/my"))
    assert "请写明整治范围" in words(registrar.get(f"/entries/{entry}/edit"))


def test_a_decision_on_something_older_is_asked_again(
    site: tuple[Website, dict[str, str]], reviewer: Visitor
) -> None:
    entry = site[1]["submitted"]
    page = reviewer.read(
        reviewer.post(address(site[0], entry), {"revision": "0", "act": "accept"}, 409), 409
    )
    assert "重新核对" in words(page)
    assert stored(site[0], entry).state == "submitted"


def test_a_change_is_shown_beside_what_is_served(
    site: tuple[Website, dict[str, str]], reviewer: Visitor
) -> None:
    made, ids = site
    outcome = made.offices.published(title="关于水闸的通知")
    made.offices.revise(outcome, title="关于水闸和泵站的通知")
    made.follow()
    page = reviewer.get(address(made, outcome.identifier or ""))
    changed = [words(row) for row in page.xpath("//tr[@class='changed']")]
    assert len(changed) == 1
    assert "关于水闸的通知" in changed[0]
    assert "关于水闸和泵站的通知" in changed[0]
    assert ids["submitted"]


def test_a_decision_survives_the_end_of_the_session(site: tuple[Website, dict[str, str]]) -> None:
    stranger = Visitor(site[0].client)
    entry = site[1]["submitted"]
    sent = {"revision": "1", "act": "return", "reason": "写到一半的理由"}
    page = stranger.read(stranger.client.post(address(site[0], entry), data=sent))
    assert "写到一半的理由" in page.xpath("//textarea[@name='reason']")[0].text
    assert stored(site[0], entry).state == "submitted"


def test_the_history_tells_who_decided_what_and_why(
    site: tuple[Website, dict[str, str]], reviewer: Visitor
) -> None:
    entry = site[1]["submitted"]
    revision = reviewer.get(address(site[0], entry)).xpath("//input[@name='revision']/@value")[0]
    sent = {"revision": revision, "reason": "请补充河段名称", "act": "return"}
    reviewer.post(address(site[0], entry), sent)
    page = reviewer.get(f"/entries/{entry}/history")
    assert faults(page) == []
    rows = [words(row) for row in page.xpath("//table")[1].xpath(".//tbody/tr")]
    assert "退回" in rows[0]
    assert "请补充河段名称" in rows[0]
    assert "登记" in rows[-1]


def test_the_last_reason_is_told_to_the_reviewer_and_is_no_reason_of_what_waits(
    site: tuple[Website, dict[str, str]], reviewer: Visitor
) -> None:
    entry = site[1]["submitted"]
    revision = reviewer.get(address(site[0], entry)).xpath("//input[@name='revision']/@value")[0]
    sent = {"revision": revision, "reason": "请补充河段名称", "act": "return"}
    reviewer.post(address(site[0], entry), sent)
    assert "请补充河段名称" in words(reviewer.get(f"/entries/{entry}"))
    with site[0].parts.database.writing() as db:
        view, now = entries.find(db, OPERATOR, entry), site[0].parts.clock.now()
        submit(db, OPERATOR, entry, view.revision, now)
    assert "请补充河段名称" not in words(reviewer.get(f"/entries/{entry}"))
    assert "请补充河段名称" in words(reviewer.get(address(site[0], entry)))


def test_an_entry_is_withdrawn_with_a_reason_that_its_address_tells(
    site: tuple[Website, dict[str, str]], reviewer: Visitor
) -> None:
    entry = site[1]["served"]
    asking = f"/entries/{entry}/withdraw"
    assert asking in reviewer.get(f"/entries/{entry}").xpath("//main//a/@href")
    page = reviewer.get(asking)
    assert faults(page) == []
    revision = page.xpath("//input[@name='revision']/@value")[0]
    page = reviewer.read(reviewer.post(asking, {"revision": revision, "reason": " "}, 422), 422)
    assert "请写明理由" in words(page)
    page = reviewer.read(reviewer.post(asking, {"revision": 77, "reason": "重复登记"}, 409), 409)
    assert words(page.xpath("//textarea")[0]).strip() == "重复登记"
    reviewer.post(asking, {"revision": revision, "reason": "重复登记"})
    assert "等待审核" in words(reviewer.get(f"/entries/{entry}"))
    with site[0].parts.database.writing() as db:
        asked = reading.of_entry(db, OPERATOR, entry)[0]
        now, revision = site[0].parts.clock.now(), stored(site[0], entry).revision
        flow.accept(db, OPERATOR, asked.number, revision, now)
    assert "重复登记" in words(Visitor(site[0].app.test_client()).get(f"/entries/{entry}", 410))


def test_a_registrar_asks_that_an_entry_leave(site: tuple[Website, dict[str, str]]) -> None:
    registrar = Visitor(site[0].client)
    registrar.sign_in("registrar")
    page = registrar.get(f"/entries/{site[1]['served']}/withdraw")
    assert "须由审核员同意" in words(page)
    assert "须由审核员同意" not in words(registrar.get(f"/entries/{site[1]['submitted']}/withdraw"))
