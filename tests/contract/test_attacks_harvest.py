"""What an attacker tries against harvesting and federation: servers that lead astray, nodes and
peers that lie under a good signature, documents made to keep a process busy."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest

from catalog import agencies
from catalog.agencies import AgencyView
from catalog.endpoints.judging import Due
from catalog.federation import keys
from catalog.federation.peers import PeerView
from catalog.federation.signed import signed
from harvesters import checking, checking_apart
from harvesters.addresses import parsed
from harvesters.faults import HarvestFault
from harvesters.fetching import FakeFetcher
from harvesters.looking import Look
from harvesters.nodes.peers import BROKEN, Peers
from harvesters.probing import Prober
from standards.descriptor import Descriptor
from standards.formats import rdf
from standards.formats.turtle import outline
from standards.profile import Level
from tests.nodes import CITY, Link, NodeSite, node
from tests.offices import sqlite_offices, values

DISTRICT, OTHER = "31010", "31015"
ORGANS = (
    AgencyView(CITY, "上海市人民政府办公厅", division="310000"),
    AgencyView(DISTRICT, "黄浦区人民政府", parent=CITY),
    AgencyView(OTHER, "浦东新区人民政府", parent=CITY),
)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[NodeSite]:
    with node(tmp_path, "city", *ORGANS) as made:
        yield made


@pytest.fixture
def district(tmp_path: Path, city: NodeSite) -> Iterator[NodeSite]:
    with node(tmp_path, "huangpu", *ORGANS[:2]) as made:
        city.follows(made, DISTRICT)
        yield made


def says(
    city: NodeSite, district: NodeSite, alter: Callable[[dict[str, Any]], object]
) -> HarvestFault | None:
    """Let the district say something else, well signed; what the city finds wrong with it."""

    def meddle(_address: str, body: bytes) -> bytes:
        said = orjson.loads(body.partition(b"\n")[0])
        alter(said)
        return signed(keys.ring(district.settings), said)

    try:
        city.catch_up(district, Link(district.app, meddle=meddle))
    except HarvestFault as found:
        return found
    return None


def shows(identifier: str, turn: int, **more: Any) -> dict[str, Any]:
    """A record of the district, as it tells of it."""
    told = Descriptor("document", values())
    return {
        "turn": turn, "identifier": identifier, "what": "present", "agency": DISTRICT,
        "kind": "document", "audience": "public", "values": told.values, "digest": told.digest,
        "origins": [["huangpu", identifier]], **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    "location",
    ["http://a:99999/", "http://a:b/", "http://\x7f/", "http://xn--a/", "a" * 100_000, "/\ud800",
     "http://" + "ü" * 70 + ".example/", "file:///etc/passwd", "http://u:p@a/"],
)  # fmt: skip
def test_no_redirect_leads_out_of_the_faults_that_are_known(location: str) -> None:
    with pytest.raises(HarvestFault) as found:
        parsed(location, parsed("http://portal.example/x"))
    assert found.value.problem.rule == "address-invalid"


def test_an_endpoint_that_breaks_the_prober_keeps_no_other_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(_self: object, url: str) -> Look:
        if "poison" in url:
            raise RuntimeError(url)
        return Look(url, 200, "text/plain", b"", True, None)

    monkeypatch.setattr("harvesters.probing.Looker.look", look)
    waiting = [Due(name, f"http://{name}.example/", "rest") for name in ("poison", "well")]
    monkeypatch.setattr("catalog.endpoints.judging.due", lambda *_: waiting)
    with sqlite_offices(tmp_path) as offices:
        prober = Prober(offices.database, offices.clock, timedelta(hours=1))
        assert prober.step("test") == len(waiting)


def test_a_node_cannot_use_the_identifiers_of_others(city: NodeSite, district: NodeSite) -> None:
    wished = (f"{OTHER}-00000001", f"{CITY}-00000002", f"{DISTRICT}-00000003")

    def alter(said: dict[str, Any]) -> None:
        said["changes"] = [shows(each, turn) for turn, each in enumerate(wished, 1)]
        said["head"] = len(wished)

    assert says(city, district, alter) is None
    assert city.shown() == [wished[2]]


def test_agencies_stacked_without_end_hold_nobody_up(city: NodeSite, district: NodeSite) -> None:
    above = [DISTRICT, *(f"Z{number:04}" for number in range(400))]
    tower = [
        {"code": code, "name": code, "parent": parent, "short_names": []}
        for parent, code in pairwise(above)
    ]

    def alter(said: dict[str, Any]) -> None:
        said["changes"], said["head"] = [shows(f"{DISTRICT}-00000001", 1)], 1
        said["agencies"] = tower

    begun = time.monotonic()
    assert says(city, district, alter) is None
    assert time.monotonic() - begun < 5
    with city.database.reading() as session:
        assert max(len(each.path) for each in agencies.every(session)) <= 16


def test_what_cannot_be_kept_is_told_as_the_nodes_fault(city: NodeSite, district: NodeSite) -> None:
    for field in ("identifier", "agency"):
        row = shows(f"{DISTRICT}-00000001", 1) | {field: "a\0b"}
        found = says(city, district, lambda said, row=row: said.update(changes=[row], head=1))
        assert found is not None
        assert found.problem.rule == "node-answer-bad"
    ring = keys.ring(district.settings)
    broken = signed(ring, {}).replace(b"{}", b"{no json", 1)
    with pytest.raises(HarvestFault) as told:
        city.catch_up(district, Link(district.app, meddle=lambda *_: broken))
    assert told.value.problem.rule == "node-signature"


@pytest.mark.parametrize("total", ["1e308", '"' + "9" * 5000 + '"', "[]", "-1", "null"])
def test_a_peer_that_counts_beyond_reason_is_left_out(total: str) -> None:
    address = "http://peer.example/api/v1/search?q=x"
    said = b'{"entries": [], "total": ' + total.encode() + b"}"

    class Opened(FakeFetcher):
        def __enter__(self) -> Opened:
            return self

        def __exit__(self, *_: object) -> None: ...

    peers = Peers(client=lambda _: Opened({address: said}))
    (answer,) = peers.ask([PeerView("peer", "http://peer.example")], [("q", "x")])
    assert answer.silence == BROKEN or answer.total == 2**53


def test_a_long_document_in_turtle_takes_no_square_of_its_length() -> None:
    """A minute and more each, before."""
    many = "@prefix a: <http://a/> .\n" + "".join(f"a:{n} a a:b .\n" for n in range(40_000))
    begun = time.monotonic()
    found = outline(many)
    assert (len(found.statements), found.statements[-1].line) == (40_001, 40_001)
    outline("@prefix " * 100_000)
    outline("@prefix a: " + "<http://a/>" * 30_000)
    assert time.monotonic() - begun < 10


def test_what_is_broken_among_many_prefixes_is_found_in_little_time() -> None:
    """A minute for 40 kB, before."""
    prefixes = "".join(f"@prefix p{n}: <http://a/{n}> .\n" for n in range(400))
    things = "".join(f"<http://a/{n}> a <b> .\n" for n in range(400))
    begun = time.monotonic()
    read = rdf.read((prefixes + things + "<x> <y> .\n").encode(), "text/turtle", "file:///x")
    assert (len(read.graph), [each.line for each in read.broken]) == (400, [801])
    assert time.monotonic() - begun < 5


def test_a_large_file_is_checked_within_its_bounds(tmp_path: Path) -> None:
    """In a process of its own: what is slow on purpose is ended, the rest is told as always."""
    path = tmp_path / "many.csv"
    rows = "".join(f"关于第{at}号事项的通知,2009-13-45\n" for at in range(4000))
    path.write_text("标题,发布日期\n" + rows, encoding="utf-8")
    bounds = checking.Bounds(records=30, seconds=20)
    apart = checking_apart.check(path, "document", Level.MINIMAL, bounds)
    assert apart == checking.check_file(path, "document", Level.MINIMAL, bounds)
    assert (len(apart.lines), apart.cut) == (30, True)

    begun = time.monotonic()
    slow = checking.Bounds(records=4000, seconds=-2.9)
    told = checking_apart.check(path, "document", Level.MINIMAL, slow)
    assert time.monotonic() - begun < 5
    assert [each.rule for line in told.lines for each in line.problems] == ["file-too-much"]
