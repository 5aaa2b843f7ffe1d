"""Headings: the columns of bureaus find our elements, and unknown ones are told."""

from __future__ import annotations

import pytest

from standards.headings import ColumnMapping, apply, heading, path_of, propose
from standards.profile import KINDS, profile
from standards.validation import validate

DOCUMENTS = ["编号", "标题", "发文字号", "索引号", "发文机关", "成文日期", "主题分类", "内容概述"]
DATASETS = [
    *("编号", "信息资源名称", "信息资源提供方", "分类", "信息资源摘要"),
    *("信息项", "更新周期", "共享类型", "发布日期"),
]


def test_documents_and_resources_are_told_apart():
    assert propose(DOCUMENTS).kind == "document"
    assert propose(DATASETS).kind == "non-document"


def test_the_columns_of_bureaus_are_understood():
    mapping = propose(DOCUMENTS)
    assert mapping.columns == {
        "编号": None,
        "标题": "title",
        "发文字号": "document_number",
        "索引号": "index_number",
        "发文机关": "provider.name",
        "成文日期": "written",
        "主题分类": "category",
        "内容概述": "abstract",
    }
    assert mapping.source_key == "编号"
    assert mapping.unknown == ()


@pytest.mark.parametrize(
    "written",
    [
        "标题",
        " 标 题 ",
        "标题*",
        "*标题（必填）",
        "标题(必填)",
        "标题【必填】",
        "标题：",
        "ｔｉｔｌｅ",
        "TITLE",
        "标题\n（全称）",
    ],
)
def test_what_people_add_to_a_heading_does_not_count(written):
    assert path_of("document", written) == "title"


@pytest.mark.parametrize("kind", KINDS)
def test_our_own_headings_lead_back_to_their_paths(kind):
    for path, _element in profile(kind).walk():
        for own in heading(kind, path):
            assert _same(kind, path_of(kind, own), path), own
        assert path_of(kind, path) == path


def _same(kind: str, one: str | None, other: str) -> bool:
    """A group's text means its chief part, so both paths say the same."""

    def chief(path: str) -> str:
        meant = profile(kind).element(path).from_text
        return f"{path}.{meant}" if meant else path

    return one is not None and chief(one) == chief(other)


def test_unknown_columns_are_told_and_useless_ones_are_not():
    mapping = propose(["标题", "点击数", "神秘的列"], "document")
    assert mapping.unknown == ("神秘的列",)


def test_a_second_column_for_what_occurs_once_is_left_to_a_person():
    mapping = propose(["标题", "文件名称", "关键词", "主题词"], "document")
    assert mapping.columns["文件名称"] is None
    assert mapping.unknown == ("文件名称",)
    raw = apply(mapping, {"标题": "甲", "关键词": "水务", "主题词": "节水"})
    assert validate("document", raw).descriptor.get("keywords") == {"keyword": ["水务", "节水"]}


def test_columns_of_a_group_are_put_together():
    mapping = propose(["名称", "提供方", "提供方代码", "信息项名称", "数据类型"], "non-document")
    row = {
        "名称": "甲",
        "提供方": "上海市水务局",
        "提供方代码": "12100000400010275N",
        "信息项名称": "站名；能力",
        "数据类型": "C；N",
    }
    found = validate("non-document", apply(mapping, row)).descriptor
    assert found.values["provider"] == [{"name": "上海市水务局", "code": "12100000400010275N"}]
    assert list(found.all("items.type")) == ["character", "numeric"]


def test_empty_cells_say_nothing():
    mapping = propose(DOCUMENTS)
    assert apply(mapping, {"标题": "甲", "发文机关": "", "索引号": None}) == {"title": "甲"}


def test_a_mapping_is_remembered_as_json():
    mapping = propose([*DATASETS, "神秘的列"])
    assert ColumnMapping.from_dict(mapping.as_dict()) == mapping
    gone = mapping.as_dict()
    gone["columns"] = {**gone["columns"], "旧列": "no_such_element"}
    assert ColumnMapping.from_dict(gone).columns["旧列"] is None
