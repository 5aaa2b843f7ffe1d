"""Marks stand in the original text, and the text stays safe HTML."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.highlighting import SNIPPET, mark, needles, snippet
from search.typed import parse


def marked(text: str, typed: str) -> str:
    return mark(text, needles(parse(typed)))


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("關於義務教育的通知", "义务教育", "關於<mark>義務教育</mark>的通知"),
        ("关于义务教育", "義務教育", "关于<mark>义务教育</mark>"),
        ("ＣＳＶ文件", "csv", "<mark>ＣＳＶ</mark>文件"),
        ("csvx 与 csv", "csv", "csvx 与 <mark>csv</mark>"),
        ("<b>教育</b>&", "教育", "&lt;b&gt;<mark>教育</mark>&lt;/b&gt;&amp;"),
        ("一份csv—文件", "“csv 文件”", "一份<mark>csv—文件</mark>"),
        ("水与水质", "水", "<mark>水</mark>与<mark>水</mark>质"),
        ("2008年报告", "2008", "<mark>2008</mark>年报告"),
        ("12008年", "2008", "12008年"),
        ("无关", "教育", "无关"),
        ("", "教育", ""),
    ],
)
def test_marks(text: str, typed: str, expected: str) -> None:
    assert marked(text, typed) == expected


@given(st.text(max_size=80), st.text(max_size=30))
def test_without_its_marks_the_text_is_what_it_was(text: str, typed: str) -> None:
    found = marked(text, typed)
    assert (
        unescape(re.sub("</?mark>", "", found)) == unescape(text)
        or unescape(found.replace("<mark>", "").replace("</mark>", "")) == text
    )
    assert "<" not in re.sub("</?mark>", "", found)


def test_a_snippet_shows_the_best_part() -> None:
    text = "开头。" * 100 + "义务教育经费的统计。" + "结尾。" * 100
    shown = snippet(text, needles(parse("义务教育 经费")))
    assert "<mark>义务教育经费</mark>" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(re.sub("</?mark>", "", shown)) <= SNIPPET + 2
    assert snippet("短", ()) == "短"
    assert snippet(text, ()).startswith("开头")
