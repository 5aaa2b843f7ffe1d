"""What a cluster answers when it is not well: a proxy before the real server says it, or the server
itself is brought into the state."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from search.clauses import EVERYTHING
from search.elasticsearch_engine import ElasticsearchEngine, connecting, reading, writing
from search.elasticsearch_engine.schema import LAYOUT
from search.engine import CardsRefused, EngineUnavailable, Removal
from search.query import Query
from tests.cards import many, served
from tests.parts import require

CARDS = list(many(60))
BUSY = {"type": "es_rejected_execution_exception", "reason": "rejected execution"}
Fault = Callable[[bytes, bytes], tuple[int, bytes] | None]
"""From the request's and the answer's body to the status and body that is told instead."""


@dataclass
class Proxy:
    """Stands before the server; what is asked of a path that ends so gets these faults in turn."""

    target: str
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Any:
        """The server's answer, or another."""
        kind = headers.get("content-type", headers.get("Content-Type", ""))
        asked = {"content-type": kind, "accept": headers.get("accept", "application/json")}
        told = httpx.request(
            method, self.target + path, content=body, headers=asked if kind else {}, timeout=30
        )
        waiting = self.faults.get(path.partition("?")[0].rpartition("/")[2], [])
        other = waiting.pop(0)(body, told.content) if waiting else None
        status, content = other or (told.status_code, told.content)
        return status, content, told.headers.get("content-type", "application/json")


@contextmanager
def before(target: str) -> Iterator[tuple[Proxy, str]]:
    """The proxy and its address."""
    proxy = Proxy(target)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {key.lower(): value for key, value in self.headers.items()}
            status, content, kind = proxy.answer(self.command, self.path, headers, body)
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("x-elastic-product", "Elasticsearch")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield proxy, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Bench:
    """An engine behind the proxy, and a client of the server itself."""

    proxy: Proxy
    engine: ElasticsearchEngine
    server: str

    @property
    def alias(self) -> str:
        return self.engine._indexes.alias

    def tell(self, method: str, path: str, **body: Any) -> Any:
        """Ask the server itself."""
        answer = httpx.request(method, f"{self.server}/{path}", json=body or None, timeout=30)
        assert answer.is_success, answer.text
        return answer.json()

    @property
    def total(self) -> int:
        return self.engine.search(Query(EVERYTHING)).total


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(writing, "PAUSES", (0.01, 0.01, 0.01))
    monkeypatch.setattr(reading, "PAUSES", (0.01, 0.01))
    server, alias = require("elasticsearch"), f"fault-{uuid.uuid4().hex[:8]}"
    with before(server) as (proxy, address):
        engine = ElasticsearchEngine(f"{address}/{alias}")
        made = Bench(proxy, engine, server)
        yield made
        names = made.tell("GET", f"{alias}*?expand_wildcards=all")
        for name in names:
            made.tell("DELETE", name)
        engine.close()


def filled(bench: Bench, count: int = 10) -> None:
    rebuild = bench.engine.rebuild()
    rebuild.apply(CARDS[:count])
    rebuild.swap()


def item_faults(status: int, error: dict[str, str], every: int) -> Fault:
    """Some items of a bulk were not done (they were: doing it again is harmless)."""

    def told(_asked: bytes, answered: bytes) -> tuple[int, bytes]:
        body = json.loads(answered)
        body["errors"] = True
        for item in body["items"][::every]:
            item["index"] = {"status": status, "error": error}
        return 200, json.dumps(body).encode()

    return told


def whole_fault(status: int, kind: str) -> Fault:
    body = {"error": {"type": kind, "reason": "said by the test"}, "status": status}
    return lambda _asked, _answered: (status, json.dumps(body).encode())


def changed(**more: Any) -> Fault:
    """The answer with other members."""
    return lambda _asked, answered: (200, json.dumps({**json.loads(answered), **more}).encode())


# Writing


