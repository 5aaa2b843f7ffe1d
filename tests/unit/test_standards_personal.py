"""Personal identifiers: found wherever they stand, not where they do not, and never repeated."""

from __future__ import annotations

import time
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.descriptor import Descriptor
from standards.identifiers import citizen_number, credit_code, organisation_code
from standards.personal import RULE, find, findings, mask
from standards.profile import KINDS, Level, profile
from standards.validation import validate
from tests.strategies import descriptors

DIVISIONS = st.sampled_from(["110105", "310115", "440301", "513701", "620102", "650100"])
BIRTHDAYS = st.dates(date(1900, 1, 1), date(2026, 1, 1))
CITIZENS = st.builds(citizen_number.generate, DIVISIONS, BIRTHDAYS, st.integers(0, 999))
PHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


def luhn(body: str) -> str:
    total = sum(
        sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(body))
    )
    return body + str(-total % 10)


CARDS = st.from_regex(r"(62[0-9]{13}|62[0-9]{16}|4[0-9]{14}|955880[0-9]{12})", fullmatch=True).map(
    luhn
)
NUMBERS = st.one_of(
    st.tuples(st.just("citizen-number"), CITIZENS),
    st.tuples(st.just("mobile-phone"), PHONES),
    st.tuples(st.just("bank-card"), CARDS),
)
AROUND = st.text(st.sampled_from("上海市水务局，。：；（）“” \n张三-/电话"), max_size=12)


def kinds(text: str) -> list[str]:
    return [each.kind for each in find(text)]


def widened(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def test_the_published_example_is_found_and_shown_masked() -> None:
    (found,) = find("申请人张三（11010519491231002X）")
    assert (found.kind, found.start, found.end) == ("citizen-number", 6, 24)
    assert found.masked == "110105********002X"
    assert citizen_number.problem("11010519491231002x") is None


@given(AROUND, NUMBERS, AROUND, st.booleans())
def test_a_right_number_is_found_wherever_it_stands(
    before: str, one: tuple[str, str], after: str, wide: bool
) -> None:
    kind, number = one
    written = widened(number) if wide else number
    text = before + written + after
    assert (kind, len(before), len(before) + len(number)) in {
        (each.kind, each.start, each.end) for each in find(text)
    }
    assert written not in mask(text)
    assert len(mask(text)) == len(text)
    assert find(mask(text)) == []


@given(CITIZENS, st.sampled_from("0123456789X"))
def test_a_citizen_number_with_a_wrong_check_character_is_not_found(
    number: str, check: str
) -> None:
    assert kinds(f"号码{number[:17]}{check}。") == (
        ["citizen-number"] if number[17] == check else []
    )
    assert (citizen_number.problem(number[:17] + check) is None) == (number[17] == check)


@given(CARDS, st.integers(1, 9))
def test_a_card_with_a_wrong_check_digit_is_not_found(card: str, slip: int) -> None:
    assert kinds(card) == ["bank-card"]
    assert kinds(card[:-1] + str((int(card[-1]) + slip) % 10)) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("110105 19491231 002X", "citizen-number"),
        ("110105491231002", "citizen-number"),
        ("138-1234-5678", "mobile-phone"),
        ("138 1234 5678", "mobile-phone"),
        ("+86 13812345678", "mobile-phone"),
        ("+86-138-1234-5678", "mobile-phone"),
        ("8613812345678", "mobile-phone"),
        ("微信wx13812345678", "mobile-phone"),
        ("6222 0212 3456 7894", "bank-card"),
        ("卡号6222 0212 3456 7890 127 。", "bank-card"),
    ],
)
def test_the_ways_in_which_numbers_are_grouped(text: str, kind: str) -> None:
    if kind == "bank-card":  # the last digit is worked out here, not by hand
        digits = [i for i, c in enumerate(text) if c.isdigit()]
        body = "".join(text[i] for i in digits[:-1])
        text = text[: digits[-1]] + luhn(body)[-1] + text[digits[-1] + 1 :]
    assert kinds(text) == [kind]
    assert kinds(f"见“{widened(text)}”") == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "021-12345678",
        "（021）12345678转8001",
        "400-820-8820、12345",
        "沪府发〔2008〕12号",
        "002420455/2009-00017，01527918X-2020-153077",
        "2009-03-18至2018-12-31，20090318 20181231",
        "121.13812345678, 31.23041567891",
        "120.852,30.677,122.118,31.874",
        "91350100M000100Y43",
        "12100000400010275N",
        "013812345678",
        "213812345678",
        "138123456789",
        "12812345678",
        "1381234567",
        "110105194913310021",  # no such month
        "990105194912310020",  # no such province
        "110105491331002",
        "2024 2023 2022 2021 2020",
        "11000/A00034VG345",
    ],
)
def test_what_is_no_personal_identifier(text: str) -> None:
    assert find(text) == []
    assert mask(text) == text


