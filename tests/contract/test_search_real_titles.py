"""Real titles and numbers, each of which must find its own record first."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.analysis import number_keys
from search.card import Audience, Card, Stage
from search.clauses import EVERYTHING
from search.engine import Engine
from search.finding import find
from search.numbers import card_keys
from search.opening import open_engine
from search.request import SearchRequest
from standards.summary import Item
from tests.parts import fixtures

BRACKETS = ("〔〕", "（）", "[]", "〈〉", ("", " "))


def rows(name: str) -> list[dict[str, str]]:
    with (fixtures() / "real" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def card(at: int, row: dict[str, str]) -> Card:
    numbers = tuple(row[name] for name in ("发文字号", "索引号") if row.get(name))
    return Card(
        key=row["编号"],
        version=at,
        identifier=row["编号"],
        stage=Stage.SERVED,
        audience=Audience.PUBLIC,
        kind="document" if "标题" in row else "non-document",
        title=row.get("标题") or row["信息资源名称"],
        agency="A",
        agency_name=row.get("发文机关") or row.get("信息资源提供方") or "",
        agency_path=("A",),
        abstract=row.get("内容概述") or row.get("信息资源摘要") or "",
        numbers=numbers,
        document_number=row.get("发文字号") or "",
        items=tuple(Item(name) for name in (row.get("信息项") or "").split("；") if name),
        issued=row.get("发布日期") or row.get("成文日期") or "",
    )


@pytest.fixture(scope="module")
def cards() -> list[Card]:
    found = [*rows("documents.csv"), *rows("datasets.csv")]
    return [card(at, row) for at, row in enumerate(found)]


@pytest.fixture(scope="module")
def engine(cards: list[Card], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = open_engine("tantivy:index", Path(tmp_path_factory.mktemp("real")))
    made.apply(cards)
    yield made
    made.close()


def test_every_title_finds_itself_first(engine: Engine, cards: list[Card]) -> None:
    astray = [
        card.title
        for card in cards[::3]
        if find(engine, SearchRequest(card.title, EVERYTHING, size=1)).hits[0].card.title
        != card.title
    ]
    assert astray == []


def test_every_number_finds_itself_first(engine: Engine, cards: list[Card]) -> None:
    astray = []
    for at, each in enumerate(card for card in cards if card.numbers):
        for number in each.numbers:
            left, right = BRACKETS[at % len(BRACKETS)]
            typed = number.replace("〔", left).replace("〕", right)
            first = find(engine, SearchRequest(typed, EVERYTHING, size=1)).hits[:1]
            # 国令第426号 and 国务院令第426号 are one number: either record may be the first.
            if not first or set(card_keys(number)).isdisjoint(number_keys(first[0].card)):
                astray.append(typed)
    assert astray == []
