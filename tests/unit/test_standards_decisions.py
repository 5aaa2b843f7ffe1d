"""Decisions: each rule broken and kept, rulings, risk, and what the public gets of redactions."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standards import sample
from standards.codelists import codelist
from standards.decision_rules import decision_rules, paths_of
from standards.decisions import (
    barred,
    default_review_by,
    forwarded,
    judge,
    risk,
    rulings,
)
from standards.descriptor import Descriptor
from standards.profile import KINDS, dictionary, profile
from standards.redactions import redactions
from standards.summary import redact, summarize
from standards.validation import validate
from tests.strategies import descriptors

DAY = date(2026, 11, 24)
ITEMS = [{"name": "设计排水能力"}, {"name": "值班手机号码"}]
ROW = {"part": "items", "item": "值班手机号码", "ground": "privacy", "reason": "个人信息"}


def disclosed(attribute: str, ground: str = "", **more: str) -> dict[str, Any]:
    """A disclosure group."""
    return {
        "disclosure": {"attribute": attribute, **({"ground": ground} if ground else {}), **more}
    }


def partly(**more: str) -> dict[str, Any]:
    """A resource of whose data items one is withheld."""
    return {**disclosed("proactive"), "items": ITEMS, "redactions": [{**ROW, **more}]}


def made(values: dict[str, Any]) -> Descriptor:
    """The descriptor that these values are, canonical."""
    kind = "non-document" if "items" in values else "document"
    return validate(kind, {"title": "泵站", **values}).descriptor


def broken(values: dict[str, Any]) -> set[tuple[str, str]]:
    return {(each.rule, each.path) for each in judge(made(values), DAY)}


SHARED = {"attribute": "conditional", "condition": "防汛调度", "audience": "防汛部门"}
CASES: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("state-secret", "disclosure.ground", disclosed("withheld", "国家秘密"),
     disclosed("withheld", "law-forbids", reason="《统计法》第九条")),
    ("state-secret", "sharing.ground",
     {"sharing": {"attribute": "not-shared", "ground": "state-secret"}},
     {"sharing": {"attribute": "not-shared", "ground": "law-or-policy"}}),
    ("state-secret", "redactions.ground", partly(ground="state-secret"), partly()),
    ("ground-when-not-proactive", "disclosure.ground", disclosed("on-request"),
     disclosed("on-request", "on-request-way")),
    ("ground-when-not-proactive", "disclosure.ground", disclosed("withheld"),
     disclosed("proactive")),
    ("absolute-ground", "disclosure.attribute",
     disclosed("on-request", "security-stability", public_interest="重大", third_party="consented"),
     disclosed("withheld", "security-stability")),
    ("answer-when-withheld", "disclosure.third_party", disclosed("withheld", "privacy"),
     disclosed("withheld", "privacy", third_party="silent")),
    ("answer-when-withheld", "disclosure.third_party", disclosed("withheld", "trade-secret"),
     disclosed("withheld", "trade-secret", public_interest="对公共利益没有重大影响")),
    ("consent-when-disclosed", "disclosure.public_interest",
     disclosed("proactive", "trade-secret", third_party="refused"),
     disclosed("proactive", "trade-secret", third_party="consented")),
    ("consent-when-disclosed", "disclosure.public_interest", disclosed("on-request", "privacy"),
     disclosed("on-request", "privacy", public_interest="污染影响饮用水")),
    ("withheld-though-consented", "disclosure.ground",
     disclosed("withheld", "privacy", third_party="consented"),
     disclosed("withheld", "privacy", third_party="refused")),
    ("discretion-when-withheld", "disclosure.discretion", disclosed("withheld", "internal-affairs"),
     disclosed("withheld", "internal-affairs", discretion="只涉及内部")),
    ("ground-of-part", "redactions.ground", {**partly(), "redactions": [{"part": "abstract"}],
     "abstract": "甲"}, partly()),
    ("weighing-of-part", "redactions.reason",
     {**partly(), "redactions": [{k: v for k, v in ROW.items() if k != "reason"}]}, partly()),
    ("law-of-part", "redactions.reason",
     {**partly(), "redactions": [{"part": "items", "ground": "law-forbids"}]},
     partly(ground="law-forbids", reason="《统计法》第九条")),
    ("redaction-of-nothing", "redactions.part", partly(item="改了名的"), partly()),
    ("redaction-undone", "redactions.part", {**partly(), "abstract": "含值班手机号码。"},
     {**partly(), "abstract": "含排水能力。"}),
    ("law-when-not-shared", "sharing.ground", {"sharing": {"attribute": "not-shared"}},
     {"sharing": {"attribute": "not-shared", "ground": "《统计法》第九条"}}),
    ("condition-of-sharing", "sharing.condition",
     {"sharing": {"attribute": "conditional", "audience": "防汛部门"}}, {"sharing": SHARED}),
    ("audience-of-sharing", "sharing.audience",
     {"sharing": {"attribute": "conditional", "condition": "防汛调度"}}, {"sharing": SHARED}),
    ("visible-before-decided", "visibility.attribute", {"visibility": "public"},
     {"visibility": "agencies"}),
    ("hidden-though-disclosed", "visibility.attribute",
     {**disclosed("on-request", "on-request-way"), "visibility": "agency"},
     {**disclosed("on-request", "on-request-way"), "visibility": "public"}),
    ("ground-repealed", "disclosure.ground", disclosed("withheld", "shanghai-2004-10-4"),
     disclosed("withheld", "process-information", discretion="尚在征求意见")),
    ("ground-does-not-serve", "disclosure.ground", disclosed("withheld", "on-request-way"),
     disclosed("on-request", "on-request-way")),
    ("ground-does-not-serve", "disclosure.ground", disclosed("proactive", "internal-affairs"),
     disclosed("proactive", "listed-proactive")),
    ("ground-does-not-serve", "sharing.ground",
     {"sharing": {"attribute": "not-shared", "ground": "internal-affairs"}},
     {"sharing": {"attribute": "not-shared", "ground": "law-forbids"}}),
    ("ground-does-not-serve", "redactions.ground", partly(ground="listed-proactive"), partly()),
    ("review-before-start", "disclosure.review_by",
     disclosed("proactive", valid_from="2026-11-24", review_by="2026-11-23"),
     disclosed("proactive", valid_from="2026-11-24", review_by="2026-11")),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "path", "wrong", "right"), CASES)
def test_a_rule_is_broken_and_kept(
    rule: str, path: str, wrong: dict[str, Any], right: dict[str, Any]
) -> None:
    assert (rule, path) in broken(wrong)
    assert broken(right) == set()


def test_every_rule_is_tried_and_says_so_in_two_languages() -> None:
    apart = {"forwarded-attribute", "ground-not-yet"}
    assert {each.rule for each in decision_rules()} == {case[0] for case in CASES} | apart
    for _, _, wrong, _ in CASES:
        for problem in judge(made(wrong), DAY):
            assert problem.clause
            for text in (problem.message, problem.suggestion):
                assert text is None or not ({"{", "}"} & set(text.zh + text.en))


def test_a_ground_is_judged_on_the_day_of_the_decision() -> None:
    old = made(disclosed("withheld", "shanghai-2004-10-4"))
    assert judge(old, date(2019, 5, 14)) == ()
    assert [each.rule for each in judge(old, date(2019, 5, 15))] == ["ground-repealed"]
    new = made(disclosed("on-request", "on-request-way"))
    assert [each.rule for each in judge(new, date(2008, 4, 30))] == ["ground-not-yet"]
    assert judge(new, date(2008, 5, 1)) == ()


def test_a_state_secret_is_refused_at_registration_even_as_a_draft() -> None:
    for values in (disclosed("withheld", "涉密"), partly(ground="国家秘密")):
        kind = "non-document" if "items" in values else "document"
        found = validate(kind, {"title": "泵站", **values})
        (error,) = [each for each in found.errors if each.rule == "state-secret"]
        assert error.value
        assert barred(found.descriptor) == (error,)
    assert barred(made(disclosed("withheld"))) == ()


def test_a_document_takes_the_attribute_of_what_it_forwards() -> None:
    own = made(disclosed("proactive"))
    assert forwarded(own, "310A7-000001", "proactive") is None
    assert forwarded(own, "310A7-000001", "undetermined") is None
    problem = forwarded(own, "310A7-000001", "withheld")
    assert problem is not None
    assert problem.path == "disclosure.attribute"
    assert "310A7-000001" in problem.message.zh
    assert summarize(made({"forwards": "国办发〔2009〕5号"})).forwards == "国办发〔2009〕5号"


def test_a_descriptor_rules_on_each_axis_and_on_each_part() -> None:
    told = {(each.axis, each.part): each for each in rulings(made(partly()))}
    assert list(told) == [
        ("disclosure", ""),
        ("sharing", ""),
        ("visibility", ""),
        ("disclosure", "items:值班手机号码"),
    ]
    assert told["sharing", ""].value == "undetermined"
    part = told["disclosure", "items:值班手机号码"]
    assert (part.value, part.ground, part.reason) == ("withheld", "privacy", "个人信息")
    whole = rulings(made(disclosed("withheld", "privacy", third_party="refused")))[0]
    assert dict(whole.evidence) == {"third_party": "refused"}
    assert default_review_by(whole, date(2024, 2, 29)) == date(2025, 2, 28)
    assert default_review_by(told["disclosure", ""], DAY) is None


@pytest.mark.parametrize(
    ("level", "values"),
    [
        ("low", disclosed("proactive")),
        ("medium", disclosed("on-request", "on-request-way")),
        ("medium", {**disclosed("proactive"), "sharing": SHARED}),
        ("high", disclosed("withheld", "privacy")),
        ("high", {}),
        ("high", partly()),
        ("high", {**disclosed("proactive"), "visibility": "public"}),
        ("high", {**disclosed("proactive"), "sharing": "not-shared"}),
    ],
)
def test_how_much_depends_on_it(level: str, values: dict[str, Any]) -> None:
    assert risk(made(values)) == level


def test_what_is_withheld_is_named_in_any_of_our_words() -> None:
    for said in ("发文字号", "docNum", "Document number", "document_number", "文号"):
        row = {"part": said, "ground": "privacy"}
        found = validate("document", {"title": "x", "redactions": [row]})
        assert found.descriptor.get("redactions.part") == "document_number"
    for said in ("title", "公开属性", "什么也不是"):
        found = validate("document", {"title": "x", "redactions": [{"part": said}]})
        assert [each.rule for each in found.errors] == ["unknown-code"]
    for kind in KINDS:
        never = {use.element.name for use in profile(kind).elements if not use.element.redactable}
        assert {"title", "provider", "category", "disclosure", "redactions"} <= never


def test_facts_and_codes_of_the_rules_are_there() -> None:
    for axis in ("disclosure", "sharing", "visibility"):
        for path in paths_of(axis).values():
            top, _, part = path.partition(".")
            assert dictionary()[top].child(part) if part else dictionary()[top]
    for code in codelist("legal-grounds").codes:
        for axis, values in code.extra["axis"].items():
            assert all(codelist(axis).get(value) for value in values)
        replaced = code.extra.get("replaced_by")
        assert replaced is None or codelist("legal-grounds").get(replaced)


def test_the_public_gets_the_rest_and_learns_that_something_is_withheld() -> None:
    values = {**partly(), "keywords": ["泵站", "值班手机号码"], "abstract": "甲"}
    values["redactions"].append({"part": "abstract", "ground": "process-information"})
    public = redact(made(values), "public")
    assert public.values["items"] == [{"name": "设计排水能力"}]
    assert public.values["keywords"] == [{"keyword": ["泵站"]}]
    assert public.values["redactions"] == [
        {"part": "items", "ground": "privacy"},
        {"part": "abstract", "ground": "process-information"},
    ]
    told = summarize(public).redactions
    assert [(each.part, each.count, each.partly) for each in told] == [
        ("items", 1, True), ("abstract", 1, False),
    ]  # fmt: skip
    assert told[0].sentence.zh == "“信息项”中有1项不予公开：个人隐私（《政府信息公开条例》第15条）"
    assert redact(made(values), "agencies") == made(values)


@pytest.mark.parametrize(
    "rows",
    [[{}], [{"part": "什么"}], ["items"], "items", {"part": ""}, [None], [{"item": "甲"}], [[{}]]],
)
def test_what_is_no_redaction_withholds_everything_that_can_be(rows: Any) -> None:
    whole = Descriptor("non-document", {**made({**partly(), "abstract": "甲"}).values})
    public = redact(Descriptor(whole.kind, {**whole.values, "redactions": rows}), "public")
    assert set(public.values) <= {"title", "disclosure", "redactions"}


def test_a_data_item_of_another_name_withholds_them_all() -> None:
    public = redact(made({**partly(item="改了名的"), "abstract": "甲"}), "public")
    assert "items" not in public.values
    assert public.values["abstract"] == "甲"


@given(descriptors(), st.data())
@settings(max_examples=60, deadline=None)
def test_nothing_that_is_withheld_remains(
    made_: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    kind, values = made_
    names = [name for name in values if dictionary()[name].redactable]
    parts = data.draw(st.lists(st.sampled_from(names), max_size=4) if names else st.just([]))
    values["redactions"] = [{"part": part} for part in parts]
    whole = Descriptor(kind, values)
    public = redact(whole, "public")
    assert not set(parts) & set(public.values)
    assert redact(public, "public").values.keys() <= public.values.keys()
    assert {each.part for each in redactions(public)} == set(parts)
    judge(whole, DAY)
    assert len(rulings(whole)) == 3 + len(values["redactions"])
    assert risk(whole) in {"low", "medium", "high"}
    summarize(public)


def test_the_sample_could_be_decided_as_it_is_and_is_of_one_mind() -> None:
    decided: dict[tuple[str, str], set[str]] = {}
    for entry in sample.entries(3000):
        found = validate(entry.kind, entry.values)
        assert found.ok
        assert judge(found.descriptor, DAY) == ()
        series = re.sub(r"[0-9]+|（第.*?批）", "", entry.values["title"])
        attribute = found.descriptor.get("disclosure.attribute")
        decided.setdefault((entry.agency, series), set()).add(attribute)
        if attribute == "proactive":
            assert found.descriptor.get("service.condition") is None
    assert [key for key, attributes in decided.items() if len(attributes) > 1] == []
