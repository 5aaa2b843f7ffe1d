"""Following over HTTP: bounded whatever a node does, and its token goes to it alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from catalog import sources
from catalog.agencies import AgencyView
from catalog.federation import nodes
from catalog.sources import NODE, SourceSettings
from catalog.viewers import OPERATOR
from harvesters.faults import HarvestFault
from harvesters.nodes import asking, following
from harvesters.nodes.following import catch_up, opened
from tests.hostile import Reply, hostile
from tests.nodes import NodeSite, node

TOKEN = "token-of-the-district"
HANGING = Reply(b"x" * 50, drip=0.2)
GREAT = Reply(b"x" * 65536, times=200)
BOMB = Reply(b"\x1f\x8b not gzip at all", headers={"Content-Encoding": "gzip"})


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[NodeSite]:
    with node(tmp_path, "centre", AgencyView("31010", "黄浦区人民政府")) as made:
        yield made


def source_at(centre: NodeSite, address: str, name: str = "huangpu") -> None:
    options = {"key": "A" * 43, "allow_private": True}
    with centre.database.writing() as session:
        kept = SourceSettings(NODE, address, options=options)
        sources.add(session, OPERATOR, name, "31010", kept, centre.clock.now())


def soon(happens: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not happens() and time.monotonic() < until:
        time.sleep(0.05)
    return happens()


def test_nothing_that_a_node_does_holds_the_one_that_follows(
    centre: NodeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = replace(asking.LIMITS, size=1_000_000, seconds=1.0, silence=0.5)
    monkeypatch.setattr(following, "LIMITS", small)
    cases = {
        "too-slow": HANGING,
        "answer-too-large": GREAT,
        "encoding-broken": BOMB,
        "too-many-redirects": Reply(status=302, headers={"Location": "/elsewhere"}),
        "http-status": Reply(status=500),
        "node-signature": Reply(b"<html>200</html>"),
    }
    current = [HANGING]
    with hostile({"/federation/changes": lambda _: current[0]}) as address:
        source_at(centre, address)
        with centre.database.reading() as session:
            source = sources.get(session, "huangpu")
        for rule, reply in cases.items():
            current[0] = reply
            begun = time.monotonic()
            with opened(source) as fetcher, pytest.raises(HarvestFault) as fault:
                catch_up(centre.database, source, OPERATOR, centre.clock, fetcher)
            assert fault.value.problem.rule == rule
            assert time.monotonic() - begun < 5
    assert centre.shown() == []


def test_a_token_goes_to_its_node_and_nowhere_else(
    centre: NodeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"other secret\nhuangpu {TOKEN}\n")
    monkeypatch.setenv("MULU_NODE_TOKENS", str(file))
    monkeypatch.setattr(following, "LIMITS", replace(asking.LIMITS, redirects=2))
    seen: dict[str, str | None] = {}

    def told(name: str, reply: Reply) -> Callable[[dict[str, str], Mapping[str, str]], Reply]:
        def answer(_: dict[str, str], headers: Mapping[str, str]) -> Reply:
            seen[name] = headers.get("Authorization")
            return reply

        return answer

    with hostile({"/there": told("elsewhere", Reply(b"no"))}) as elsewhere:
        away = Reply(status=302, headers={"Location": f"{elsewhere}/there"})
        with hostile({"/federation/changes": told("node", away)}) as address:
            source_at(centre, address)
            with centre.database.reading() as session:
                source = sources.get(session, "huangpu")
            with opened(source) as fetcher, pytest.raises(HarvestFault):
                catch_up(centre.database, source, OPERATOR, centre.clock, fetcher)
    assert seen == {"node": f"Bearer {TOKEN}", "elsewhere": None}
    assert TOKEN not in str(source.settings)


def test_a_node_that_fails_keeps_no_other_waiting(centre: NodeSite) -> None:
    asked: list[str] = []

    def answer(_: dict[str, str]) -> Reply:
        asked.append("well")
        return Reply(b"not signed")

    with (
        hostile({"/federation/changes": lambda _: Reply(b"x" * 500, drip=1.0)}) as slow,
        hostile({"/federation/changes": answer}) as well,
    ):
        source_at(centre, slow, "slow")
        source_at(centre, well, "well")
        stop = threading.Event()
        worker = threading.Thread(
            target=following.work, args=(centre.database, centre.clock, stop), daemon=True
        )
        worker.start()
        assert soon(lambda: len(asked) > 1)
        with centre.database.reading() as session:
            (first, second) = nodes.every(session)
        assert (first.fault, second.fault and second.fault["rule"]) == (None, "node-signature")
        with centre.database.writing() as session:
            sources.pause(session, OPERATOR, "well", True, centre.clock.now())
        stop.set()
        worker.join(10)
