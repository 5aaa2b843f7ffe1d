"""Folding, tokens, words, numbers and moments."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import indexed
from search.encoding import card_digest, decode, encode
from search.folding import fold, fold_with_places
from search.moments import LAST, newest_first, number, oldest_first
from search.numbers import card_keys, typed_keys
from search.pinyin import syllables
from search.ranking import EVERYTHING_SAID, TITLE
from search.tokens import line, stream, title_key
from search.typed import phrase
from search.words import unit, words
from tests.cards import many, served

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("臺灣資料庫", "台湾资料库"),
        ("ＡＢＣ１２３", "abc123"),
        ("①㎡", "1m2"),
        ("GB/T 21063．3", "gb/t 21063.3"),
        ("乾隆", "干隆"),
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=60), st.integers(0, 60))
def test_a_part_folds_to_a_part(text: str, cut: int) -> None:
    plain = fold(text)
    composed = fold_with_places(text)[0]
    assert fold_with_places(text[:cut])[0] + fold_with_places(text[cut:])[0] == composed
    assert fold(plain) == fold(fold(plain))


@given(st.text(max_size=60))
def test_places_point_into_the_text(text: str) -> None:
    folded, places = fold_with_places(text)
    assert len(folded) == len(places)
    assert list(places) == sorted(places)
    assert all(0 <= place < len(text) for place in places)


def test_chinese_becomes_pairs_and_the_rest_words() -> None:
    assert stream("教育局2008年度csv") == ["教育", "育局", "2008", "年度", "csv"]
    assert line(["教育局", "", "水"]) == " 教育 育局 ¦ 水 ·教 ·育 ·局 ·水 "
    assert line(["", "？"]) == ""


@given(HAN, st.data())
def test_every_part_of_a_chinese_text_is_asked_for_by_tokens_that_it_has(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))]
    indexed_line = line([text])
    for word in words(fold(part)):
        assert f" {' '.join(unit(word))} " in indexed_line
    whole = phrase(fold(part))
    assert f" {' '.join(whole)} " in indexed_line


def test_no_phrase_reaches_across_values() -> None:
    card = replace(served(2), title="甲乙", keywords=("丙丁", "戊己"))
    texts = indexed(card).texts
    assert " 丙丁 戊己 " not in texts[EVERYTHING_SAID]
    assert " 丙丁 " in texts[EVERYTHING_SAID]
    assert texts[TITLE] == " 甲乙 ·甲 ·乙 "


@pytest.mark.parametrize(
    ("typed", "cut"),
    [
        ("上海市教育委员会的通知", ["上海市", "教育委员会", "通知"]),
        ("2008年度统计", ["2008", "年度", "统计"]),
        ("2008年12号", ["2008", "12"]),
        ("水 污染", ["水", "污染"]),
        ("轨道交通", ["轨道", "交通"]),
        ("的", ["的"]),
        ("csv-文件_a1", ["csv", "文件", "a1"]),
        ("！？", []),
    ],
)
def test_words(typed: str, cut: list[str]) -> None:
    assert words(typed) == cut


def test_one_key_for_every_way_to_write_a_title() -> None:
    ways = ("上海市《殡葬》管理（试行）", "上海市 殯葬 管理(試行)", "“上海市殡葬”管理－试行")
    assert len({title_key(way) for way in ways}) == 1
    assert title_key("？") != title_key("！")


@pytest.mark.parametrize(
    "typed",
    [
        "沪府发〔2008〕12号", "沪府发（2008）12号", "沪府发[2008]012号", "沪府发〈2008〉12号",
        "沪府发2008 12", "滬府發【２００８】第12號", "请找沪府发(2008)12号文",
        "沪府发 〔2008〕 12 号",
    ],
)  # fmt: skip
def test_a_document_number_is_known_however_it_is_typed(typed: str) -> None:
    assert set(card_keys("沪府发〔2008〕12号")) & set(typed_keys(fold(typed)))


@pytest.mark.parametrize(
    "typed", ["AA4301000-2008-012", "aa4301000 2008 012", "ＡＡ43010002008012"]
)
def test_an_index_number_is_known_however_it_is_typed(typed: str) -> None:
    assert set(card_keys("AA4301000-2008-012")) & set(typed_keys(fold(typed)))


def test_another_number_is_not_meant() -> None:
    assert not set(card_keys("府发〔2008〕12号")) & set(typed_keys("沪府发〔2008〕12号"))
    assert not set(card_keys("沪府发〔2008〕120号")) & set(typed_keys("沪府发〔2008〕12号"))
    assert card_keys("") == card_keys(" ") == ()


ISO = st.one_of(
    st.dates().map(str),
    st.dates().map(lambda day: str(day)[:7]),
    st.dates().map(lambda day: str(day)[:4]),
    st.datetimes().map(lambda moment: f"{moment.isoformat(timespec='seconds')}Z"),
)


@given(ISO, ISO)
def test_moments_compare_as_their_texts_do(one: str, other: str) -> None:
    assert (number(one) < number(other)) == (one.rstrip("Z") < other.rstrip("Z"))
    assert 0 < number(one) < LAST < 2**63
    assert (newest_first(number(one), "k") > newest_first(number(other), "k")) == (
        number(one) < number(other)
    )


def test_what_has_no_moment_comes_last() -> None:
    for order in (newest_first, oldest_first):
        assert order(0, "a") > order(number("1900"), "z")
        assert order(0, "a") > order(number("2999"), "z")
        assert order(5, "a") < order(5, "b")


def test_pinyin_reads_words() -> None:
    assert syllables("重庆路2号") == ["chong", "qing", "lu", "2", "hao"]


@pytest.mark.parametrize("card", list(many(30)))
def test_a_card_survives_its_encoding(card) -> None:
    body = encode(card)
    assert decode(body) == card
    assert encode(decode(body)) == body
    assert card_digest(card) == card_digest(decode(body))
    assert card_digest(replace(card, title="别的")) != card_digest(card)
