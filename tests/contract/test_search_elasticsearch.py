"""What only a cluster can do wrong: indexes beside ours, two rebuilds, names that come and go."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalog.settings import BadSettings, Settings
from search.clauses import EVERYTHING
from search.cluster import ClusterOptions, addressed
from search.elasticsearch_engine import ElasticsearchEngine
from search.elasticsearch_engine.connecting import connect
from search.elasticsearch_engine.schema import spelled
from search.engine import EngineUnavailable
from search.opening import open_engine
from search.query import Query
from tests.cards import many
from tests.parts import require

CARDS = list(many(20))
Opened = Callable[[str], ElasticsearchEngine]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens engines under names of this test, and removes what they made."""
    server, base = require("elasticsearch"), f"test-{uuid.uuid4().hex[:8]}"
    made: list[ElasticsearchEngine] = []

    def opened(name: str = "") -> ElasticsearchEngine:
        engine = open_engine(f"{server}/{base}{name}", Path())
        assert isinstance(engine, ElasticsearchEngine)
        made.append(engine)
        return engine

    yield opened
    for name in made[0]._client.indices.get(index=f"{base}*").body:
        made[0]._indexes.drop(name)
    for engine in made:
        engine.close()


def total(engine: ElasticsearchEngine) -> int:
    return engine.search(Query(EVERYTHING)).total


def test_a_rebuild_touches_no_other_directory_of_the_cluster(opened: Opened) -> None:
    ours, other = opened(), opened("-other")
    other.apply(CARDS[:3])
    left = other.rebuild()
    left.apply(CARDS[:2])
    rebuild = ours.rebuild()
    rebuild.apply(CARDS)
    rebuild.swap()
    left.swap()
    assert (total(ours), total(other)) == (20, 2)


def test_of_two_rebuilds_the_later_one_wins(opened: Opened) -> None:
    engine = opened()
    engine.apply(CARDS[:3])
    first, second = engine.rebuild(), engine.rebuild()
    first.apply(CARDS[:5])
    with pytest.raises(EngineUnavailable):
        list(first.fingerprints())
    with pytest.raises(EngineUnavailable):
        first.swap()
    assert total(engine) == 3
    second.apply(CARDS[:7])
    second.swap()
    assert total(engine) == 7
    assert len(engine._client.indices.get(index=f"{engine._indexes.alias}*").body) == 1


def test_an_index_that_was_deleted_is_begun_again_and_told(opened: Opened) -> None:
    engine = opened()
    rebuild = engine.rebuild()
    rebuild.apply(CARDS)
    rebuild.swap()
    assert not engine.needs_rebuild()
    for name in engine._indexes.live():
        engine._indexes.drop(name)
    assert total(engine) == 0
    assert engine.needs_rebuild()
    engine.apply(CARDS[:2])
    assert total(engine) == 2
    assert engine.needs_rebuild()


def test_an_address_names_several_nodes_and_an_alias() -> None:
    address = addressed("https://name:p%40ss,x@[::1]:9201,two.example,three:443/city")
    assert address.alias == "city"
    assert address.login == ("name", "p@ss,x")
    client = connect(address, ClusterOptions())
    nodes = {node.base_url for node in client.transport.node_pool.all()}
    assert nodes == {"https://[::1]:9201", "https://two.example:443", "https://three:443"}
    client.close()
    assert addressed("http://search.example/").nodes == ("http://search.example:9200",)
    assert addressed("http://search.example").alias == "mulu"


@pytest.mark.parametrize(
    "wrong", ["http://u:secret@/x", "http://u:secret@a:99999", "http://u:secret@a/B", "http://"]
)
def test_a_wrong_address_is_told_without_its_password(wrong: str) -> None:
    with pytest.raises(BadSettings) as told:
        Settings.from_environment({"MULU_DEMO": "1", "MULU_SEARCH_URL": wrong})
    assert "secret" not in str(told.value)


def test_secrets_are_not_shown() -> None:
    given = {
        "MULU_SECRET_KEY": "0123456789abcdef",
        "MULU_SEARCH_URL": "https://name:s3cr3t@a,b/city",
        "MULU_SEARCH_PASSWORD": "s3cr3t",
        "MULU_SEARCH_API_KEY": "s3cr3t",
    }
    assert "s3cr3t" not in repr(Settings.from_environment(given))
    engine = open_engine("http://name:s3cr3t@127.0.0.1:9/x", Path())
    with pytest.raises(EngineUnavailable) as told:
        engine.search(Query(EVERYTHING))
    assert "s3cr3t" not in f"{told.value!r} {engine.condition()}"
    engine.close()


def test_tokens_are_spelled_so_that_none_is_split_or_mistaken() -> None:
    tokens = ("2008", "csv", "上海", "·水", "¦", "é", "x4e0a", "年")
    assert all(spelled(token).isascii() and spelled(token).isalnum() for token in tokens)
    assert len({spelled(token) for token in tokens}) == len(tokens)
    assert spelled("csv") == "csv"
