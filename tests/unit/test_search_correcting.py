"""Pinyin and errors of one character, wishes, and why an entry stands where it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import sounds, spelling
from search.card import Audience
from search.clauses import EVERYTHING, Term
from search.explaining import explain
from search.finding import Found, find
from search.memory import MemoryEngine
from search.request import SearchRequest
from tests.cards import served

TITLES = (
    "上海市教育局关于义务教育经费的通知",
    "上海市节约用水管理办法",
    "浦东新区游泳场所夏季开放名单",
    "GIS 数据服务",
)


@pytest.fixture(scope="module")
def engine() -> MemoryEngine:
    made = MemoryEngine()
    cards = [
        replace(served(n), title=title, audience=Audience.PUBLIC, issued=f"200{n}-01-01")
        for n, title in enumerate(TITLES)
    ]
    made.apply([replace(card, abstract="", keywords=(), theme_names=()) for card in cards])
    return made


def ask(engine: MemoryEngine, text: str, **more: object) -> Found:
    return find(engine, SearchRequest(text, EVERYTHING, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "title", "corrected"),
    [
        ("jiaoyuju", 0, "教育局"),
        ("jiao yu ju", 0, "教育局"),
        ("jyjf", 0, "教育经费"),
        ("jieyueyongshui", 1, "节约用水"),
        ("jieyueys", 1, "节约用水"),
        ("节约yongshui", 1, "节约用水"),
        ("节约用氺管理办法", 1, "节约用水管理办法"),
        ("节约水管理办法", 1, "节约用水管理办法"),
        ("节约用用水管理办法", 1, None),
        ("游泳场索夏季开放", 2, "游泳场所夏季开放"),
        ("游泳场所季夏开放", 2, "游泳场所夏季开放"),
        ("gis", 3, None),
        ("义务教育经费", 0, None),
    ],
)
def test_what_was_meant_is_found_and_told(
    engine: MemoryEngine, typed: str, title: int, corrected: str | None
) -> None:
    found = ask(engine, typed)
    assert found.hits[0].card.title == TITLES[title]
    assert found.corrected == corrected
    assert not found.relaxed


def test_a_correction_tells_nothing_of_what_is_hidden(engine: MemoryEngine) -> None:
    hidden = SearchRequest("jieyueyongshui", Term("kind", ("nothing",)))
    assert (find(engine, hidden).total, find(engine, hidden).corrected) == (0, None)


def test_a_year_is_wished_where_few_hold_it(engine: MemoryEngine) -> None:
    found = ask(engine, "2001年 管理")
    assert found.hits[0].card.issued.startswith("2001")
    assert found.total == len(TITLES)


def test_why_an_entry_stands_where_it_stands(engine: MemoryEngine) -> None:
    found = ask(engine, TITLES[1])
    told = explain(found.words, found.hits[0].card)
    assert told.tier is not None
    assert told.tier.name == "exact"
    assert {"exact", "held", "together", "focus"} <= {each.name for each in told.reasons}


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz' ", max_size=80))
def test_letters_are_cut_into_what_they_are_made_of(typed: str) -> None:
    for units in sounds.cuts(typed):
        assert "".join(units) == typed.replace("'", "").replace(" ", "")
        assert list(sounds.pieces([units], "上海")) in ([], ["上海"])


@given(st.text(alphabet="甲乙丙丁戊己", min_size=4, max_size=10), st.data())
def test_each_single_edit_is_put_right(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text) - 2))
    for wrong in (
        text[:at] + "错" + text[at + 1 :],
        text[:at] + text[at] + text[at:],
        text[:at] + text[at + 1] + text[at] + text[at + 2 :],
    ):
        assert wrong == text or text in spelling.pieces(wrong, text) or wrong in text
