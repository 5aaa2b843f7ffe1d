"""The parser of what people type, the clauses it makes, and cursors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import cursors
from search.clauses import EVERYTHING, Term
from search.cursors import DEEPEST, Cursor
from search.query import BadQuery, Query, Words
from search.ranking import plan, relaxations
from search.typed import MOST_TERMS, parse

TYPED = st.text(
    st.one_of(st.characters(), st.sampled_from('"“”「」『』-－− 　〔〕()教育局2008\x00\n')),
    max_size=120,
)


@given(TYPED)
def test_any_text_can_be_parsed_and_planned(text: str) -> None:
    words = parse(text)
    assert len(words.terms) <= MOST_TERMS
    plan(words)
    for weaker in relaxations(words):
        assert weaker.share is not None
        plan(weaker)


def test_words_phrases_and_exclusions() -> None:
    words = parse('教育 “义务教育法” -“城市规划” －档案 "csv 文件" 「名单」')
    assert words.terms == ("教育",)
    assert words.phrases == (("义务", "务教", "教育", "育法"), ("csv", "文件"), ("名单",))
    assert words.excluded == (("城市", "市规", "规划"), ("档案",))


def test_a_hyphen_inside_excludes_nothing() -> None:
    assert parse("GB-T 2312-80").excluded == ()
    assert parse("-").excluded == ()
    assert parse('"').phrases == ()
    assert not parse("  ？ ")


def test_typed_text_is_bounded() -> None:
    long = " ".join(f"词{number}" for number in range(10_000))
    words = parse(long)
    assert len(words.terms) <= MOST_TERMS
    assert len(words.text) <= 2_000
    assert parse("教" * 100_000).terms


def test_the_same_word_counts_once() -> None:
    assert parse("教育 教育 教育").terms == ("教育",)


def test_relaxation_asks_for_most_words_then_for_any() -> None:
    words = parse("教育 规划 档案 名单 统计")
    assert [step.share for step in relaxations(words)] == [0.6, 0.4, 0, 0.3]
    assert relaxations(parse("教育")) == []
    assert relaxations(Words()) == []
    any_part, _pairs = relaxations(parse("“义务教育法”"))
    assert (any_part.phrases, any_part.share) == ((), 0)


def test_cursors_come_back_as_they_went() -> None:
    query = Query(EVERYTHING, words=parse("教育"), filters={"kind": Term("kind", ("document",))})
    text = cursors.write(query, Cursor(2, "0f-键", 40))
    again = Query(
        EVERYTHING,
        words=parse("教育"),
        filters={"kind": Term("kind", ("document",))},
        cursor=text,
        size=99,
    )
    assert cursors.read(again) == Cursor(2, "0f-键", 40)


def test_pages_end_at_a_depth() -> None:
    query = Query(EVERYTHING)
    assert cursors.following(query, Cursor(0, "a", DEEPEST), more=True) is None
    assert cursors.following(query, Cursor(0, "a", 20), more=False) is None
    assert cursors.following(query, Cursor(0, "a", 20), more=True)


@given(st.text(max_size=80))
def test_no_text_passes_for_a_cursor(text: str) -> None:
    with pytest.raises(BadQuery):
        cursors.read(Query(EVERYTHING, cursor=text))


@pytest.mark.parametrize(
    "told", [[0, 1, 2], ["0", "a", 1], [0, "a"], {}, [-1, "a", 1], [0, "a", -1]]
)
def test_a_forged_cursor_is_looked_at(told: object) -> None:
    import base64

    import orjson

    query = Query(EVERYTHING)
    body = orjson.dumps(told)
    forged = base64.urlsafe_b64encode(cursors._proof(query, body) + body).decode().rstrip("=")
    with pytest.raises(BadQuery):
        cursors.read(Query(EVERYTHING, cursor=forged))
