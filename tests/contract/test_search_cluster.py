"""A cluster of three nodes under the directory: one dies, all die, all come back. Nothing is lost,
nothing is doubled, and whoever searches meanwhile is answered or told so."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from catalog import follower
from catalog.clock import SystemClock
from catalog.follower import Follower
from catalog.indexing import verify
from catalog.registration import Proposal
from catalog.viewers import OPERATOR, PUBLIC
from catalog.visibility import clause
from search.cluster import ClusterOptions
from search.elasticsearch_engine import ElasticsearchEngine
from search.engine import EngineUnavailable
from search.query import Query
from tests.offices import WATER, values
from tests.parts import require
from tests.servers.elasticsearch import Cluster
from tests.websites import Website, website

PIECE, PIECES = 40, 6
PATIENCE = 90.0


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Three nodes of this test's own."""
    require("elasticsearch")
    made = Cluster(tmp_path / "nodes", 3, memory="300m")
    try:
        for number in range(3):
            made.start(number)
        made.wait(3)
        yield made
    finally:
        made.stop()


class Searchers:
    """People who search all the while: what they were told wrong, and how often they asked."""

    def __init__(self, engine: ElasticsearchEngine) -> None:
        self._engine, self._stop = engine, threading.Event()
        self._threads = [threading.Thread(target=self._search) for _ in range(2)]
        self.asked, self.wrong = 0, list[str]()

    def __enter__(self) -> Searchers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _search(self) -> None:
        while not self._stop.wait(0.01):
            try:
                found = self._engine.search(Query(clause(PUBLIC), facets=("kind",), size=100))
            except EngineUnavailable as error:
                self.wrong.append(str(error))
                continue
            self.asked += 1
            keys = [hit.card.key for hit in found.hits]
            # Copies of a shard show what is new one after the other; what was there, all show.
            if found.total < PIECE or len(set(keys)) < len(keys):
                self.wrong.append(f"{found.total} found, {len(set(keys))} of {len(keys)} differ")


def register(site: Website, count: int = PIECE) -> None:
    """Served entries."""
    made = [
        Proposal("document", values(f"第{number}号泵站的通知"), WATER, accept=True)
        for number in range(count)
    ]
    site.offices.register(*made, actor=OPERATOR)


def master(cluster: Cluster) -> int:
    """The number of the node that leads."""
    state = httpx.get(f"{cluster.addresses[0]}/_cluster/state/master_node,nodes").json()
    return int(state["nodes"][state["master_node"]]["name"].rpartition("-")[2])


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for it."""
    late = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < late, what
        time.sleep(0.1)


def behind(site: Website) -> int:
    with site.parts.database.reading() as session:
        return follower.status(session).behind


def test_nodes_die_and_nothing_is_lost(tmp_path: Path, cluster: Cluster) -> None:
    hosts = ",".join(address.removeprefix("http://") for address in cluster.addresses)
    options = ClusterOptions(shards=3, replicas=1)
    searching = ElasticsearchEngine(f"http://{hosts}/city", options)
    writing = ElasticsearchEngine(f"http://{hosts}/city", options)
    stop = threading.Event()
    try:
        with website(tmp_path, searching) as site:
            worker = Follower(site.parts.database, writing, SystemClock())
            thread = threading.Thread(target=worker.run, args=(stop,))
            thread.start()
            try:
                register(site)
                until(lambda: not behind(site), "the first entries are not found")
                cluster.wait(3)
                one_dies(site, cluster, searching)
                left = [number for number in range(3) if cluster.runs(number)]
                for number in left:
                    cluster.kill(number)
                all_are_dead(site)
                for number in range(3):
                    cluster.start(number)
                cluster.wait(3)
                until(lambda: not behind(site), "it did not catch up by itself")
                assert verify(site.parts.database, searching).counts == agree(PIECE * PIECES + 2)
                assert site.get("/search?q=失联").status_code == 200
                assert "失联期间登记" in site.get("/search?q=失联期间登记").text
            finally:
                stop.set()
                thread.join()
    finally:
        searching.close()
        writing.close()


def one_dies(site: Website, cluster: Cluster, engine: ElasticsearchEngine) -> None:
    """The one that leads, while people search and others register."""
    with Searchers(engine) as people:
        for number in range(1, PIECES):
            if number == 2:
                cluster.kill(master(cluster))
            register(site)
            time.sleep(0.5)
        until(lambda: not behind(site), "the index does not follow with two nodes")
    assert (people.wrong, people.asked > 10) == ([], True)
    assert verify(site.parts.database, engine).counts == agree(PIECE * PIECES)
    assert site.get("/readyz").get_json()["status"] == "ready"


def all_are_dead(site: Website) -> None:
    """The public is told, in both languages; all but searching goes on."""
    for language, told in (("zh", "检索服务暂不可用"), ("en", "Search is out of reach")):
        page = site.get(f"/search?q=泵站&lang={language}", accept="text/html")
        assert (page.status_code, told in page.text) == (503, True)
        assert int(page.headers["Retry-After"]) > 0
    asked = site.get("/api/v1/search?q=泵站")
    assert (asked.status_code, asked.mimetype) == (503, "application/problem+json")
    made = site.offices.published(title="失联期间登记")
    reviewed = site.offices.accept(site.offices.submitted(title="失联期间审核"))
    for outcome in (made, reviewed):
        assert site.get(f"/entries/{outcome.identifier}", accept="text/html").status_code == 200
    listed = site.get(f"/agencies/{WATER}", accept="text/html")
    assert "第1号泵站的通知" in listed.text
    for path in ("/", "/agencies", "/about", "/oai?verb=Identify"):
        assert site.get(path, accept="text/html").status_code == 200, path
    ready = site.get("/readyz")
    assert (ready.status_code, ready.get_json()["status"]) == (200, "degraded")
    assert behind(site) > 0


def agree(count: int) -> dict[str, int]:
    return {"agree": count, "missing": 0, "surplus": 0, "stale": 0}
