"""Corrections of harvested entries through their pages and the API."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.requests import reading
from tests.offices import AUTOMATIC, REGISTRAR
from tests.pages import Visitor, words
from tests.websites import Website, dispute, website


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Website, str]]:
    """A directory with a disputed correction; its entry."""
    with website(tmp_path) as made:
        yield made, dispute(made)


def _visitor(site: Website, role: str) -> Visitor:
    visitor = Visitor(site.client)
    visitor.sign_in(role)
    return visitor


def test_a_dispute_shows_three_values_and_is_settled_by_keeping(site: tuple[Website, str]) -> None:
    made, entry = site
    registrar = _visitor(made, "registrar")
    page = registrar.get(f"/entries/{entry}")
    text = words(page)
    for said in ("排水泵站一览", "排水泵站一览表", "全市排水泵站一览（2009年）", "与来源冲突"):
        assert said in text
    assert "排水泵站一览表" in words(registrar.get("/curations?state=conflict"))
    (number,) = page.xpath("//form[.//button[@value='keep']]//input[@name='curation']/@value")
    registrar.post("/curations", {"curation": number, "act": "keep", "reason": ""}, 303)
    assert "与来源冲突 1 处" in words(registrar.get("/curations"))
    registrar.post("/curations", {"curation": number, "act": "keep", "reason": "以原件为准"}, 303)
    assert "与来源冲突 0 处" in words(registrar.get("/curations"))


def test_the_form_asks_why_a_harvested_entry_is_changed(site: tuple[Website, str]) -> None:
    made, entry = site
    registrar = _visitor(made, "registrar")
    page = registrar.get(f"/entries/{entry}/edit")
    (form,) = page.xpath("//form[@id='form']")
    typed = {name: value for name, value in form.form_values() if name != "csrf_token"}
    typed |= {"act": "submit", "title": "泵站一览"}
    again = registrar.client.post(
        f"/entries/{entry}/edit", data={**typed, "csrf_token": registrar.token()}
    )
    assert "请写明理由" in words(registrar.read(again, 422))
    registrar.post(f"/entries/{entry}/edit", {**typed, "note": "原件如此"})
    with made.offices.database.reading() as session:
        (asked,) = reading.of_entry(session, REGISTRAR, entry)[:1]
    assert asked.state == "submitted"


def test_what_was_corrected_is_exported_to_the_source(site: tuple[Website, str]) -> None:
    made, entry = site
    registrar = _visitor(made, "registrar")
    answer = registrar.client.get(f"/curations.csv?source={AUTOMATIC}")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    told = {row["element"]: row for row in rows}
    assert told["title"]["source_value"] == "排水泵站一览表"
    assert told["title"]["curated_value"] == "全市排水泵站一览（2009年）"
    assert (told["title"]["key"], told["title"]["entry"]) == ("disputed", entry)
    assert told["title"]["author"] == REGISTRAR.name
    assert set(told) == {"title", "keywords"}


def test_nobody_else_learns_of_corrections(site: tuple[Website, str]) -> None:
    made, entry = site
    visitor = Visitor(made.client)
    assert "全市" in words(visitor.get(f"/entries/{entry}"))
    assert "对来源的更正" not in words(visitor.get(f"/entries/{entry}"))