@given(
    st.sampled_from(["11310115", "12310120", "13130100", "51310000", "53210100", "91310115"]),
    st.text("0123456789", min_size=8, max_size=8),
)
def test_the_code_of_an_organisation_is_none(head: str, body: str) -> None:
    code = credit_code.generate(head, organisation_code.generate(body))
    assert find(f"代码{code}。") == []


@given(st.text(st.sampled_from("0123456789X -+６上"), max_size=200))
def test_findings_lie_in_order_and_apart(text: str) -> None:
    found = find(text)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    "text",
    [
        "1" * 1_000_000,
        "6222 " * 200_000,
        "13812345678 " * 80_000,
        "+86-" * 250_000,
        "11010519491231002" * 60_000,
        "1381234567８ " * 80_000,
    ],
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    began = time.perf_counter()
    find(text)
    assert time.perf_counter() - began < 5


CITIZEN = "11010519491231002X"
PHONE = "13812345678"


def test_the_validator_points_them_out_in_every_text_and_group() -> None:
    raw = {
        "title": f"张三{CITIZEN}的材料",
        "abstract": f"电话{PHONE}，{PHONE}。",
        "keywords": ["水务", f"张三{PHONE}"],
        "items": [{"name": "姓名"}, {"name": "号码", "definition": f"例如 {CITIZEN}"}],
    }
    result = validate("non-document", raw, Level.MINIMAL)
    found = {each.path: each for each in result.warnings if each.rule == RULE}
    assert set(found) >= {"title", "abstract", "items[1].definition"}
    assert any(path.startswith("keywords") for path in found)
    assert found["title"].value == "110105********002X"
    assert found["abstract"].value == "138****5678"
    assert "公民身份号码" in found["title"].message.zh
    assert "个人信息保护法" in found["title"].clause
    assert all(each.suggestion for each in found.values())
    assert set(findings(result.descriptor)) == set(found.values())
    assert findings(Descriptor("non-document", {"title": "泵站", "abstract": "无"})) == ()


def leaves(kind: str) -> list[str]:
    return [path for path, element in profile(kind).walk() if not element.children]


def nested(path: str, value: Any) -> dict[str, Any]:
    top, _, rest = path.partition(".")
    return {top: nested(rest, value) if rest else value}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [CITIZEN, PHONE, widened(PHONE)])
def test_no_problem_of_any_element_repeats_the_number(kind: str, number: str) -> None:
    shapes: list[Any] = [
        number,
        f"张三{number}",
        "长" * 113 + number + "长" * 200_000,
        "长" * 90 + f" {number} " * 3,
        [number] * 3000,
        {number: number, f"名{number}": [number]},
        [{"多": {"层": number}}, [[number]]],
        {"x" * 13 + number + "y" * 60: {"deep": {"deeper": "z" * 8 + number + "z" * 90}}},
    ]
    for path in leaves(kind):
        for shape in shapes:
            raw = {**nested(path, shape), f"键{number}": 1}
            for each in validate(kind, raw).problems:
                assert number not in repr(each)
                assert number[:-1] not in repr(each)


@given(descriptors(), NUMBERS, st.data())
def test_validating_never_leaks_a_number(
    one: tuple[str, dict[str, Any]], number: tuple[str, str], data: st.DataObject
) -> None:
    kind, values = one
    path = data.draw(st.sampled_from(leaves(kind)))
    for each in validate(kind, values | nested(path, f"号{number[1]}")).problems:
        assert number[1] not in repr(each)
