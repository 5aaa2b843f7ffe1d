"""Identifiers: generated ones are right, slips are noticed, and typing habits do not matter."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.identifiers import (
    SCHEMES,
    call_number,
    credit_code,
    document_number,
    index_number,
    metadata_identifier,
    organisation_code,
    resource_code,
    resource_identifier,
)
from tests.parts import fixtures

BODIES = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8)
ORGANISATIONS = BODIES.map(organisation_code.generate)
HEADS = st.sampled_from(["11310000", "12310106", "91310115", "53310000"])
YEARS = st.integers(1949, 2099)
SERIALS = st.integers(1, 99999)
MARKS = st.sampled_from(["沪府发", "沪水务", "沪发改价管", "国办函", "京建法", "粤府办"])
PAIRS = [
    "〔〕",
    "（）",
    "()",
    "[]",
    "［］",
    "【】",
    "〈〉",
    "《》",
    "<>",
    "『』",
    "「」",
    "{}",
    "﹝﹞",
]


def widened(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@given(HEADS, ORGANISATIONS)
def test_a_generated_credit_code_is_right(head: str, organisation: str) -> None:
    code = credit_code.generate(head, organisation)
    assert len(code) == 18
    assert credit_code.problem(code) is None


@given(HEADS, ORGANISATIONS, st.integers(0, 17), st.sampled_from(credit_code.ALPHABET))
def test_one_wrong_character_of_a_credit_code_is_noticed(
    head: str, organisation: str, place: int, character: str
) -> None:
    code = credit_code.generate(head, organisation)
    wrong = code[:place] + character + code[place + 1 :]
    assert (credit_code.problem(wrong) is None) == (wrong == code)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "12100000400010275N"])
def test_the_published_credit_codes_are_right(code: str) -> None:
    assert credit_code.problem(code) is None
    assert credit_code.normalise(widened(f" {code[:8]} {code[8:].lower()}")) == code


@given(BODIES)
def test_a_generated_organisation_code_is_right(body: str) -> None:
    assert organisation_code.problem(organisation_code.generate(body)) is None


@given(st.text("0123456789", min_size=8, max_size=8), st.integers(0, 7), st.integers(0, 9))
def test_one_wrong_digit_of_an_organisation_code_is_noticed(
    body: str, place: int, digit: int
) -> None:
    code = organisation_code.generate(body)
    wrong = code[:place] + str(digit) + code[place + 1 :]
    assert (organisation_code.problem(wrong) is None) == (wrong == code)


@given(BODIES, st.sampled_from("0123456789X"))
def test_a_wrong_check_character_is_noticed(body: str, check: str) -> None:
    right = organisation_code.generate(body)
    assert (organisation_code.problem(body + check) is None) == (body + check == right)


def test_the_hyphen_of_an_organisation_code_does_not_count() -> None:
    assert organisation_code.normalise("00001434－9") == "000014349"


@given(ORGANISATIONS, YEARS, SERIALS)
def test_index_numbers_are_right_and_match_in_both_forms(
    organisation: str, year: int, serial: int
) -> None:
    number = index_number.generate(organisation, year, serial)
    assert index_number.problem(number) is None
    variant = f"{organisation}-{year}-{serial:06d}"
    assert index_number.problem(variant) is None
    assert len(index_number.keys(number)) == 1
    assert index_number.keys(number) == index_number.keys(variant)
    assert index_number.keys(widened(number).replace("／", "/ ")) == index_number.keys(number)
    assert index_number.find(f"见{number}。") == (number,)


@pytest.mark.parametrize(
    "number", ["717817552/2022-00037", "01527918X-2020-153077", "K28044908/2026-12878"]
)
def test_published_index_numbers_are_right(number: str) -> None:
    assert index_number.problem(number) is None


@pytest.mark.parametrize("number", ["717817553/2022-00037", "717817552/1822-00037", "无", ""])
def test_wrong_index_numbers_are_noticed(number: str) -> None:
    assert index_number.problem(number) is not None


@given(st.text("0123456789ABCDEFGH", min_size=1, max_size=10), YEARS, SERIALS)
def test_call_numbers(category: str, year: int, serial: int) -> None:
    number = call_number.generate(category, year, serial)
    assert call_number.problem(number) is None
    assert call_number.normalise(widened(number).lower()) == number
    assert call_number.keys(number) == {f"{category}-{year}-{serial}"}


@given(BODIES.map(lambda text: text[:5]), SERIALS)
def test_identifiers_of_resources_and_records(prefix: str, serial: int) -> None:
    assert resource_identifier.problem(resource_identifier.generate(prefix, serial)) is None
    assert metadata_identifier.problem(metadata_identifier.generate(prefix, serial)) is None


@pytest.mark.parametrize("code", ["11000/A00034VG345", "290D3/1", "120101/0007"])
def test_prefix_and_suffix_codes_in_use_are_right(code: str) -> None:
    assert resource_identifier.problem(code) is None


@pytest.mark.parametrize("code", ["11000", "1100/1", "11000/", "11000/-1", "沪000/1", ""])
def test_wrong_prefix_and_suffix_codes_are_noticed(code: str) -> None:
    assert resource_identifier.problem(code) is not None


@given(st.integers(1, 3), st.integers(1, 99), st.integers(1, 999), SERIALS)
def test_resource_codes(group: int, item: int, heading: int, serial: int) -> None:
    assert resource_code.problem(resource_code.generate(group, item, heading, serial)) is None
    assert resource_code.problem(resource_code.generate(group, item, heading, serial, "07")) is None


@given(MARKS, YEARS, SERIALS, st.sampled_from(PAIRS), st.sampled_from(["", " ", "\u3000"]))
def test_any_bracket_width_and_spacing_is_the_same_document_number(
    mark: str, year: int, serial: int, pair: str, gap: str
) -> None:
    number = document_number.generate(mark, year, serial)
    typed = f"{mark}{gap}{pair[0]}{year}{pair[1]}{gap}{serial}{gap}号"
    assert document_number.normalise(number) == number
    for variant in (typed, widened(typed), typed.replace("号", ""), f"{mark}{year} {serial}号"):
        assert document_number.normalise(variant) == number
        assert document_number.keys(variant) == {f"{mark}{year}-{serial}"}
        assert document_number.problem(variant) is None
        found = document_number.find(f"  {variant}")
        assert len(found) == 1
        assert document_number.keys(number) <= found[0].keys


@given(MARKS, st.integers(1949, 2099), st.integers(1, 999), st.sampled_from("〇零○"))
def test_a_document_number_may_be_in_chinese_digits(
    mark: str, year: int, serial: int, zero: str
) -> None:
    def spelt(number: int) -> str:
        return "".join(f"{zero}一二三四五六七八九"[int(digit)] for digit in str(number))

    typed = f"{mark}〔{spelt(year)}〕{spelt(serial)}号"
    assert document_number.keys(typed) == {f"{mark}{year}-{serial}"}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("沪府发〔2008〕第12号", "沪府发〔2008〕12号"),
        ("沪府发2008-12", "沪府发〔2008〕12号"),
        ("沪府发 2008年 12号", "沪府发〔2008〕12号"),
        ("黄府发[2019]008号", "黄府发〔2019〕008号"),
        ("上海市人民政府令 第３２号", "上海市人民政府令第32号"),
        ("中国人民银行令[2013]第1号", "中国人民银行令〔2013〕第1号"),
        ("税务总局公告2020年第1号", "税务总局公告2020年第1号"),
        ("主席令第七十三号", "主席令第七十三号"),
    ],
)
def test_document_numbers_keep_what_their_agency_means(typed: str, number: str) -> None:
    assert document_number.normalise(typed) == number
    assert document_number.problem(typed) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("国令第715号", "中华人民共和国国务院令第715号"),
        ("沪府令第32号", "上海市人民政府令第32号"),
        ("主席令第七十三号", "中华人民共和国主席令第73号"),
        ("黄府发〔2019〕008号", "黄府发（2019）8号"),
    ],
)
def test_two_ways_of_citing_a_document_have_one_key(one: str, other: str) -> None:
    assert document_number.keys(one) == document_number.keys(other) != frozenset()


def test_several_numbers_are_found_in_a_sentence() -> None:
    text = "请按照沪府发(2008)12号和国务院令第715号办理"
    found = document_number.find(text)
    assert [each.number for each in found] == ["沪府发〔2008〕12号", "国务院令第715号"]
    assert [text[each.start : each.end] for each in found] == [
        "沪府发(2008)12号",
        "国务院令第715号",
    ]


@pytest.mark.parametrize("text", ["无", "2008", "12号", "2018年12月21日", "", "〔2008〕12号"])
def test_what_is_no_document_number(text: str) -> None:
    assert document_number.problem(text) is not None
    assert document_number.keys(text) == frozenset()


@given(st.sampled_from(sorted(SCHEMES)), st.text(max_size=300))
def test_normalising_is_idempotent_and_nothing_fails(name: str, text: str) -> None:
    scheme = SCHEMES[name]
    normal = scheme.normalise(text)
    assert scheme.normalise(normal) == normal
    problem = scheme.problem(text)
    if problem is None:
        assert scheme.problem(normal) is None
    else:
        assert problem.zh
        assert problem.en
    document_number.find(text)


def test_a_huge_text_is_answered_at_once() -> None:
    for scheme in SCHEMES.values():
        assert scheme.problem("沪府发〔2008〕" * 200_000) is not None
    assert len(document_number.find("沪府发〔2008〕1号" * 100_000)) < 10_000


def test_the_numbers_of_real_documents_are_understood() -> None:
    with (fixtures() / "real/documents.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    documents = [row["发文字号"] for row in rows if row["发文字号"]]
    assert [number for number in documents if document_number.problem(number)] == []
    assert [
        row["索引号"] for row in rows if row["索引号"] and index_number.problem(row["索引号"])
    ] == []