def test_what_there_was_no_room_for_is_sent_again_and_only_that(bench: Bench) -> None:
    filled(bench)
    sent: list[int] = []
    busy = item_faults(429, BUSY, every=3)

    def counting(asked: bytes, answered: bytes) -> tuple[int, bytes] | None:
        sent.append(asked.count(b"\n") // 2)
        return busy(asked, answered) if len(sent) < 3 else None

    bench.proxy.faults["_bulk"] = [
        whole_fault(429, "circuit_breaking_exception"),
        whole_fault(503, "unavailable_shards_exception"),
        *[counting] * 3,
    ]
    bench.engine.apply(CARDS)
    assert sent == [60, 20, 7]
    assert bench.total == 60


def test_a_cluster_that_never_has_room_is_told(bench: Bench) -> None:
    filled(bench)
    bench.proxy.faults["_bulk"] = [item_faults(429, BUSY, every=1)] * 20
    with pytest.raises(EngineUnavailable, match="no room"):
        bench.engine.apply(CARDS)


def test_a_card_that_the_server_cannot_take_stops_no_other(bench: Bench) -> None:
    filled(bench)
    poison = replace(served(90), key="poison", source="长" * 12_000)
    with pytest.raises(CardsRefused) as told:
        bench.engine.apply([*CARDS[:20], poison, *CARDS[20:]])
    assert list(told.value.reasons) == ["poison"]
    assert bench.total == 60
    rebuild = bench.engine.rebuild()
    rebuild.apply([*CARDS[:5], poison])
    with pytest.raises(CardsRefused):
        rebuild.fingerprints()
    assert len(list(rebuild.fingerprints())) == 5
    rebuild.swap()
    assert bench.total == 5


def test_a_request_too_large_for_what_stands_between_goes_in_halves(bench: Bench) -> None:
    filled(bench)

    def small(asked: bytes, _answered: bytes) -> tuple[int, bytes] | None:
        return (413, b"{}") if asked.count(b"\n") > 40 else None

    bench.proxy.faults["_bulk"] = [small] * 20
    bench.engine.apply(CARDS)
    assert bench.total == 60


def test_a_read_only_index_takes_nothing_answers_all_and_recovers(bench: Bench) -> None:
    filled(bench)
    (name,) = bench.engine._indexes.live()
    block = {"index.blocks.read_only_allow_delete": True}
    bench.tell("PUT", f"{name}/_settings", **block)
    with pytest.raises(EngineUnavailable, match="cluster_block_exception"):
        bench.engine.apply(CARDS)
    assert bench.total == 10
    condition = bench.engine.condition()
    assert condition.searches
    assert any("read-only" in each.en for each in condition.troubles)
    bench.tell("PUT", f"{name}/_settings", **{"index.blocks.read_only_allow_delete": None})
    bench.engine.apply(CARDS)
    assert bench.total == 60


def test_what_cannot_be_read_is_not_taken_for_absent(bench: Bench) -> None:
    filled(bench)

    def unread(_asked: bytes, answered: bytes) -> tuple[int, bytes]:
        docs = json.loads(answered)["docs"]
        error = {"type": "no_shard_available_action_exception", "reason": "no shard"}
        told = [{"_id": doc["_id"], "error": error} for doc in docs]
        return 200, json.dumps({"docs": told}).encode()

    bench.proxy.faults["_mget"] = [unread, unread]
    with pytest.raises(EngineUnavailable):
        bench.engine.apply([Removal(CARDS[0].key, 999)])
    with pytest.raises(EngineUnavailable):
        bench.engine.get([CARDS[0].key])
    bench.engine.apply([Removal(CARDS[0].key, 999)])
    assert bench.total == 9


# Searching


@pytest.mark.parametrize(
    "partly",
    [
        {"timed_out": True},
        {"terminated_early": True},
        {"_shards": {"total": 3, "successful": 2, "skipped": 0, "failed": 1}},
        {"_shards": {"total": 3, "successful": 2, "skipped": 0, "failed": 0}},
    ],
)
def test_part_of_an_answer_is_never_shown(bench: Bench, partly: dict[str, Any]) -> None:
    filled(bench)
    bench.proxy.faults["_search"] = [changed(**partly)] * 2
    assert bench.total == 10
    bench.proxy.faults["_search"] = [changed(**partly)] * 9
    with pytest.raises(EngineUnavailable):
        _ = bench.total


def test_a_search_for_which_there_is_no_room_just_now_is_asked_again(bench: Bench) -> None:
    filled(bench)
    full = whole_fault(429, "circuit_breaking_exception")
    bench.proxy.faults["_search"] = [full, full]
    assert bench.total == 10
    bench.proxy.faults["_search"] = [full] * 9
    with pytest.raises(EngineUnavailable):
        _ = bench.total


def test_nobody_waits_for_a_server_that_hung_a_moment_ago(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(bench)
    monkeypatch.setattr("search.elasticsearch_engine.engine.TIMEOUT", 0.2)
    monkeypatch.setattr(connecting, "FIRST_SHUT", 0.6)

    def hanging(_asked: bytes, _answered: bytes) -> None:
        time.sleep(0.6)

    bench.proxy.faults["_search"] = [hanging] * 3
    with pytest.raises(EngineUnavailable):
        _ = bench.total
    began = time.monotonic()
    with pytest.raises(EngineUnavailable, match="a moment ago"):
        _ = bench.total
    assert time.monotonic() - began < 0.1
    time.sleep(0.7)
    monkeypatch.undo()
    assert bench.total == 10


# The alias


def test_an_alias_that_names_two_indexes_is_no_answer_and_is_mended(bench: Bench) -> None:
    filled(bench)
    bench.tell("PUT", f"{bench.alias}-somebody")
    action = {"add": {"index": f"{bench.alias}-somebody", "alias": bench.alias}}
    bench.tell("POST", "_aliases", actions=[action])
    with pytest.raises(EngineUnavailable):
        _ = bench.total
    assert not bench.engine.ready()
    assert bench.engine.needs_rebuild()
    filled(bench, 12)
    assert bench.total == 12
    assert bench.engine.ready()
    assert f"{bench.alias}-somebody" in bench.tell("GET", f"{bench.alias}*")


def test_an_index_of_somebody_else_under_our_name_is_left_alone(bench: Bench) -> None:
    bench.tell("PUT", bench.alias)
    bench.tell("PUT", f"{bench.alias}/_doc/1?refresh=true", theirs="true")
    for ask in (
        lambda: bench.total,
        lambda: bench.engine.apply(CARDS),
        bench.engine.rebuild,
    ):
        with pytest.raises(EngineUnavailable):
            ask()
    assert not bench.engine.ready()
    assert bench.tell("GET", f"{bench.alias}/_count")["count"] == 1


@pytest.mark.parametrize(("step", "rebuilds"), [(-1, True), (1, False)])
def test_of_two_versions_side_by_side_the_newer_layout_stays(
    bench: Bench, step: int, rebuilds: bool
) -> None:
    filled(bench)
    (name,) = bench.engine._indexes.live()
    meta = {"layout": LAYOUT + step, "whole": True}
    bench.tell("PUT", f"{name}/_mapping", _meta=meta)
    action = {"remove": {"index": name, "alias": bench.engine._indexes.writing}}
    bench.tell("POST", "_aliases", actions=[action])
    assert bench.total == 10
    assert bench.engine.ready()
    assert bench.engine.needs_rebuild() is rebuilds
    with pytest.raises(EngineUnavailable, match="layout"):
        bench.engine.apply(CARDS)
    assert bench.total == 10


def test_an_index_made_by_hand_is_like_ours(bench: Bench) -> None:
    filled(bench)
    stem = f"{bench.alias}-v{LAYOUT}-"
    bench.tell("PUT", f"{stem}byhand")
    told = bench.tell("GET", f"{stem}byhand")[f"{stem}byhand"]
    (name,) = bench.engine._indexes.live()
    ours = bench.tell("GET", name)[name]
    assert told["mappings"]["properties"] == ours["mappings"]["properties"]
    assert told["settings"]["index"]["analysis"] == ours["settings"]["index"]["analysis"]
