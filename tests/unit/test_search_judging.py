"""The measures against cases worked out by hand, and the lists that they are taken over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search.clauses import EVERYTHING
from search.judging import BadList, Judgement, Line, accepted, evaluate, read
from search.judging.evaluation import relevant
from search.judging.judgements import COLUMNS
from search.judging.metrics import dcg, mean, ndcg, reciprocal_rank, success
from search.judging.rules import BadRule, parse
from search.memory import MemoryEngine
from standards.summary import Item
from tests.cards import served

HEAD = "\t".join(COLUMNS)


def test_dcg_divides_each_grade_by_the_logarithm_of_its_rank() -> None:
    # 3/log2(2) + 2/log2(3) + 3/log2(4) + 0 + 1/log2(6) + 2/log2(7)
    assert dcg([3, 2, 3, 0, 1, 2]) == pytest.approx(3 + 1.26186 + 1.5 + 0.38685 + 0.71241, abs=1e-4)
    assert dcg([3] * 20) == dcg([3] * 10)


def test_ndcg_is_a_share_of_the_best_list() -> None:
    assert ndcg([3, 2, 1], [1, 2, 3]) == 1
    assert ndcg([0, 3], [3]) == pytest.approx(0.63093, abs=1e-4)
    assert ndcg([1, 0, 3], [3, 1]) == pytest.approx((1 + 1.5) / (3 + 0.63093), abs=1e-4)
    assert ndcg([], [2]) == 0
    with pytest.raises(ValueError, match="nothing is relevant"):
        ndcg([0], [])


def test_the_rank_of_the_first_right_answer_counts() -> None:
    assert reciprocal_rank([False, False, True, True]) == pytest.approx(1 / 3)
    assert reciprocal_rank([False] * 10 + [True]) == 0
    assert (success([True, False]), success([False, True]), success([])) == (1, 0, 0)
    assert mean([1.0, 0.5]) == 0.75
    assert mean([]) is None


def test_rules_read_what_stands_on_cards() -> None:
    card = replace(
        served(1),
        title="2008年养老机构信息",
        agency_names=("上海市民政局", "市民政局"),
        items=(Item("核定床位数"),),
        written="2007-03-01",
    )
    right = (
        "养老机构 agency:市民政局",
        "幼儿园 | item:床位",
        "year:2008 -幼儿园",
        "year:2007",
        f"identifier:{card.identifier}",
    )
    wrong = ("养老机构 agency:市水务局", "-养老", "item:床位 kind:none", "year:2006", "agency:民政")
    assert all(parse(rule).holds(card) for rule in right)
    assert not any(parse(rule).holds(card) for rule in wrong)
    for bad in ("", "甲 | ", "colour:red", "agency:"):
        with pytest.raises(BadRule):
            parse(bad)


@pytest.mark.parametrize(
    "text",
    [
        "class\tquery\n",
        f"{HEAD}\nexact\t甲\n",
        f"{HEAD}\nitem\t甲\t\tcolour:red\n",
        f"{HEAD}\na\tb\tc\t\t\t\t\td\n",
    ],
)
def test_a_list_that_cannot_be_read_names_the_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.tsv"
    path.write_text(text, "utf-8")
    with pytest.raises(BadList, match=r"list\.tsv"):
        read(path)


def test_an_engine_is_measured_by_class() -> None:
    engine = MemoryEngine()
    titles = ("防汛预案", "防汛物资", "养犬登记")
    cards = [replace(served(number), title=title) for number, title in enumerate(titles)]
    engine.apply(cards)
    judgements = [
        Judgement("exact", "防汛预案", "防汛预案"),
        Judgement("topic", "防汛", rules={3: parse("物资"), 1: parse("预案")}),
        Judgement("topic", "汪证", rules={3: parse("养犬")}),
        Judgement("topic", "不在此处", "没有登记"),
    ]
    assert relevant(judgements, cards) == [(3,), (3, 1), (3,), ()]
    report = evaluate(engine, EVERYTHING, judgements, cards)
    assert [each.query for each in report.absent] == ["不在此处"]
    exact, topic, whole = report.lines()
    assert exact == Line("exact", 1, 1.0, 1.0, 1.0, 0.0)
    assert (topic.queries, topic.success, topic.mrr, topic.zero) == (2, None, 0.5, 0.5)
    assert (whole.name, whole.queries, whole.success) == ("all", 3, 1.0)
    (alone,) = evaluate(engine, EVERYTHING, judgements[:1], cards).lines()
    assert alone == exact
    assert [each.judgement.query for each in report.worst(1)] == ["汪证"]


def test_a_class_may_fall_a_little_but_never_under_an_aim_it_reached(tmp_path: Path) -> None:
    path = tmp_path / "list.tsv"
    line = Line("topic", 10, None, 0.78, 0.9, 0.0)
    accepted.write(path, [line, replace(line, name="low", ndcg=0.60)])
    before = accepted.read(path)
    assert before["topic"]["ndcg"] == 0.78
    low = replace(line, name="low", ndcg=0.58)
    assert not accepted.falls([replace(line, ndcg=0.775), replace(low, ndcg=0.595)], before)
    fallen = accepted.falls([replace(line, ndcg=0.745), low], before)
    assert [(each.name, each.floor) for each in fallen] == [("topic", 0.77), ("low", 0.59)]
    accepted.write(path, [replace(line, ndcg=0.755)])
    assert set(accepted.read(path)) == {"topic", "low"}
    (fall,) = accepted.falls([replace(line, ndcg=0.749)], accepted.read(path))
    assert fall.floor == 0.75
    accepted.write(path, [replace(line, name="all")])
    many = replace(line, zero=0.2)
    fallen = accepted.falls([many, replace(many, name="all")], accepted.read(path))
    assert [(each.name, each.measure) for each in fallen] == [("all", "zero")]
