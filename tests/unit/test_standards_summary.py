"""The Summary: a descriptor by role, and what the public may see of it."""

from __future__ import annotations

import time

from hypothesis import given, settings

from standards.descriptor import Descriptor
from standards.profile import profile
from standards.summary import Box, Endpoint, Item, Number, Period, redact, summarize, whole_day
from standards.validation import validate
from tests.strategies import descriptors

RESOURCE = {
    "title": "雨水泵站基本信息",
    "abstract": "名称、位置和排水能力。",
    "provider": [{"name": "上海市水务局", "code": "12100000400010275N"}, {"name": "上海市海洋局"}],
    "keywords": "泵站；防汛",
    "category": "综合政务\\其他",
    "index_number": "002420455/2009-00017",
    "resource_code": "307310021/114",
    "format": "MySQL",
    "items": [
        {"name": "设计排水能力", "type": "N", "definition": "立方米每秒", "column": "CAPACITY"}
    ],
    "sharing": {"attribute": "有条件共享", "condition": "供防汛调度"},
    "disclosure": {"attribute": "不予公开", "ground": "过程性信息"},
    "update_cycle": "每月",
    "online": "http://www.gov.cn/a",
    "service": {"url": "https://x.gov.cn/api", "type": "REST", "condition": "申请密钥"},
    "place": {"division": "徐汇区", "west": 121.4, "south": 31.1, "east": 121.5, "north": 31.2},
    "period": "2008年至2009年",
    "issued": "2009-03",
    "related": "310A7/000118",
}


def made() -> Descriptor:
    found = validate("non-document", RESOURCE)
    assert found.ok
    return found.descriptor


def test_every_role_is_filled():
    summary = summarize(made())
    assert summary.title == "雨水泵站基本信息"
    assert summary.provider == "上海市水务局"
    assert summary.providers == ("上海市水务局", "上海市海洋局")
    assert summary.provider_code == "12100000400010275N"
    assert Number("index-number", "002420455/2009-00017") in summary.numbers
    assert summary.keywords == ("泵站", "防汛")
    assert summary.items == (Item("设计排水能力", "numeric", "立方米每秒"),)
    assert summary.themes == ("T0290", "T02")
    assert summary.theme_names == ("综合政务\\其他", "其他", "综合政务")
    assert summary.formats == ("database", "mysql")
    assert summary.sharing == "conditional"
    assert summary.sharing_condition == "供防汛调度"
    assert summary.disclosure == "withheld"
    assert summary.disclosure_ground
    assert summary.cycle == "P1M"
    assert summary.divisions == ("310104", "310000")
    assert summary.place_names == ("徐汇区", "上海市")
    assert summary.box == Box(121.4, 31.1, 121.5, 31.2)
    assert summary.period == Period("2008", "2009")
    assert summary.issued == "2009-03-01"
    assert summary.endpoint == Endpoint("rest-api", "https://x.gov.cn/api", "申请密钥")
    assert summary.links == ("http://www.gov.cn/a",)
    assert summary.related == ("310A7/000118",)


def test_nothing_said_is_undetermined():
    summary = summarize(Descriptor("document", {}))
    assert summary.disclosure == summary.sharing == "undetermined"
    assert summary.box is None
    assert summary.endpoint is None
    assert summary.period is None


def test_the_public_loses_what_is_kept_for_the_agencies():
    whole = made()
    public = redact(whole, "public")
    assert "column" not in public.values["items"][0]
    assert public.values["items"][0]["name"] == "设计排水能力"
    assert redact(whole, "agencies") == whole
    assert public.digest != whole.digest


@given(descriptors())
@settings(max_examples=60, deadline=None)
def test_redacting_keeps_exactly_the_public_elements(made):
    kind, values = made
    values.pop("redactions", None)
    public = redact(Descriptor(kind, values), "public")
    for path, element in profile(kind).walk():
        if not element.children:
            before = list(Descriptor(kind, values).all(path))
            after = list(public.all(path))
            assert after == (before if element.audience == "public" else [])


@given(descriptors())
@settings(max_examples=60, deadline=None)
def test_any_valid_descriptor_has_a_summary(made):
    kind, values = made
    summary = summarize(Descriptor(kind, values))
    assert summary.title == values["title"]
    assert all(len(day) in {0, 10} for day in (summary.issued, summary.written))


def test_a_month_stands_for_its_first_day():
    assert [whole_day(each) for each in ("2009", "2009-03", "2009-03-18", "")] == [
        "2009-01-01",
        "2009-03-01",
        "2009-03-18",
        "",
    ]


def test_equal_values_have_equal_digests_whatever_their_order():
    values = dict(made().values)
    turned = Descriptor("non-document", dict(reversed(values.items())))
    assert turned.digest == made().digest
    assert hash(turned) == hash(made())


def test_a_summary_takes_less_than_a_millisecond():
    descriptor = made()
    summarize(descriptor)
    began = time.perf_counter()
    for _ in range(200):
        summarize(descriptor)
    assert (time.perf_counter() - began) / 200 < 0.001
