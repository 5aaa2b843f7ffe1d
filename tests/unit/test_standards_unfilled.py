"""Templates that nobody filled in are not taken for values."""

from __future__ import annotations

import pytest

from standards.profile import Level
from standards.validation import validate

GIVEN = {"abstract": "位置和排水能力", "provider": "上海市水务局"}


@pytest.mark.parametrize(
    "text",
    [
        "{{title}}",
        "${record.title}",
        "<%= title %>",
        "-- Please insert --",
        "[insert title here]",
        "REQUIRED: the title of the resource",
        "TBD",
        "T.B.D.",
        "todo: ask Wang",
        "XXXX",
        "____",
        "请填写标题",
        "（待补充）",
        "--请在此输入--",
        "【待定】",
        "To be completed",
    ],
)
def test_a_template_counts_as_not_given(text: str) -> None:
    found = validate("non-document", {"title": text, "issued": text, **GIVEN})
    assert found.descriptor.get("title") is None
    assert [each.rule for each in found.problems if each.path == "title"] == [
        "unfilled",
        "required",
    ]
    assert [each.path for each in found.errors] == ["title"]
    (told, *_) = found.problems
    assert text in told.message.zh
    assert (told.severity, bool(told.suggestion)) == ("warning", True)


@pytest.mark.parametrize(
    "text",
    [
        "请示答复一览",
        "待业人员登记信息",
        "请填写机动车登记申请表的通知",
        "Required documents",
        "{A}类设备",
        "XX路泵站",
        "未填海区域图",
        "Enterprise register",
        "待遇",
        "本项目清单",
        "[2009]3号",
        "$100",
    ],
)
def test_what_only_looks_like_one_is_a_value(text: str) -> None:
    assert validate("non-document", {"title": text, **GIVEN}).ok


def test_a_code_list_may_have_such_a_word_of_its_own() -> None:
    found = validate("non-document", {"title": "泵站", "sharing": "待定", **GIVEN}, Level.MINIMAL)
    assert found.descriptor.get("sharing.attribute") == "undetermined"
    assert "unfilled" not in {each.rule for each in found.problems}


def test_a_template_in_a_part_is_a_part_that_is_missing() -> None:
    provider = {"name": "{{org}}", "address": "上海市江苏路389号"}
    raw = {"title": "泵站", "abstract": "位置", "provider": [provider]}
    found = validate("non-document", raw, Level.CORE)
    assert "part-required" in {
        each.rule for each in found.errors if each.path.startswith("provider")
    }
