"""Entries that look alike: on the form, on the desk, in the list, through the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.offices import WATER
from tests.pages import Visitor, words
from tests.websites import Website, double, website

FORM = {
    "title": "关于印发河道保洁办法的通知",
    "abstract": "河道保洁的职责和标准。",
    "provider.0.name": "上海市水务局",
    "category.0": "theme:ZGG00",
    "document_number": "沪水务[2007]3号",
    "agency": WATER,
    "act": "submit",
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Website, str]]:
    """A directory with a pair of entries; the way to both."""
    with website(tmp_path) as made:
        yield made, double(made)


def _visitor(site: Website, role: str) -> Visitor:
    visitor = Visitor(site.client)
    visitor.sign_in(role)
    return visitor


def test_a_registrar_is_told_before_submitting_and_is_not_barred(
    site: tuple[Website, str],
) -> None:
    made, pair = site
    registrar = _visitor(made, "registrar")
    page = registrar.get("/register/document")
    (form,) = page.xpath("//form[@id='form']")
    names = {name for name, _ in form.form_values()}
    typed = dict(FORM)
    chosen = next(
        each
        for each in page.xpath("//select[starts-with(@name,'category')]//option/@value")
        if "ZGG00" in each
    )
    del typed["category.0"]
    typed[page.xpath("//select[starts-with(@name,'category')]/@name")[0]] = chosen
    assert {"title", "abstract"} <= names
    told = registrar.client.post(
        "/register/document", data={**typed, "csrf_token": registrar.token()}
    )
    page = registrar.read(told)
    assert "目录里有看上去相同的条目" in words(page)
    assert "发文字号相同" in words(page)
    seen = page.xpath("//input[@name='seen']/@value")
    assert sorted(seen) == sorted(pair.split("/"))
    registrar.post("/register/document", {**typed, "seen": seen}, 303)
    desk = _visitor(made, "reviewer").get("/requests/1")
    assert "看上去相同的条目" in words(desk)


def test_a_reviewer_compares_and_declares_them_distinct(site: tuple[Website, str]) -> None:
    made, pair = site
    reviewer = _visitor(made, "reviewer")
    one, other = pair.split("/")
    page = reviewer.get("/duplicates?kind=number")
    assert page.xpath(f"//a[@href='/duplicates/{one}/{other}']")
    both = reviewer.get(f"/duplicates/{one}/{other}")
    assert next(iter(both.xpath("//tbody/tr"))).get("class") == "changed"
    assert both.xpath(f"//a[@href='/entries/{one}/merge?into={other}']")
    reviewer.post(f"/duplicates/{one}/{other}", {"reason": " "}, 422)
    reviewer.post(f"/duplicates/{one}/{other}", {"reason": "一个是通知，一个是办法"})
    assert "没有疑似重复的条目" in words(reviewer.get("/duplicates"))
    assert "一个是通知，一个是办法" in words(reviewer.get("/duplicates?state=distinct"))


def test_programs_list_and_declare(site: tuple[Website, str]) -> None:
    made, pair = site
    one, other = pair.split("/")
    (found,) = made.get("/api/v1/duplicates", "registrar").json["pairs"]
    assert [each["identifier"] for each in found["entries"]] == [one, other]
    assert made.get("/api/v1/duplicates").status_code == 401
    said = {"one": one, "other": other, "reason": "不是一件事"}
    assert made.post("/api/v1/duplicates", said, "registrar").status_code == 403
    assert made.post("/api/v1/duplicates", said, "reviewer").json["state"] == "distinct"
    assert made.get("/api/v1/duplicates", "registrar").json["pairs"] == []
    said["one"] = f"{WATER}-999999"
    assert made.post("/api/v1/duplicates", said, "reviewer").status_code == 404


def test_a_number_leads_to_its_entry(site: tuple[Website, str]) -> None:
    made, _ = site
    made.offices.published(title="河道疏浚办法", document_number="沪水务〔2007〕4号")
    double(made)
    answer = made.client.get("/entries/沪水务〔2007〕4号", headers={"Accept": "text/html"})
    assert answer.status_code in (301, 308)
    assert made.client.get("/entries/沪水务〔2007〕5号").status_code == 404
