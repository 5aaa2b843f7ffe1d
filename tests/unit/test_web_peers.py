"""A search that asks peers along says who did not answer, and is then kept by nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from catalog.federation import peers
from catalog.federation.peers import PeerView
from catalog.viewers import OPERATOR
from harvesters.faults import fault
from harvesters.fetching import ANYTHING, Answer, Fetcher
from harvesters.nodes.peers import FAULTS, Peers
from tests.websites import Website, website
from web.peering import KEPT

PUDONG = {"agency": {"name": "浦东"}}
FOUND = {
    "total": 2,
    "entries": [
        {"identifier": "31150-000001", "title": "浦东的预案", "issued": None, **PUDONG},
        {"identifier": "31150-000002", "title": "<b>又一份</b>", "url": "//evil", **PUDONG},
    ],
}


@dataclass
class Others:
    """Peers that answer as a test wants, by their address."""

    answers: dict[str, Any]
    asked: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def __call__(self, peer: PeerView) -> AbstractContextManager[Fetcher]:
        return nullcontext(self)

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = ANYTHING,
        conditional: bool = False,
    ) -> Answer:
        """As a fetcher."""
        self.asked.append(url)
        answer = self.answers[url.partition("/api/")[0]]
        if answer == "hang":
            self.ended.wait(20)
        if answer in ("hang", "dead"):
            raise fault("connection-lost", place=url, value="refused")
        return Answer(url, answer if isinstance(answer, bytes) else orjson.dumps(answer))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Website]:
    with website(tmp_path) as made:
        made.offices.published(title="上海市防汛防台应急预案")
        made.follow()
        yield made


def with_peers(site: Website, **answers: Any) -> Others:
    """Let the site have these peers."""
    others = Others({f"https://{name}.example": answer for name, answer in answers.items()})
    with site.parts.database.writing() as session:
        for name in answers:
            peer = PeerView(name, f"https://{name}.example")
            peers.add(session, OPERATOR, peer, site.parts.clock.now())
    site.app.extensions[KEPT] = Peers(client=others, seconds=0.5)
    return others


def test_peers_are_asked_only_when_somebody_wants_it(site: Website) -> None:
    others = with_peers(site, pudong=FOUND)
    told = site.get("/api/v1/search?q=预案").json
    assert "peers" not in told
    assert others.asked == []
    answer = site.get("/api/v1/search?q=预案&peers=1&agency=310A7&nothing=x")
    assert answer.json["complete"] is True
    assert answer.json["total"] == 1
    (peer,) = answer.json["peers"]
    assert (peer["name"], peer["answered"], peer["total"]) == ("pudong", True, 2)
    assert [each["url"] for each in peer["entries"]] == [
        "https://pudong.example/entries/31150-000001",
        "https://pudong.example/entries/31150-000002",
    ]
    assert "no-store" not in answer.headers["Cache-Control"]
    assert others.asked == [
        "https://pudong.example/api/v1/search?q=%E9%A2%84%E6%A1%88&agency=310A7&size=10"
    ]
    page = site.get("/search?q=预案&peers=1", Accept_Language="zh").text
    assert "其他目录：pudong" in page
    assert "&lt;b&gt;又一份" in page
    assert "//evil" not in page


def test_what_did_not_answer_is_named_and_the_answer_is_kept_by_nobody(site: Website) -> None:
    others = with_peers(
        site, dead="dead", hangs="hang", pudong=FOUND, wrong=b"{]", odd={"total": 1}
    )
    try:
        answer = site.get("/api/v1/search?q=预案&peers=1", Accept_Language="en")
        page = site.get("/search?q=预案&peers=1", Accept_Language="zh")
    finally:
        others.ended.set()
    assert answer.json["complete"] is False
    told = {peer["name"]: peer for peer in answer.json["peers"]}
    assert {name for name, peer in told.items() if not peer["answered"]} == {
        "dead", "hangs", "wrong", "odd"
    }  # fmt: skip
    assert all(peer["reason"] for peer in told.values() if not peer["answered"])
    assert "in time" in told["hangs"]["reason"]
    assert len(told["pudong"]["entries"]) == 2
    for each in (answer, page):
        assert each.headers["Cache-Control"] == "no-store"
    assert "所以这一页并不完整" in page.text


def test_what_is_here_too_is_not_shown_twice(site: Website) -> None:
    here = site.get("/api/v1/search?q=预案").json["entries"][0]["identifier"]
    twin = {"identifier": here, "title": "同一份", "agency": {"name": "水务局"}}
    both = {"total": 3, "entries": [twin, *FOUND["entries"]]}  # type: ignore[misc]
    with_peers(site, one=both, two=FOUND)
    told = site.get("/api/v1/search?q=预案&peers=1").json["peers"]
    assert [len(peer["entries"]) for peer in told] == [2, 0]


def test_a_peer_that_fails_is_left_alone_for_a_while(site: Website) -> None:
    others = with_peers(site, dead="dead")
    for _ in range(FAULTS + 3):
        site.get("/api/v1/search?q=预案&peers=1")
    assert len(others.asked) == FAULTS


def test_peers_are_the_operators_to_choose(site: Website) -> None:
    with_peers(site)
    told = site.get("/api/v1/search?q=预案&peers=http://127.0.0.1:1")
    assert told.status_code == 422
