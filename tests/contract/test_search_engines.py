"""One suite that every engine keeps, the plain one in memory being the measure of the others."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.card import Audience, Card, Stage
from search.clauses import (
    EVERYTHING,
    NOTHING,
    Any_,
    Clause,
    Every,
    Not,
    Overlaps,
    Range,
    Term,
    Within,
)
from search.encoding import card_digest
from search.engine import Engine, EngineUnavailable, Fingerprint, Removal
from search.finding import find
from search.folding import fold
from search.memory import MemoryEngine
from search.opening import open_engine
from search.query import BadQuery, Query, Words
from search.request import SearchRequest
from search.spatial import disc
from search.tokens import HAN
from search.typed import parse
from standards.summary import Box, Item
from tests.cards import ITEMS, PLACES, TOPICS, many, served
from tests.parts import require

PUBLIC = Every((Term("stage", ("served",)), Term("audience", ("public",))))
FACETS = ("kind", "agency_path", "themes", "disclosure", "sharing", "divisions", "source")
COUNT = 300
CARDS = tuple(many(COUNT))
ENGINES = ("memory", "tantivy", "elasticsearch")


def opened(name: str, folder: Path) -> Engine:
    if name == "elasticsearch":
        return open_engine(f"{require('elasticsearch')}/test-{uuid.uuid4().hex[:12]}", folder)
    return open_engine({"memory": "memory:", "tantivy": "tantivy:index"}[name], folder)


def closed(engine: Engine) -> None:
    if engine.name == "elasticsearch":
        for name in engine._client.indices.get(index=f"{engine._indexes.alias}-*").body:
            engine._indexes.drop(name)
    engine.close()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    made = opened(request.param, tmp_path)
    yield made
    closed(made)


@pytest.fixture(scope="module", params=ENGINES)
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """An engine holding CARDS, only read by the tests."""
    made = opened(request.param, tmp_path_factory.mktemp("engine"))
    made.apply(CARDS)
    yield made
    closed(made)


@pytest.fixture(scope="module")
def oracle() -> Engine:
    made = MemoryEngine()
    made.apply(CARDS)
    return made


def keys(engine: Engine, text: str = "", visibility: Clause = EVERYTHING, **more) -> list[str]:
    result = engine.search(Query(visibility, words=parse(text), **more))
    return [hit.card.key for hit in result.hits]


def same(engine: Engine, oracle: Engine, query: Query) -> None:
    found, expected = engine.search(query), oracle.search(query)
    assert found.total == expected.total
    assert [hit.card for hit in found.hits] == [hit.card for hit in expected.hits]
    assert [hit.score for hit in found.hits] == [hit.score for hit in expected.hits]
    assert found.facets == expected.facets
    assert (found.next is None) == (expected.next is None)


# What is written


def test_an_applied_card_is_found_at_once_and_given_back_unchanged(engine: Engine) -> None:
    card = served(2)
    engine.apply([card])
    assert engine.search(Query(EVERYTHING)).hits[0].card == card
    assert engine.get([card.key, "nobody"]) == {card.key: card}
    assert list(engine.fingerprints()) == [Fingerprint(card.key, card.version, card_digest(card))]


def test_a_new_engine_answers_that_there_is_nothing(engine: Engine) -> None:
    result = engine.search(Query(EVERYTHING, facets=("kind",)))
    assert (result.total, result.hits, result.facets) == (0, (), {"kind": ()})
    assert engine.suggest("上海", EVERYTHING) == []
    assert engine.similar("nobody", EVERYTHING) == []
    assert engine.get(["nobody"]) == {}
    assert list(engine.fingerprints()) == []
    assert engine.ready()
    assert engine.needs_rebuild()


def test_a_batch_applied_again_changes_nothing(engine: Engine) -> None:
    batch = [*CARDS[:20], Removal(CARDS[3].key, 100)]
    engine.apply(batch)
    before = sorted(engine.fingerprints(), key=lambda each: each.key)
    engine.apply(batch)
    engine.apply(batch[:7])
    assert sorted(engine.fingerprints(), key=lambda each: each.key) == before
    assert len(before) == 19


def test_an_older_version_is_ignored_and_a_newer_one_replaces(engine: Engine) -> None:
    card = replace(served(1), version=10)
    engine.apply([card])
    engine.apply([replace(card, version=9, title="旧的标题")])
    assert keys(engine, "旧的标题") == []
    engine.apply([replace(card, version=11, title="新的标题")])
    assert keys(engine, "新的标题") == [card.key]
    assert engine.search(Query(EVERYTHING)).total == 1


def test_versions_within_one_batch_are_told_apart(engine: Engine) -> None:
    card = served(1)
    newer, older = replace(card, version=8, title="新的标题"), replace(card, version=7)
    engine.apply([newer, older])
    assert engine.get([card.key]) == {card.key: newer}
    engine.apply([Removal(card.key, 9), replace(card, version=10, title="再来一次")])
    assert keys(engine) == [card.key]
    engine.apply([replace(card, version=11), Removal(card.key, 12)])
    assert keys(engine) == []


def test_a_removed_card_stays_away_when_an_older_version_comes_late(engine: Engine) -> None:
    card = replace(served(1), version=5)
    engine.apply([card])
    engine.apply([Removal(card.key, 4)])
    assert keys(engine) == [card.key]
    engine.apply([Removal(card.key, 6)])
    engine.apply([card])
    for visibility in (EVERYTHING, Not(NOTHING), Not(Term("kind", ("nothing",))), PUBLIC):
        assert keys(engine, visibility=visibility) == []
    assert engine.get([card.key]) == {}
    assert list(engine.fingerprints()) == []
    engine.apply([replace(card, version=7)])
    assert keys(engine) == [card.key]


def test_removing_what_was_never_held_is_no_fault(engine: Engine) -> None:
    engine.apply([Removal("nobody", 3)])
    engine.apply([])
    assert keys(engine) == []


# What is found

CLAUSES = (
    EVERYTHING,
    NOTHING,
    PUBLIC,
    Term("kind", ("document",)),
    Term("agency_path", ("SH001", "SH002", "SH003")),
    Term("kind", ()),
    Not(Term("kind", ("document",))),
    Not(Not(Term("kind", ("document",)))),
    Any_((Term("kind", ("document",)), Not(Term("disclosure", ("proactive",))))),
    Every((Not(Term("themes", ("A",))), Every((Not(Term("themes", ("B",))),)))),
    Range("issued", "2001-03", "2004-06-15"),
    Range("issued", None, "1999"),
    Range("issued"),
    Range("written", "2003-01-01"),
    Range("updated", "2009-05-01T00:00:00Z", "2009-09-01"),
    Range("submitted", "2000"),
    Overlaps(Box(121.0, 31.0, 121.3, 31.2)),
    Overlaps(Box(170.0, -10.0, -170.0, 10.0)),
    Not(Overlaps(Box(121.0, 31.0, 121.3, 31.2))),
    Within(Box(121.0, 31.0, 121.5, 31.5)),
    Within(Box(170.0, -10.0, -170.0, 10.0)),
    Not(Within(Box(121.0, 31.0, 121.5, 31.5))),
    *(Any_(tuple(map(Overlaps, disc(121.2, 31.1, metres)))) for metres in (500, 9_000, 4e6)),
    Term("title_keys", ("nothing",)),
)


@pytest.mark.parametrize("clause", CLAUSES, ids=str)
def test_every_clause_means_the_same(filled: Engine, oracle: Engine, clause: Clause) -> None:
    same(filled, oracle, Query(EVERYTHING, where=clause, facets=FACETS))
    same(filled, oracle, Query(clause, words=parse("管理"), filters={"kind": clause}))


TYPED = (
    "殡葬管理",
    "殯葬管理",
    "浦东新区 垃圾分类",
    "“节约用水”",
    '"节约用水" 名单',
    "教育 -浦东新区",
    "-教育",
    "２００５年",
    CARDS[11].title,
    CARDS[12].title.replace("（", "(").replace("）", ")"),
    CARDS[14].numbers[0],
    CARDS[17].identifier,
    "水",
    "的",
    "姓名 地址",
    "SH001",
    "上海市第3管理局",
    "没有这样的词",
    "浦东新区 黄浦区 徐汇区 长宁区",
    "！？。",
    "-",
    '"',
)


@pytest.mark.parametrize("text", TYPED)
@pytest.mark.parametrize("sort", ["relevance", "issued", "updated", "submitted", "title"])
def test_engines_agree_on_what_is_typed(
    filled: Engine, oracle: Engine, text: str, sort: str
) -> None:
    words = parse(text)
    same(filled, oracle, Query(PUBLIC, words=words, sort=sort, facets=FACETS, size=50))
    weak = replace(words, share=0)
    same(filled, oracle, Query(EVERYTHING, words=weak, sort=sort, size=50))


@pytest.mark.parametrize("text", ["姓名", "地址", "姓名 地址", "统一社会信用代码", "电话"])
def test_engines_agree_on_data_items(filled: Engine, oracle: Engine, text: str) -> None:
    words = parse(text, only_items=True)
    same(filled, oracle, Query(EVERYTHING, words=words, size=50))
    same(filled, oracle, Query(EVERYTHING, words=replace(words, share=0), size=50))
    for hit in filled.search(Query(EVERYTHING, words=words)).hits:
        names = [fold(item.name) for item in hit.card.items]
        assert all(
            any(all(any(w in name for name in names) for w in form.words) for form in each.forms)
            for each in words.wanted
        )


FILTERS = {
    "kind": Term("kind", ("document",)),
    "agency": Term("agency_path", ("SH001", "SH002", "SH003", "SH004")),
    "topic": Term("themes", ("A", "B")),
    "issued": Range("issued", "2000", "2007"),
    "disclosure": Term("disclosure", ("proactive",)),
}


@pytest.mark.parametrize("count", range(len(FILTERS) + 1))
def test_a_facet_leaves_its_own_filter_out_and_keeps_the_others(
    filled: Engine, oracle: Engine, count: int
) -> None:
    for names in itertools.combinations(FILTERS, count):
        filters = {name: FILTERS[name] for name in names}
        same(filled, oracle, Query(EVERYTHING, filters=filters, facets=FACETS))


def test_facets_are_exact_ordered_and_bounded(filled: Engine) -> None:
    result = filled.search(Query(PUBLIC, facets=("agency_path",), facet_size=4, size=0))
    visible = [card for card in CARDS if card.audience is Audience.PUBLIC]
    counts = {
        code: sum(code in card.agency_path for card in visible)
        for code in {code for card in visible for code in card.agency_path}
    }
    expected = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:4]
    assert [(b.value, b.count) for b in result.facets["agency_path"]] == expected
    assert result.hits == ()
    assert result.total == len(visible)


def test_what_cannot_be_counted_is_told(filled: Engine) -> None:
    with pytest.raises(BadQuery) as told:
        filled.search(Query(EVERYTHING, facets=("title_keys",)))
    assert told.value.field == "facets"
    with pytest.raises(BadQuery) as told:
        filled.search(Query(EVERYTHING, sort="price"))
    assert told.value.field == "sort"


# What comes first


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(number=st.integers(0, COUNT - 1), data=st.data())
def test_a_title_puts_its_card_first_however_it_is_written(
    filled: Engine, number: int, data: st.DataObject
) -> None:
    card = CARDS[number]
    written = data.draw(
        st.sampled_from(
            (
                card.title,
                f"“{card.title}”",
                f"  {card.title} ",
                card.title.replace("（", " (").replace("）", ") "),
                card.title.replace("（", "").replace("）", ""),
                card.title.translate(str.maketrans("区轨道养务护产资证业", "區軌道養務護產資證業")),
                card.title.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
                f"《{card.title}》",
            )
        )
    )
    first = find(filled, SearchRequest(written, EVERYTHING)).hits[0].card
    assert first.title == card.title


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(number=st.integers(0, COUNT - 1), data=st.data())
def test_a_number_puts_its_card_first_however_its_brackets_are_typed(
    filled: Engine, number: int, data: st.DataObject
) -> None:
    card = CARDS[number]
    text = data.draw(st.sampled_from((*card.numbers, card.identifier)))
    left, right = data.draw(
        st.sampled_from(
            ("〔〕", "（）", "()", "[]", "［］", "【】", "〈〉", "<>", "《》", "  ", ("", ""))
        )
    )
    written = text.replace("〔", left).replace("〕", right)
    first = find(filled, SearchRequest(written, EVERYTHING)).hits[0].card
    assert text in (*first.numbers, first.identifier)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(number=st.integers(0, COUNT - 1), data=st.data())
def test_every_chinese_part_of_a_title_finds_it(
    filled: Engine, number: int, data: st.DataObject
) -> None:
    card = CARDS[number]
    runs = [run for run in card.title.replace("年第", "（").replace("批", "（").split("（") if run]
    run = next(run for run in runs if all(c in _HAN_CHARACTERS or c >= "一" for c in run))
    start = data.draw(st.integers(0, len(run) - 1))
    part = run[start : data.draw(st.integers(start + 1, len(run)))]
    result = filled.search(Query(EVERYTHING, words=parse(part), size=COUNT))
    assert card.key in {hit.card.key for hit in result.hits}


_HAN_CHARACTERS = HAN


def test_the_longest_title_is_found_by_itself(engine: Engine) -> None:
    base = "关于进一步加强本市公共信用信息归集管理使用工作的若干意见和实施方案以及配套措施"
    title = (base * 20)[:500]
    other = replace(served(2), title=title[:-1] + "二", issued="2020-01-01")
    engine.apply([replace(served(1), title=title), other, *CARDS[10:30]])
    found = find(engine, SearchRequest(title, EVERYTHING))
    assert found.hits[0].card.title == title
    assert find(engine, SearchRequest(title + "。", EVERYTHING)).hits[0].card.title == title


def test_tiers_then_the_newest(engine: Engine) -> None:
    base = Card(
        key="", version=1, identifier="", stage=Stage.SERVED, audience=Audience.PUBLIC,
        kind="document", title="无关", agency="A", agency_name="某局", agency_path=("A",),
    )  # fmt: skip
    texts = {
        "exact": {"title": "供水管网", "issued": "1990"},
        "together-new": {"title": "城市供水管网图", "issued": "2005"},
        "together-old": {"title": "城市供水管网表", "issued": "2001"},
        "apart": {"title": "管网与供水", "issued": "2009"},
        "keyword": {"title": "供水", "keywords": ("管网",), "issued": "2010"},
        "item": {"items": (Item("供水管网编号"),), "issued": "2011"},
        "abstract-a": {"abstract": "记录供水情况，兼及管网", "issued": "2012"},
        "abstract-b": {"abstract": "记录供水情况，兼及管网", "issued": "2012"},
        "abstract-undated": {"abstract": "记录供水情况，兼及管网"},
        "half": {"title": "供水", "issued": "2020"},
    }
    cards = [replace(base, key=k, identifier=k, **text) for k, text in texts.items()]
    engine.apply(cards[::-1])
    assert keys(engine, "供水 管网") == list(texts)[:-1]
    assert keys(engine, "供水管网") == [k for k in texts if k != "half"]


def test_nothing_holding_all_words_is_relaxed_with_a_note(filled: Engine) -> None:
    text = "浦东新区 垃圾分类 备案信息 火箭发射"
    found = find(filled, SearchRequest(text, EVERYTHING, size=10, facets=("kind",)))
    assert found.relaxed
    assert found.total
    assert sum(bucket.count for bucket in found.facets["kind"]) == found.total
    parts = text.split()[:3]
    held = [sum(part in str(hit.card) for part in parts) for hit in found.hits]
    assert held[0] >= 2
    assert held[0] == max(held)
    second = find(filled, SearchRequest(text, EVERYTHING, size=10, cursor=found.next))
    assert second.relaxed
    assert {h.card.key for h in found.hits}.isdisjoint(h.card.key for h in second.hits)
    assert not find(filled, SearchRequest("浦东新区", EVERYTHING)).relaxed
    assert find(filled, SearchRequest("火箭 飞船", EVERYTHING)).total == 0


# Pages


@pytest.mark.parametrize("sort", ["relevance", "issued", "updated", "submitted", "title"])
@pytest.mark.parametrize("text", ["", "浦东新区 管理", "教育"])
def test_pages_give_every_card_once_in_the_order(filled: Engine, text: str, sort: str) -> None:
    query = Query(EVERYTHING, words=parse(text), sort=sort)
    whole = [hit.card.key for hit in filled.search(replace(query, size=COUNT)).hits]
    paged: list[str] = []
    cursor = None
    for _ in range(COUNT):
        result = filled.search(replace(query, size=7, cursor=cursor))
        paged += [hit.card.key for hit in result.hits]
        assert result.total == len(whole)
        cursor = result.next
        if cursor is None:
            break
    assert paged == whole
    assert len(set(whole)) == len(whole)


def test_a_card_coming_or_going_shifts_no_page(engine: Engine) -> None:
    engine.apply(CARDS[:40])
    query = Query(EVERYTHING, words=parse("上海市"), size=5)
    expected = [hit.card.key for hit in engine.search(replace(query, size=40)).hits]
    first = engine.search(query)
    newer = [replace(served(100 + n), issued="2030-01-01", version=500) for n in range(30)]
    engine.apply([*newer, Removal(expected[1], 500)])
    second = engine.search(replace(query, cursor=first.next))
    assert [hit.card.key for hit in second.hits] == expected[5:10]


@pytest.mark.parametrize(
    "cursor", ["", "x", "AAAA", "é", "A" * 5000, "MTIzNDU2NzhbMSwiYSIsMV0", "!!!!"]
)
def test_a_cursor_that_is_not_ours_is_told(filled: Engine, cursor: str) -> None:
    with pytest.raises(BadQuery) as told:
        filled.search(Query(EVERYTHING, cursor=cursor))
    assert told.value.field == "cursor"
    with pytest.raises(BadQuery):
        find(filled, SearchRequest("浦东新区 教育", EVERYTHING, cursor=cursor))


def test_a_cursor_belongs_to_its_search(filled: Engine) -> None:
    cursor = filled.search(Query(EVERYTHING, size=5)).next
    with pytest.raises(BadQuery):
        filled.search(Query(EVERYTHING, sort="title", cursor=cursor))
    with pytest.raises(BadQuery):
        filled.search(Query(EVERYTHING, words=parse("教育"), cursor=cursor))


# Suggestions and similar cards


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("上海市殡", "上海市殡葬管理办法"),
        ("上海市殯", "上海市殡葬管理办法"),
        ("shanghaishibin", "上海市殡葬管理办法"),
        ("SHSBZ", "上海市殡葬管理办法"),
        ("chongqinglu", "重庆路改造"),
        ("沪府发〔2008", "上海市殡葬管理办法"),
        ("民政", "上海市殡葬管理办法"),
        ("mzj", "上海市殡葬管理办法"),
    ],
)
def test_suggestions_by_beginning_pinyin_initials_number_and_agency(
    engine: Engine, typed: str, title: str
) -> None:
    card = replace(
        served(2), title="上海市殡葬管理办法", agency_name="民政局", agency_names=("市民政局",),
        numbers=("沪府发〔2008〕12号",),
    )  # fmt: skip
    other = replace(served(4), title="重庆路改造", issued="1999-01-01")
    engine.apply([card, other])
    assert engine.suggest(typed, EVERYTHING)[0].card.title == title
    assert engine.suggest(typed, NOTHING) == []


@pytest.mark.parametrize("typed", ["", " ", "!", "上", "sh", "沪", "关于印发", ".*", "a" * 500])
def test_engines_agree_on_suggestions(filled: Engine, oracle: Engine, typed: str) -> None:
    expected = [hit.card.key for hit in oracle.suggest(typed, PUBLIC, 20)]
    assert [hit.card.key for hit in filled.suggest(typed, PUBLIC, 20)] == expected


def test_engines_agree_on_similar_cards(filled: Engine, oracle: Engine) -> None:
    for card in CARDS[:25]:
        expected = [hit.card.key for hit in oracle.similar(card.key, PUBLIC)]
        assert [hit.card.key for hit in filled.similar(card.key, PUBLIC)] == expected
        assert card.key not in expected


def test_a_hidden_card_changes_nothing_that_is_seen(engine: Engine) -> None:
    public = [replace(card, audience=Audience.PUBLIC) for card in CARDS[:40]]
    engine.apply(public)

    def seen() -> list[object]:
        texts = ("", TOPICS[0], PLACES[0], ITEMS[0], CARDS[50].title, CARDS[50].numbers[0])
        found = [find(engine, SearchRequest(t, PUBLIC, facets=("kind", "agency"))) for t in texts]
        suggested = [engine.suggest(prefix, PUBLIC) for prefix in ("上", "g", CARDS[50].title[:3])]
        return [*found, *suggested, *(engine.similar(card.key, PUBLIC) for card in public[:5])]

    before = seen()
    hidden = [replace(card, audience=Audience.AGENCY) for card in CARDS[50:60]]
    pending = replace(CARDS[61], key=CARDS[61].key + "~pending", stage=Stage.PENDING)
    engine.apply([*hidden, replace(pending, audience=Audience.PUBLIC)])
    assert seen() == before


# Rebuilding


def test_a_rebuild_is_unseen_until_it_is_swapped(engine: Engine) -> None:
    engine.apply(CARDS[:5])
    rebuild = engine.rebuild()
    rebuild.apply(CARDS[10:14])
    rebuild.apply(iter([replace(CARDS[10], version=0, title="旧"), Removal(CARDS[13].key, 99)]))
    told = sorted(each.key for each in rebuild.fingerprints())
    assert told == sorted(card.key for card in CARDS[10:13])
    engine.apply([CARDS[5]])
    assert sorted(keys(engine)) == sorted(card.key for card in CARDS[:6])
    rebuild.swap()
    assert sorted(keys(engine)) == sorted(card.key for card in CARDS[10:13])
    assert not engine.needs_rebuild()
    engine.apply([CARDS[20], replace(CARDS[13], version=98)])
    assert sorted(keys(engine)) == sorted(c.key for c in (*CARDS[10:13], CARDS[20]))


def test_an_abandoned_rebuild_leaves_all_as_it_was(engine: Engine) -> None:
    engine.apply(CARDS[:5])
    rebuild = engine.rebuild()
    rebuild.apply(CARDS[10:14])
    rebuild.abandon()
    assert sorted(keys(engine)) == sorted(card.key for card in CARDS[:5])
    with_nothing = engine.rebuild()
    with_nothing.swap()
    assert keys(engine) == []
    assert not engine.needs_rebuild()


def test_abandoning_what_was_swapped_in_does_nothing(engine: Engine) -> None:
    rebuild = engine.rebuild()
    rebuild.apply(CARDS[:4])
    rebuild.swap()
    rebuild.abandon()
    assert len(keys(engine)) == 4
    assert not engine.needs_rebuild()


@pytest.mark.parametrize("name", ["tantivy", "elasticsearch"])
def test_another_process_sees_what_is_committed_and_swapped(name: str, tmp_path: Path) -> None:
    writer = opened(name, tmp_path)
    url = (
        "tantivy:index"
        if name == "tantivy"
        else f"{require('elasticsearch')}/{writer._indexes.alias}"
    )
    reader = open_engine(url, tmp_path)
    try:
        assert keys(reader) == []
        writer.apply(CARDS[:3])
        reader.refresh()
        assert len(keys(reader)) == 3
        rebuild = writer.rebuild()
        rebuild.apply(CARDS[:2])
        rebuild.swap()
        reader.refresh()
        assert len(keys(reader)) == 2
        assert not reader.needs_rebuild()
    finally:
        reader.close()
        closed(writer)


# Places on the map


@pytest.mark.parametrize(
    ("box", "asked", "found"),
    [
        (Box(120, 30, 122, 32), Box(121, 31, 121.5, 31.5), True),
        (Box(120, 30, 122, 32), Box(122, 32, 123, 33), True),
        (Box(120, 30, 122, 32), Box(122.1, 30, 123, 31), False),
        (Box(120, 30, 122, 32), Box(120, 32.1, 122, 33), False),
        (Box(170, -5, -170, 5), Box(175, 0, 178, 1), True),
        (Box(170, -5, -170, 5), Box(-175, 0, -172, 1), True),
        (Box(170, -5, -170, 5), Box(0, 0, 10, 1), False),
        (Box(175, 0, 178, 1), Box(170, -5, -170, 5), True),
        (Box(170, -5, -170, 5), Box(179, 0, -179, 1), True),
        (Box(175, 0, 180, 1), Box(-180, 0, -175, 1), True),
        (Box(-180, 0, -175, 1), Box(175, 0, 180, 1), True),
        (Box(121, 31, 121, 31), Box(-180, -90, 180, 90), True),
    ],
)
def test_boxes_that_share_a_point(engine: Engine, box: Box, asked: Box, found: bool) -> None:
    engine.apply([replace(served(1), box=box)])
    assert bool(keys(engine, where=Overlaps(asked))) is found


@pytest.mark.parametrize(
    ("box", "asked", "found"),
    [
        (Box(121, 31, 121.5, 31.5), Box(120, 30, 122, 32), True),
        (Box(120, 30, 122, 32), Box(120, 30, 122, 32), True),
        (Box(120, 30, 122, 32), Box(120.1, 30, 122, 32), False),
        (Box(120, 30, 122, 32), Box(120, 30, 122, 31.9), False),
        (Box(170, -5, -170, 5), Box(160, -10, -160, 10), True),
        (Box(170, -5, -170, 5), Box(175, -10, -160, 10), False),
        (Box(170, -5, -170, 5), Box(160, -10, 180, 10), False),
        (Box(170, -5, -170, 5), Box(-180, -90, 180, 90), True),
        (Box(175, 0, 178, 1), Box(170, -5, -170, 5), True),
        (Box(-178, 0, -175, 1), Box(170, -5, -170, 5), True),
        (Box(180, 0, 180, 1), Box(-180, -5, -170, 5), True),
        (None, Box(-180, -90, 180, 90), False),
    ],
)
def test_boxes_that_lie_within(engine: Engine, box: Box | None, asked: Box, found: bool) -> None:
    engine.apply([replace(served(1), box=box)])
    assert bool(keys(engine, where=Within(asked))) is found


# Faults


def test_a_server_out_of_reach_is_told_as_such() -> None:
    engine = open_engine("http://127.0.0.1:9", Path())
    try:
        assert not engine.ready()
        with pytest.raises(EngineUnavailable):
            engine.search(Query(EVERYTHING, words=Words()))
        with pytest.raises(EngineUnavailable):
            engine.apply([served(1)])
    finally:
        engine.close()
