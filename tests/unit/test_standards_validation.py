"""Validation: every problem at once, by level, and never an exception."""

from __future__ import annotations

import csv
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standards.headings import apply, propose
from standards.problems import Problem
from standards.profile import KINDS, Level, profile
from standards.validation import validate
from tests.parts import fixtures
from tests.strategies import descriptors, raw_values

DOCUMENT = {
    "title": "关于印发《上海市节水型小区评价指标及考核办法》的通知",
    "document_number": "沪水务(2024)83号",
    "provider": "上海市水务局",
    "category": "综合政务\\其他",
    "written": "2024年2月26日",
    "issued": "2024-03-01",
    "abstract": "为了规范节水型小区的评价。",
    "keywords": "水务；节水",
    "genre": "通知",
    "disclosure": "主动公开",
    "online": "http://www.gov.cn/a",
    "index_number": "002420455/2009-00017",
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4)
    ),
    max_leaves=12,
)


def names(kind: str) -> st.SearchStrategy[str]:
    paths = [path for path, _ in profile(kind).walk()]
    return st.sampled_from([name for path in paths for name in path.split(".")]) | st.text(
        max_size=9
    )


def rules(kind: str, raw: object, level: Level = Level.MINIMAL) -> set[tuple[str, str, str]]:
    return {(each.path, each.rule, each.severity) for each in validate(kind, raw, level).problems}


def test_a_good_document_has_no_problem_at_the_fullest_level():
    found = validate("document", DOCUMENT, Level.FULL)
    assert found.problems == ()
    assert found.ok
    assert found.descriptor.get("document_number") == "沪水务〔2024〕83号"
    assert found.descriptor.get("provider.name") == "上海市水务局"


@pytest.mark.parametrize("kind", KINDS)
def test_obligations_bind_by_level(kind):
    for level in Level:
        for use in profile(kind).elements:
            if use.mandatory is not None:
                wanted = "error" if level.demands(use.mandatory) else "warning"
                assert (use.element.name, "required", wanted) in rules(kind, {}, level)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", list(Level))
def test_every_problem_says_where_what_and_in_two_languages(kind, level):
    wrong = {use.element.name: {"no": "x"} for use in profile(kind).elements} | {"标是": "x"}
    for problem in (*validate(kind, {}, level).problems, *validate(kind, wrong, level).problems):
        assert problem.path
        assert problem.rule
        assert problem.message.zh
        assert problem.message.en
        assert not re.search(r"\{[a-z]+\}", problem.message.zh + problem.message.en)
        assert Problem.from_dict(problem.as_dict()) == problem


@pytest.mark.parametrize("kind", KINDS)
def test_every_condition_asks_for_what_it_requires(kind):
    for condition in profile(kind).conditions:
        raw: dict[str, dict[str, str] | str] = {}
        for path, values in condition.when:
            top, _, part = path.partition(".")
            if part:
                raw.setdefault(top, {})[part] = values[0]
            else:
                raw[top] = values[0]
        for path in condition.require:
            assert (path, condition.rule, "error") in rules(kind, raw, Level.FULL)


def test_all_problems_at_once():
    raw = {
        "title": "甲" * 501,
        "issued": "2023-02-30",
        "online": ["javascript:alert(1)"],
        "provider": {"name": "上海市水务局", "code": "121000004000102750"},
        "disclosure": "秘而不宣",
        "period": {"begin": "2010", "end": "2009"},
        "标题": "另一个",
    }
    found = rules("document", raw)
    assert {
        ("title", "too-long", "error"),
        ("issued", "bad-date", "error"),
        ("online", "bad-uri", "error"),
        ("provider.code", "bad-identifier", "error"),
        ("disclosure.attribute", "unknown-code", "error"),
        ("period.end", "wrong-order", "error"),
        ("标题", "unknown-element", "warning"),
    } <= found
    assert ("title", "required", "error") not in found


def test_a_huge_field_is_a_short_problem():
    began = time.perf_counter()
    found = validate("document", {"title": "好", "abstract": "长" * 20_000_000})
    assert time.perf_counter() - began < 2
    (problem,) = found.errors
    assert problem.rule == "too-long"
    assert problem.value is not None
    assert len(problem.value) <= 120
    assert "abstract" not in found.descriptor.values


def test_too_many_values_are_refused_without_being_read():
    found = validate("document", {"title": "好", "keywords": {"keyword": ["词"] * 100_000}})
    assert {each.rule for each in found.errors} == {"too-many"}


def test_a_part_is_missed_from_the_core_level_on():
    raw = {"title": "好", "provider": {"address": "江苏路389号"}}
    assert ("provider.name", "part-required", "warning") in rules("document", raw)
    assert ("provider.name", "part-required", "error") in rules("document", raw, Level.CORE)


def test_deep_nesting_and_odd_keys_do_no_harm():
    deep: object = "x"
    for _ in range(10_000):
        deep = [deep]
    assert not validate("document", {"title": deep, 3: 4, None: 5}).ok


@given(kind=st.sampled_from(KINDS), raw=JSON, level=st.sampled_from(list(Level)))
@settings(max_examples=150, deadline=None)
def test_arbitrary_json_never_raises(kind, raw, level):
    assert validate(kind, raw, level).descriptor.kind == kind


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_arbitrary_json_under_our_names_never_raises_and_reads_to_a_fixed_point(data):
    kind = data.draw(st.sampled_from(KINDS))
    inner = st.dictionaries(names(kind), JSON, max_size=4) | JSON
    raw = data.draw(st.dictionaries(names(kind), inner | st.lists(inner, max_size=3), max_size=6))
    once = validate(kind, raw)
    again = validate(kind, once.descriptor.values)
    assert again.descriptor == once.descriptor
    assert again.descriptor.digest == once.descriptor.digest


@given(descriptors())
@settings(max_examples=100, deadline=None)
def test_what_was_read_is_read_the_same_again(made):
    kind, values = made
    assert dict(validate(kind, values).descriptor.values) == values


@given(st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(st.just(kind), raw_values(kind))))
@settings(max_examples=50, deadline=None)
def test_a_stricter_level_changes_no_value_and_only_hardens_problems(made):
    kind, raw = made
    found = [validate(kind, raw, level) for level in Level]
    assert len({each.descriptor.digest for each in found}) == 1
    assert len({len(each.problems) for each in found}) == 1
    errors = [len(each.errors) for each in found]
    assert errors == sorted(errors)


@pytest.mark.parametrize(
    ("name", "kind", "count", "allowed"),
    [
        ("documents", "document", 2214, set()),
        ("datasets", "non-document", 1647, {("sharing.attribute", "unknown-code")}),
    ],
)
def test_real_rows_are_read_at_the_minimal_level(name, kind, count, allowed):
    with (fixtures() / "real" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    mapping = propose(list(rows[0]))
    assert mapping.kind == kind
    assert mapping.unknown == ()
    found = [validate(kind, apply(mapping, row)) for row in rows]
    assert len(found) == count
    assert {(e.path, e.rule) for each in found for e in each.errors} <= allowed
    assert sum(not each.ok for each in found) <= 10
