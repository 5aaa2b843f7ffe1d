"""Three nodes on one machine, as operators run them: two districts, each with the same document,
and the centre that follows both. Each serves over HTTP and works in processes of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from catalog import agencies, entries, registration, review, sources
from catalog.agencies import AgencyView
from catalog.clock import SystemClock
from catalog.database import Database
from catalog.exposure import Tier
from catalog.federation import feed, nodes
from catalog.federation.keys import ring
from catalog.proposals import Outcome, Proposal
from catalog.requests import flow
from catalog.runs import of_source, records
from catalog.settings import Settings
from catalog.sources import NODE, SourceSettings
from catalog.viewers import OPERATOR, PUBLIC
from harvesters.nodes import following
from harvesters.nodes.verifying import verify
from tests.nodes import bare
from tests.offices import ANOTHER, REVIEWER, sqlite_offices, values
from tests.servers.process import free_port

PATIENCE, SOON = 40.0, 10.0
"""Seconds: a machine that is busy starting processes is slow, a node that follows is not."""
CITY = AgencyView("31000", "上海市政务目录中心")
HUANGPU = AgencyView("31010", "黄浦区人民政府")
XUHUI = AgencyView("31040", "徐汇区人民政府")
CLOCK = SystemClock()
MANY = 510


@dataclass
class Node:
    """A directory in a folder of its own, served on a port, with its worker."""

    name: str
    folder: Path
    database: Database
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        """Its settings."""
        own = {
            "MULU_DATA_DIR": str(self.folder),
            "MULU_SECRET_KEY": "s" * 32,
            "MULU_NODE": self.name,
            "MULU_BASE_URL": f"http://127.0.0.1:{self.port}",
        }
        return {k: v for k, v in os.environ.items() if not k.startswith("MULU_")} | own

    def start(self, *what: str) -> None:
        """Its web process or its worker."""
        web = (
            "granian", "--interface", "wsgi", "--factory", "--workers", "1", "--port",
            str(self.port), "--log-level", "error", "web.serving:application",
        )  # fmt: skip
        commands = {"web": web, "worker": ("web.commands", "worker")}
        for name in what:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *commands[name]],
                env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip

    def kill(self, what: str) -> None:
        """Without a word to it or to what it has started."""
        process = self.processes.pop(what)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def register(self, agency: str, *titles: str) -> list[Outcome]:
        """Served entries."""
        proposals = [Proposal("document", values(each), agency, accept=True) for each in titles]
        with self.database.writing() as session:
            return registration.register(session, OPERATOR, proposals, CLOCK.now())

    def follows(self, other: Node, agency: str) -> None:
        """Let it follow another node for an agency, whose key somebody has compared."""
        key = ring(Settings.from_environment(other.env)).public.text
        options = {"key": key, "create_agencies": True, "allow_private": True}
        kept = SourceSettings(NODE, other.env["MULU_BASE_URL"], options=options)
        with self.database.writing() as session:
            sources.add(session, OPERATOR, other.name, agency, kept, CLOCK.now())

    def shown(self) -> dict[str, str]:
        """What the public is shown: the digest of each entry."""
        found: dict[str, str] = {}
        with self.database.reading() as session:
            while page := entries.page(session, PUBLIC, max(found, default=""), 500):
                found |= {view.identifier: view.shown.descriptor.digest for view in page}
        return found

    def rejected(self, source: str) -> set[tuple[str, str]]:
        """What was turned down: key and rule."""
        with self.database.reading() as session:
            return {
                (row.key, str(row.problems[0]["rule"]))
                for run in of_source(session, source)
                for _, row in records(session, run.id, "rejected")
            }

    def turns(self) -> dict[str, int]:
        """Up to which turn each node was read."""
        with self.database.reading() as session:
            return {each.source: each.turn for each in nodes.every(session)}

    def head(self) -> int:
        """Its latest turn for the public."""
        with self.database.reading() as session:
            return feed.head(session, Tier.PUBLIC)

    def level(self, *others: Node) -> bool:
        """Whether all that the other nodes have said is here."""
        heads = {other.name: other.head() for other in others}
        return self.turns() == heads

    def agrees(self, other: Node) -> bool:
        """Whether what is held of another node is what it shows, digest by digest."""
        with self.database.reading() as session:
            source = sources.get(session, other.name)
        with following.opened(source) as fetcher:
            return verify(self.database, source, fetcher).same


def soon(happens: Callable[[], bool], patience: float = PATIENCE) -> float:
    """The seconds until it has happened."""
    begun = time.monotonic()
    while not happens():
        assert time.monotonic() - begun < patience, "it has not happened"
        time.sleep(0.05)
    return time.monotonic() - begun


@pytest.fixture
def three(tmp_path: Path) -> Iterator[tuple[Node, Node, Node]]:
    """The districts and the centre, with nothing in them."""
    with ExitStack() as stack:
        made: list[Node] = []
        organs: Sequence[tuple[str, tuple[AgencyView, ...]]] = (
            ("huangpu", (HUANGPU,)),
            ("xuhui", (XUHUI,)),
            ("centre", (CITY, _below(HUANGPU), _below(XUHUI))),
        )
        for name, own in organs:
            folder = tmp_path / name
            folder.mkdir()
            database = stack.enter_context(sqlite_offices(folder, bare)).database
            with database.writing() as session:
                for organ in own:
                    agencies.add(session, OPERATOR, organ, CLOCK.now())
            made.append(Node(name, folder, database))
        try:
            yield made[0], made[1], made[2]
        finally:
            for node in made:
                for what in list(node.processes):
                    node.kill(what)


def _below(organ: AgencyView) -> AgencyView:
    return AgencyView(organ.code, organ.name, parent="31000")


def _withhold(node: Node, made: Outcome) -> None:
    hidden = values("不再公开", disclosure="withheld")
    with node.database.writing() as session:
        name, now = str(made.identifier), CLOCK.now()
        again = registration.revise(session, OPERATOR, name, hidden, made.revision, now)
        while again.state != "published":
            again = review.accept(session, REVIEWER, name, again.revision, now)


def _withdraw(node: Node, made: Outcome) -> None:
    with node.database.writing() as session:
        name, now = str(made.identifier), CLOCK.now()
        asked = review.withdraw(session, REVIEWER, name, made.revision, "误报", now)
        if asked.request:
            flow.accept(session, ANOTHER, asked.request, asked.revision, now)


def test_two_districts_and_a_centre(three: tuple[Node, Node, Node]) -> None:
    huangpu, xuhui, centre = three
    same = "上海市防汛防台应急预案"
    first = huangpu.register("31010", same, "黄浦区的一件")
    second = xuhui.register("31040", same, "徐汇区的一件")
    (own,) = centre.register("31000", "市目录的说明")
    centre.follows(huangpu, "31010")
    centre.follows(xuhui, "31040")
    for node in three:
        node.start("web")
    centre.start("worker")

    def level() -> bool:
        return centre.level(huangpu, xuhui)

    def union() -> set[str]:
        return {*huangpu.shown(), *xuhui.shown(), str(own.identifier)}

    soon(level)
    assert centre.shown().keys() == union()
    _withhold(huangpu, first[1])
    _withdraw(xuhui, second[1])
    huangpu.register("31010", "新的一件")
    assert soon(level, SOON) < SOON
    assert centre.shown().keys() == union()
    assert len(centre.shown()) == 4

    xuhui.register("31040", *(f"徐汇区第{number}件" for number in range(MANY)))
    soon(lambda: centre.turns()["xuhui"] > 3)  # in the midst of it
    centre.kill("worker")
    huangpu.register("31010", "停电时的一件")
    centre.start("worker")
    soon(level)
    assert centre.shown().keys() == union()

    with huangpu.database.writing() as session:
        agencies.add(session, OPERATOR, CITY, CLOCK.now())
    own_entries = huangpu.shown().keys()
    huangpu.follows(centre, "31000")
    huangpu.start("worker")
    soon(lambda: huangpu.level(centre))
    assert huangpu.shown().keys() == centre.shown().keys()
    assert {key for key, _ in huangpu.rejected("centre")} == set(own_entries)
    assert {rule for _, rule in huangpu.rejected("centre")} == {"came-from-here"}
    soon(level)
    assert len(centre.rejected("huangpu")) == len(xuhui.shown()) + 1
    assert {rule for _, rule in centre.rejected("huangpu")} == {"came-from-here"}

    told = {name: digest for name, digest in huangpu.shown().items() if name in own_entries}
    assert centre.shown() == told | xuhui.shown() | {
        str(own.identifier): centre.shown()[str(own.identifier)]
    }
    assert centre.agrees(huangpu)
    assert centre.agrees(xuhui)
