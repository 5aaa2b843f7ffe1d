"""Reading: what people write becomes one canonical value, or a problem that names it."""

from __future__ import annotations

import datetime
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from standards.numerals import number
from standards.profile import profile
from standards.reading import REFUSED, Findings, reader
from standards.reading.dates import iso
from standards.reading.scalars import usable
from standards.reading.texts import clean, one_line, split


def read(path: str, value: object, kind: str = "document") -> tuple[object, list[str]]:
    findings = Findings()
    got = reader(profile(kind).element(path))(value, path, findings)
    return got, [problem.rule for problem in findings.problems]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2018年12月21日", "2018-12-21"),
        ("二〇一八年十二月二十一日", "2018-12-21"),
        ("二○一八年十月三十日", "2018-10-30"),
        ("一九八〇年九月一日", "1980-09-01"),
        ("2018/12/21", "2018-12-21"),
        ("2018.12.1", "2018-12-01"),
        ("20181221", "2018-12-21"),
        ("２０１８－１２－２１", "2018-12-21"),
        ("2018 年 12 月 21 日", "2018-12-21"),
        ("2018-12-21T10:00:00Z", "2018-12-21"),
        ("2018-12-21 00:00:00", "2018-12-21"),
        ("2018年12月", "2018-12"),
        ("2018-12", "2018-12"),
        ("2018", "2018"),
        (2018, "2018"),
        (43455, "2018-12-21"),
        (43455.5, "2018-12-21"),
        ("43455", "2018-12-21"),
        (datetime.date(2018, 12, 21), "2018-12-21"),
        (datetime.datetime(2018, 12, 21, 8), "2018-12-21"),
    ],
)
def test_dates_are_read_however_they_are_written(written, meant):
    assert iso(written) == meant
    assert read("issued", written) == (meant, [])


@pytest.mark.parametrize("wrong", ["2023-02-30", "2018-13-01", "20231301", "昨天", "99999", "0"])
def test_what_is_no_date_is_named(wrong):
    findings = Findings()
    assert reader(profile("document").element("issued"))(wrong, "issued", findings) is REFUSED
    (problem,) = findings.problems
    assert problem.rule == "bad-date"
    assert problem.value == wrong
    assert wrong in problem.message.zh
    assert wrong in problem.message.en


@given(st.dates(min_value=datetime.date(1000, 1, 1), max_value=datetime.date(2999, 12, 31)))
def test_every_day_is_read_in_every_form(day):
    text = day.isoformat()
    forms = (
        text,
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
        f"{day:%Y%m%d}" if day.year >= 1000 else text,
    )
    assert {iso(form) for form in forms} == {text}


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("廿三", 23),
        ("卅一", 31),
        ("二〇〇九", 2009),
        ("七", 7),
    ],
)
def test_chinese_numerals(numeral, value):
    assert number(numeral) == value


@given(st.text())
@example("\x00ab\r\nc\ud800")
@example("a\u0301")
def test_clean_text_stays_as_it_is(text):
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once.encode("utf-8").decode("utf-8") == once
    assert one_line(one_line(text)) == one_line(text)
    assert "\n" not in one_line(text)


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("水务；节水；泵站", ["水务", "节水", "泵站"]),
        ("国务院、中央军委", ["国务院", "中央军委"]),
        ("外交 广东 香港", ["外交", "广东", "香港"]),
        ("名称；项目（甲、乙）；其他", ["名称", "项目（甲、乙）", "其他"]),
        ("一（未关；二", ["一（未关", "二"]),
        ("只有一个；", ["只有一个"]),
        ("hello world", ["hello world"]),
    ],
)
def test_lists_written_as_text_are_taken_apart(written, parts):
    assert split(written) == parts


@pytest.mark.parametrize(
    "address",
    [
        "http://www.gov.cn/a.htm",
        "https://数据.中国/目录?x=1",
        "ftp://ftp.gov.cn/x",
        "jdbc:oracle:thin:@h",
    ],
)
def test_addresses_that_may_be_shown(address):
    assert usable(address)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "http://",
        "http://[::1",
        "http://a:99999/",
        "http://user:secret@host/",
        "http://a.cn/<b>",
        "gov.cn",
        "见附件",
    ],
)
def test_addresses_that_are_refused(address):
    got, rules = read("online", [address])
    assert got is REFUSED
    assert rules == ["bad-uri"]


def test_a_theme_path_finds_its_scheme_and_code():
    got, rules = read("category", "综合政务\\其他")
    assert rules == []
    assert got == [{"scheme": "disclosure-theme", "name": "综合政务\\其他", "code": "T0290"}]
    assert read("category", got) == (got, [])


def test_a_theme_of_a_foreign_scheme_is_kept_with_a_warning():
    got, rules = read("category", "房屋与住房")
    assert got == [{"scheme": "local", "name": "房屋与住房", "code": "房屋与住房"}]
    assert rules == ["kept-as-text"]


def test_an_unknown_code_of_a_closed_list_is_told_with_all_that_may_be():
    findings = Findings()
    part = profile("document").element("disclosure")
    assert reader(part)("依申请公幵", "disclosure", findings) is REFUSED
    assert findings.problems[0].rule == "unknown-code"
    assert findings.problems[0].suggestion.zh == "可以填写：主动公开、依申请公开、不予公开、未定"
    assert findings.problems[0].suggestion.en.endswith("On request, Withheld, Undetermined")


def test_columns_of_a_group_become_its_rows():
    got, rules = read("items", {"name": "泵站名称；能力", "type": "C；N"}, "non-document")
    assert got == [
        {"name": "泵站名称", "type": "character"},
        {"name": "能力", "type": "numeric"},
    ]
    assert rules == []


def test_a_format_implies_its_class_and_a_class_alone_will_do():
    assert read("format", "MySQL")[0] == {"type": ["mysql"], "class": "database"}
    assert read("format", "电子表格")[0] == {"class": "spreadsheet"}


def test_a_span_of_dates_is_a_period():
    assert read("period", "2008年1月至2009年12月")[0] == {"begin": "2008-01", "end": "2009-12"}
    assert read("period", "2008-2009")[0] == {"begin": "2008", "end": "2009"}
    assert read("period", "2008-10")[0] == {"begin": "2008-10"}


@pytest.mark.parametrize(
    ("written", "value"), [("121.47", 121.47), ("１２１", 121), (121.0, 121), ("-180", -180)]
)
def test_numbers(written, value):
    assert read("place.west", written) == (value, [])


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("东经121度", "not-a-number"),
        ("181", "out-of-range"),
        (float("nan"), "not-a-number"),
        (True, "not-a-number"),
    ],
)
def test_numbers_that_are_none_or_too_large(written, rule):
    assert read("place.west", written) == (REFUSED, [rule])


def test_yes_and_no_in_the_words_of_portals():
    assert read("openness.open", "有条件开放", "non-document")[0] is True
    assert read("openness.open", "不予开放", "non-document")[0] is False
    assert read("openness.open", "也许", "non-document")[1] == ["not-a-boolean"]


def test_a_credit_code_must_have_its_check_character():
    assert read("provider.code", "12100000400010275n")[0] == "12100000400010275N"
    got, rules = read("provider.code", "121000004000102750")
    assert got is REFUSED
    assert rules == ["bad-identifier"]


def test_document_numbers_have_one_form_whatever_their_brackets():
    forms = [
        "沪水务〔2024〕83号",
        "沪水务(2024)83号",
        "沪水务［2024］83号",
        "沪水务〈2024〉83号",
        "沪水务【2024】83号",
    ]
    assert {read("document_number", form)[0] for form in forms} == {"沪水务〔2024〕83号"}
