"""A centre follows a district on each database that either may have."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from catalog import agencies, entries
from catalog.agencies import AgencyView
from catalog.clock import FixedClock
from catalog.database import Database
from catalog.federation import nodes
from catalog.viewers import OPERATOR, PUBLIC
from harvesters.nodes.verifying import verify
from search.memory import MemoryEngine
from tests.nodes import Link, NodeSite
from tests.offices import postgres_database
from tests.parts import require
from tests.websites import settings
from web.parts import Parts

TOP = AgencyView("31010", "黄浦区人民政府")
MANY = 30


def test_it_is_the_same_on_postgresql(tmp_path: Path) -> None:
    server = require("postgres")
    with ExitStack() as stack:
        made = []
        for name in ("huangpu", "centre"):
            database = stack.enter_context(postgres_database(server))
            made.append(_node(tmp_path, name, database))
        district, centre = made
        for number in range(MANY):
            district.register("31010", title=f"第{number}件")
        centre.follows(district, "31010")
        centre.catch_up(district)
        with centre.database.reading() as session:
            assert nodes.entries(session, PUBLIC) == {"huangpu": MANY}
            assert [view.name for view in nodes.every(session)] == ["huangpu"]
            assert entries.count(session, PUBLIC) == MANY
            source = centre.source(district)
        assert verify(centre.database, source, Link(district.app)).same
        refused = centre.register("31010", title="在中心登记")
        assert refused.problems[0].rule == "home-elsewhere"


def _node(folder: Path, name: str, database: Database) -> NodeSite:
    database.migrate()
    home = folder / name
    home.mkdir()
    clock = FixedClock()
    with database.writing() as session:
        agencies.add(session, OPERATOR, TOP, clock.now())
    parts = Parts(settings(home, node=name), database, MemoryEngine(), clock)
    return NodeSite(name, parts, clock)
