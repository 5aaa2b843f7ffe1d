"""What a typed text becomes: terms, their forms and weights."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import Wanted
from search.thesaurus.organs import short_names
from search.thesaurus.own import OwnWords
from search.thesaurus.reading import read
from search.thesaurus.terms import built_in
from search.typed import parse
from search.vocabulary import Vocabulary, standard
from standards.numerals import number, spelled


def said(text: str) -> dict[str, set[str]]:
    """By term, the forms it is looked for in."""
    return {each.said: {"+".join(f.words) for f in each.forms} for each in parse(text).wanted}


def term(text: str) -> Wanted:
    (only,) = parse(text).wanted
    return only


@pytest.mark.parametrize(
    ("typed", "official"),
    [
        ("养老院", "养老机构"),
        ("打疫苗", "预防接种"),
        ("二手房", "存量房"),
        ("地铁", "轨道交通"),
        ("GDP", "地区生产总值"),
        ("PM2.5", "细颗粒物"),
        ("計程車", "出租汽车"),
        ("十四五", "第十四个五年规划"),
        ("孩子上学", "义务教育+招生"),
        ("工商局", "市场监督管理局"),
        ("市发改委", "市发展和改革委员会"),
    ],
)
def test_everyday_words_stand_for_official_ones(typed: str, official: str) -> None:
    forms = term(typed).forms
    assert forms[0].weight == 1
    assert official in {"+".join(form.words) for form in forms[1:]}
    assert all(0 < form.weight < 1 for form in forms[1:])


def test_words_are_joined_only_from_whole_words() -> None:
    assert "上学" not in said("以上学历")
    assert set(said("上海市工商局")) == {"上海市", "工商局"}


def test_words_of_questions_and_titles_say_little() -> None:
    weights = {w.said: w.weight for w in parse("请问居住证怎么办理需要什么材料").wanted}
    assert weights.pop("居住证") == 1
    assert max(weights.values()) < 0.1
    title = {w.said: w.weight for w in parse("关于印发节水指标的通知").wanted}
    assert {word for word, weight in title.items() if weight < 0.2} == {"关于", "印发", "的通知"}


@given(st.integers(1950, 2049))
def test_a_year_is_one_in_every_script(year: int) -> None:
    chinese = spelled(year)
    for text in (
        f"{year}年",
        f"{year}年度",
        f"{chinese}年",
        chinese.replace("〇", "零"),
        str(year),
    ):
        assert {str(year), chinese} <= said(text)[str(year)]


@given(st.integers(1, 12), st.integers(1, 31))
def test_a_day_is_one_in_every_script(month: int, day: int) -> None:
    for text in (f"{month}月{day}日", f"{spelled(month)}月{spelled(day)}日", f"{month}月{day}号"):
        (forms,) = said(text).values()
        assert forms == {f"{month}月{day}日", f"{spelled(month)}月{spelled(day)}日"}


@given(st.integers(0, 99))
def test_what_is_spelled_is_read_again(value: int) -> None:
    assert number(spelled(value)) == value


def test_years_from_and_to_are_each_of_them() -> None:
    (forms,) = said("2008-2010年").values()
    assert forms == {"2008", "2009", "2010"}


@given(st.text(max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    for each in parse(text).wanted:
        assert each.forms
        assert 0 < each.weight <= 1


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("上海市发展和改革委员会", "市发改委"),
        ("上海市绿化和市容管理局", "市绿容局"),
        ("杭州市人力资源和社会保障局", "市人社局"),
        ("国务院办公厅", "国办"),
        ("某某市湖泊和河道管理局", "市湖泊河道局"),
        ("上海市浦东新区卫生健康委员会", "区卫健委"),
    ],
)
def test_an_organ_has_its_short_names(name: str, short: str) -> None:
    assert short in short_names(name)


def test_what_names_no_organ_has_no_short_name() -> None:
    assert short_names("2009年教育统计") == ()


def test_a_malformed_line_is_told_and_the_others_are_used() -> None:
    groups, malformed = read("# own\n- 甲 = 乙\n- 丙 = 丁 → 戊\n- {a: b}\n- 己 → 庚+辛\n")
    assert [group.said for group in groups] == [("甲",), ("己",)]
    assert [each.line for each in malformed] == [3, 4]
    assert read("- [")[1][0].line >= 1


def test_own_words_come_before_ours() -> None:
    groups, _ = read("- 地铁 = 快线\n- 雪亮工程\n")
    own = Vocabulary(built_in().extended(groups))
    assert own.term("地铁").forms[1].words == ("快线",)
    assert [each.said for each in own.wanted("雪亮工程")] == ["雪亮工程"]


def test_own_words_are_read_again_when_their_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "terms.yaml"
    own = OwnWords(path)
    assert own.vocabulary() is standard()
    path.write_text("- 快线 = 轨道交通\n- 甲 = 乙 = 丙\n", "utf-8")
    assert "轨道交通" in {form.words[0] for form in own.vocabulary().term("快线").forms}
    assert [each.line for each in own.malformed] == [2]
    path.write_bytes(b"\xff\xfe\x00")
    assert own.vocabulary().term("地铁").forms[1:] == standard().term("地铁").forms[1:]
    assert own.malformed
    path.unlink()
    assert own.vocabulary() is standard()
    assert own.malformed == ()
