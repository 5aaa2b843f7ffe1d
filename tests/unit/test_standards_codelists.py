"""Code lists: every list is well made, and what people write finds its code."""

from __future__ import annotations

import csv
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.codelists import codelist, fold, names
from tests.parts import fixtures

NAMES = names()
CODES = [(name, code) for name in NAMES for code in codelist(name).codes]


@pytest.mark.parametrize("name", NAMES)
def test_a_list_is_whole(name: str) -> None:
    found = codelist(name)
    assert found.name == name
    assert found.label.zh
    assert found.label.en
    assert found.clause
    assert [c for c, n in Counter(code.code for code in found.codes).items() if n > 1] == []
    for code in found.codes:
        assert code.label.zh.strip()
        assert code.label.en.strip()
        assert code.parent is None or found.get(code.parent) is not None, code.code


@pytest.mark.parametrize("name", NAMES)
def test_no_name_below_one_parent_means_two_codes(name: str) -> None:
    found = codelist(name)
    borne = Counter(
        (code.parent, text) for code in found.codes for text in {fold(n) for n in code.names()}
    )
    assert [text for text, count in borne.items() if count > 1] == []


def test_an_unknown_list_is_refused() -> None:
    for name in ("nothing", "../profiles/elements", ""):
        with pytest.raises(KeyError):
            codelist(name)


def test_the_theme_tables_have_the_published_sizes() -> None:
    national = codelist("themes-gbt21063-4")
    assert len(national.children(None)) == 21
    assert len(national.codes) - 21 == 133
    assert len(codelist("themes-disclosure").children(None)) == 22
    proved = national.get("ZCC00")
    assert proved is not None
    assert proved.label.zh == "矿藏"


def test_fifteen_genres_of_which_thirteen_are_older() -> None:
    genres = codelist("genres").codes
    assert len(genres) == 15
    assert sum(code.extra["era_2000"] for code in genres) == 13


@given(st.sampled_from(CODES))
def test_every_code_is_found_by_its_code_and_by_its_path(named: tuple[str, object]) -> None:
    name, code = named
    found = codelist(name)
    assert found.match(code.code) == code
    path = found.path(code.code)
    assert path is not None
    assert found.match(path.zh) in (code, *found.codes)
    if code.parent is not None:
        for separator in ("\\", "/", " \\ ", "＼", " > "):
            above = found.get(code.parent)
            assert found.match(f"{above.label.zh}{separator}{code.label.zh}") == code


@given(st.sampled_from(CODES), st.sampled_from([" {} ", "“{}”", "\u3000{}"]))
def test_spaces_quotes_width_and_case_do_not_count(named: tuple[str, object], frame: str) -> None:
    name, code = named
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in code.code)
    assert codelist(name).match(frame.format(wide.upper())) == code


@given(st.text(max_size=600))
def test_any_text_is_answered(text: str) -> None:
    for name in ("themes-disclosure", "divisions", "sharing"):
        found = codelist(name).match(text)
        assert found is None or found in codelist(name).codes


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("disclosure", "免予公开", "withheld"),
        ("disclosure", "普遍公开", "proactive"),
        ("disclosure", "申请公开信息", "on-request"),
        ("sharing", "普遍共享", "unconditional"),
        ("sharing", "登录开放", "conditional"),
        ("sharing", "有条件开放", "conditional"),
        ("sharing", "不共享", "not-shared"),
        ("update-cycles", "每天", "P1D"),
        ("update-cycles", "不更新(更新说明:暂无新业务数据产生)", "STATIC"),
        ("update-cycles", "不定时更新", "IRREGULAR"),
        ("legal-grounds", "涉及商业秘密", "trade-secret"),
        ("item-types", "C", "character"),
        ("item-types", "字符型", "character"),
        ("formats", "EXCEL", "xls"),
        ("exchange-protocols", "前置机", "exchange-front-node"),
        ("divisions", "静安区", "310106"),
        ("divisions", "上海市浦东新区", "310115"),
        ("themes-disclosure", "综合政务 \\ 其他", "T0290"),
        ("themes-disclosure", "商贸、海关、旅游/海关", "T0803"),
        ("themes-disclosure", "其他", "T99"),
        ("themes-gbt21063-4", "财政", "ZH000"),
    ],
)
def test_the_words_in_use_are_understood(name: str, text: str, code: str) -> None:
    found = codelist(name).match(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("text", ["", "不存在的主题", "综合政务\\海关", "\\", "x" * 10_000])
def test_what_is_unknown_means_no_code(text: str) -> None:
    assert codelist("themes-disclosure").match(text) is None


def test_numbers_that_systems_give_differently_are_no_sharing_code() -> None:
    assert [codelist("sharing").match(str(number)) for number in range(4)] == [None] * 4


def test_shanghai_has_nineteen_then_eighteen_then_sixteen_districts() -> None:
    districts = [code for code in codelist("divisions").codes if code.parent]

    def valid(month: str) -> int:
        return sum(
            code.extra.get("valid_from", "") <= month <= code.extra.get("valid_to", "9999")
            for code in districts
        )

    assert (valid("2008-12"), valid("2009-12"), valid("2019-04")) == (19, 18, 16)
    for code in districts:
        west, south, east, north = code.extra["box"]
        assert 120.8 < west < east < 122.3
        assert 30.6 < south < north < 31.9
        assert ("merged_into" in code.extra) == ("valid_to" in code.extra)


def test_every_cycle_that_can_be_is_an_iso_8601_duration() -> None:
    cycles = {code.code: code.extra for code in codelist("update-cycles").codes}
    assert all(extra.get("iso8601", code) == code for code, extra in cycles.items())
    assert {code for code, extra in cycles.items() if "iso8601" not in extra} == {
        "REALTIME",
        "IRREGULAR",
        "STATIC",
    }


def test_formats_and_schemes_name_lists_that_are_there() -> None:
    classes = codelist("format-classes")
    assert all(classes.get(code.extra["class"]) for code in codelist("formats").codes)
    for scheme in codelist("category-schemes").codes:
        assert scheme.extra.get("codelist", "industries") in NAMES


def test_the_themes_and_cycles_of_real_records_are_understood() -> None:
    folder = fixtures()
    with (folder / "zh/state-council/documents.utf8.csv").open(encoding="utf-8") as file:
        themes = {row["主题分类"] for row in csv.DictReader(file)}
    assert [text for text in themes if not codelist("themes-disclosure").match(text)] == []
    with (folder / "real/datasets.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    cycles = {row["更新周期"] for row in rows} - {""}
    assert [text for text in cycles if not codelist("update-cycles").match(text)] == []
    shared = [row["共享类型"] for row in rows if row["共享类型"]]
    unknown = [text for text in shared if not codelist("sharing").match(text)]
    assert len(unknown) / len(shared) < 0.01
