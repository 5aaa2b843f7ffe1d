"""Over the whole sample and in both engines: whoever types an entry's title or one of its numbers,
however spelt, finds it first; and both engines find the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from random import Random

import opencc
import pytest

from catalog import indexing
from catalog.database import Database
from catalog.entries import page
from catalog.indexing import verify
from catalog.viewers import PUBLIC
from catalog.visibility import clause
from search.card import Card
from search.engine import Engine
from search.finding import find
from search.opening import open_engine
from search.request import SearchRequest
from tests.directory import sampled
from tests.parts import require

ENTRIES = 5000
FACETS = (
    "agency",
    "kind",
    "topic",
    "disclosure",
    "sharing",
    "genre",
    "validity",
    "cycle",
    "format",
)
BRACKETS = (
    "〔{}〕",
    "（{}）",
    "({})",
    "[{}]",
    "［{}］",
    "【{}】",
    "〈{}〉",
    "《{}》",
    "{}",
    " {} ",
)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = sampled(tmp_path_factory.mktemp("sample"), ENTRIES)
    yield database
    database.dispose()


def _filled(database: Database, engine: Engine) -> Engine:
    indexing.rebuild(database, engine)
    assert verify(database, engine).ok
    return engine


@pytest.fixture(scope="module")
def tantivy(directory: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_engine("tantivy:index", tmp_path_factory.mktemp("tantivy"))
    yield _filled(directory, engine)
    engine.close()


@pytest.fixture(scope="module")
def elasticsearch(directory: Database) -> Iterator[Engine]:
    address = require("elasticsearch")
    engine = open_engine(f"{address}/mulu-test-{uuid.uuid4().hex[:8]}", Path())
    yield _filled(directory, engine)
    engine.close()


@pytest.fixture(params=["tantivy", "elasticsearch"])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def cards(directory: Database, tantivy: Engine) -> list[Card]:
    """The cards of everything public."""
    found: dict[str, Card] = {}
    after = ""
    while True:
        with directory.reading() as session:
            views = page(session, PUBLIC, after, 500)
        if not views:
            return list(found.values())
        found |= tantivy.get([view.identifier for view in views])
        after = views[-1].identifier


def first(engine: Engine, text: str) -> str | None:
    found = find(engine, SearchRequest(text, clause(PUBLIC), size=1))
    return found.hits[0].card.identifier if found.hits else None


def test_every_title_comes_first(engine: Engine, cards: list[Card]) -> None:
    assert len(cards) > ENTRIES * 0.7
    lost = [card.title for card in cards if first(engine, card.title) != card.identifier]
    assert not lost, f"{len(lost)} of {len(cards)}: {lost[:5]}"


def test_traditional_titles_find_simplified_ones(engine: Engine, cards: list[Card]) -> None:
    traditional = opencc.OpenCC("s2t")
    some = Random(1).sample(cards, 500)
    lost = [c.title for c in some if first(engine, traditional.convert(c.title)) != c.identifier]
    assert not lost, f"{len(lost)} of {len(some)}: {lost[:5]}"


def test_every_number_comes_first(engine: Engine, cards: list[Card]) -> None:
    random = Random(2)
    lost = []
    for card in cards:
        for number in card.numbers:
            typed = respelt(random, number)
            if first(engine, typed) != card.identifier:
                lost.append((typed, card.title))
    assert not lost, f"{len(lost)}: {lost[:5]}"


def respelt(random: Random, number: str) -> str:
    """A document number in one of the ways people type it; any other number as it is."""
    if "〔" not in number:
        return number
    head, _, rest = number.partition("〔")
    year, _, tail = rest.partition("〕")
    return f"{head}{random.choice(BRACKETS).format(year)}{tail}"


def questions(cards: list[Card], count: int) -> list[SearchRequest]:
    """Questions of many kinds over what the sample holds."""
    random = Random(3)
    asked = []
    for number in range(count):
        card = random.choice(cards)
        words = random.choice(card.keywords or (card.title,))
        texts = (
            "",
            words,
            f"{card.agency_names[-1]} {words}",
            f'"{words}"',
            f"{words} -通知",
            card.title[:8],
        )
        filters = (
            {},
            {"agency": [card.agency]},
            {"kind": [card.kind], "disclosure": [card.disclosure]},
            {"topic": list(card.themes[:1])},
            {"issued_from": ["2007-01-01"], "issued_to": ["2008-12-31"]},
            {"bbox": ["121.40,31.15,121.52,31.30"]},
            {"division": ["310106"]},
        )
        asked.append(
            SearchRequest(
                texts[number % len(texts)],
                clause(PUBLIC),
                filters=filters[number % len(filters)],
                sort=("relevance", "issued", "title")[number % 3],
                size=200,
                facets=FACETS,
            )
        )
    return asked


def test_both_engines_find_the_same(
    tantivy: Engine, elasticsearch: Engine, cards: list[Card]
) -> None:
    for request in questions(cards, 150):
        one, other = find(tantivy, request), find(elasticsearch, request)
        assert one.total == other.total, request
        assert one.facets == other.facets, request
        if one.total <= request.size:
            assert {h.card.key for h in one.hits} == {h.card.key for h in other.hits}, request
        if request.sort != "relevance":
            assert [h.card.key for h in one.hits] == [h.card.key for h in other.hits], request
