"""What the parts of a query are taken for, and what is left of it."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.understanding.beginnings import Beginnings
from search.understanding.data import named as named_by_the_standard
from search.understanding.parts import Filters, Kind, Meaning
from search.understanding.reading import LONGEST, understand
from search.understanding.vocabulary import Names
from standards.problems import Text

TODAY = date(2009, 6, 1)


def named(kind: Kind, code: str, *names: str) -> list[tuple[str, Meaning]]:
    given = () if kind is Kind.ITEM else ((kind.value, (code,)),)
    meaning = Meaning(kind, code, Text(names[0], names[0]), given)
    return [(name, meaning) for name in names]


VOCABULARY = Names.of(
    [
        *named_by_the_standard(),
        *named(Kind.AGENCY, "310A7", "上海市水务局", "市水务局", "水务局"),
        *named(Kind.AGENCY, "31500", "上海市静安区人民政府", "静安区"),
        *named(Kind.AGENCY, "310E0", "上海市教育委员会", "教委"),
        *named(Kind.ITEM, "统一社会信用代码", "统一社会信用代码"),
        *(pair for n in range(5000) for pair in named(Kind.AGENCY, f"X{n}", f"第{n}号局")),
    ]
)
WATER: Filters = {"agency": ("310A7",)}


def year(first: str, last: str) -> Filters:
    return {"issued_from": (first,), "issued_to": (last,)}


READ: dict[str, tuple[Filters, str]] = {
    "市水务局 2009 年的公文": ({**WATER, **year("2009", "2009"), "kind": ("document",)}, ""),
    "市水务局2009年排水许可": ({**WATER, **year("2009", "2009")}, "排水许可"),
    "二〇〇九年防汛的通知有哪些？": ({**year("2009", "2009"), "genre": ("notice",)}, "防汛"),
    "请问水务局发布的关于河道的批复": ({**WATER, "genre": ("reply",)}, "河道"),
    "排水 2008年到2010年": (year("2008", "2010"), "排水"),
    "2009年3月 水位": (year("2009-03", "2009-03"), "水位"),
    "去年的水位": (year("2008", "2008"), "水位"),
    "近三年水位": (year("2007", "2009"), "水位"),
    "2008年以来 水位": ({"issued_from": ("2008",)}, "水位"),
    "義務教育 靜安區": ({"division": ("310106", "310108")}, "義務教育"),
    "浦东 停车场": ({"division": ("310115", "310119")}, "停车场"),
    "主动公开 水位": ({"disclosure": ("proactive",)}, "水位"),
    "教委 招生": ({"agency": ("310E0",)}, "招生"),
    "Documents of 水务局 from 2009": ({**WATER, **year("2009", "2009"), "kind": ("document",)}, ""),
    "“水务局” 2009 -通知": (year("2009", "2009"), "“水务局” -通知"),
}
PLAIN = (
    "义务教育",  # no theme within a longer word
    "静安寺",
    "过去年份",
    "上海 水位",  # the whole of the directory narrows nothing
    "沪水务〔2008〕12号",
    "310A7-000231",
    "12345678",
    "20091",
)


@pytest.mark.parametrize("text", READ)
def test_a_query_is_read(text: str) -> None:
    filters, rest = READ[text]
    best = understand(text, VOCABULARY, TODAY).readings[0]
    assert (best.filters, best.rest) == (filters, rest)


@pytest.mark.parametrize("text", PLAIN)
def test_what_means_nothing_else_is_left_alone(text: str) -> None:
    assert understand(text, VOCABULARY, TODAY).readings == ()


def test_a_name_with_two_meanings_is_read_both_ways() -> None:
    found = understand("静安区 停车场", VOCABULARY, TODAY)
    assert [(r.parts[0].kind, r.rest) for r in found.readings] == [
        (Kind.PLACE, "停车场"),
        (Kind.AGENCY, "停车场"),
    ]


def test_less_is_read_only_behind_everything() -> None:
    found = understand("水务局2009年通知", VOCABULARY, TODAY)
    assert [part.kind for part in found.readings[0].parts] == [Kind.AGENCY, Kind.YEAR, Kind.GENRE]
    assert [part.kind for part in found.weaker[0].parts] == [Kind.AGENCY, Kind.YEAR]


def test_numbers_and_items_are_parts_without_a_filter() -> None:
    typed = "谁有 统一社会信用代码 沪水务[2008]12号"
    parts = understand(typed, VOCABULARY, TODAY).parts
    assert {part.kind: part.meaning.value for part in parts} == {
        Kind.ITEM: "统一社会信用代码",
        Kind.NUMBER: "沪水务〔2008〕12号",
    }
    assert all(typed[part.start : part.end] == part.said for part in parts)


def test_a_place_has_an_extent_and_those_merged_into_it() -> None:
    (part, *_) = understand("浦东", VOCABULARY, TODAY).parts
    assert part.meaning.extent is not None
    assert part.meaning.extent.west < 121.56 < 121.9 < part.meaning.extent.east


@given(
    st.text(
        st.sampled_from("水务局静安区教育2009年二〇至到-近的〔〕号“”\"' <b>&\0é臺 "), max_size=300
    )
)
def test_every_part_stands_where_it_says(text: str) -> None:
    found = understand(text, VOCABULARY, TODAY)
    for part in found.parts:
        assert found.text[part.start : part.end] == part.said
    for reading in (*found.readings, *found.weaker):
        assert len({part.kind for part in reading.parts}) == len(reading.parts)


HOSTILE = (
    "水务局 2009 ",
    "a",
    "年",
    "的",
    "一",
    "〔",
    "2009-",
    "教育 ",
    "of ",
    "“",
    "-",
    "近三年",
    "<b>",
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_no_longer(piece: str) -> None:
    text = piece * (2000 // len(piece))
    understand(text[:LONGEST], VOCABULARY, TODAY)
    took = []
    for _ in range(5):
        before = time.process_time()
        understand(text, VOCABULARY, TODAY)
        took.append(time.process_time() - before)
    assert min(took) < 0.002


def test_names_are_suggested_as_they_are_written_and_read() -> None:
    beginnings = Beginnings.of(VOCABULARY)
    for typed, label in (
        ("水务", "上海市水务局"),
        ("sswj", "上海市水务局"),
        ("jing'an", "静安区"),
        ("靜安", "静安区"),
        ("jaq", "静安区"),
        ("tyshxydm", "统一社会信用代码"),
        ("educ", "教育"),
    ):
        assert label in [each.label.zh for each in beginnings.starting(typed)], typed
    for typed in ("", "x", "通知", "<b>", "0", "水" * 2000):
        assert beginnings.starting(typed) == []
