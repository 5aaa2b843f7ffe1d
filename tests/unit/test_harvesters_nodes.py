"""A centre follows a district: what comes, what goes, and what is never taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from catalog import accounts, agencies, origins, registration, review
from catalog.agencies import AgencyView
from catalog.errors import Gone, Invalid, Moved, NotFound, WrongState
from catalog.federation import keys, nodes
from catalog.federation.keys import KeyRing
from catalog.federation.signed import opened, signed
from catalog.ledger import living_keys
from catalog.proposals import Outcome
from catalog.requests import flow
from catalog.runs import of_source, records
from catalog.sources import get as source_of
from catalog.viewers import OPERATOR, Grant, Role, Viewer
from harvesters.deciding import undo
from harvesters.faults import HarvestFault
from harvesters.nodes.following import catch_up
from harvesters.nodes.verifying import verify
from tests.nodes import Link, NodeSite, node
from tests.offices import ANOTHER, REVIEWER, values

CITY = AgencyView("31000", "上海市政务目录中心")
HUANGPU = AgencyView("31010", "黄浦区人民政府", division="310101")
WATER = AgencyView("31011", "黄浦区水务局", ("区水务局",), parent="31010")
COLLEAGUE = Viewer(9, "wu", (Grant(Role.REGISTRAR, "31010"),))
SHARED = {"disclosure": "undetermined", "sharing": {"attribute": "unconditional"}}


@pytest.fixture
def district(tmp_path: Path) -> Iterator[NodeSite]:
    with node(tmp_path, "huangpu", HUANGPU, WATER) as made:
        yield made


@pytest.fixture
def centre(tmp_path: Path, district: NodeSite) -> Iterator[NodeSite]:
    top = AgencyView("31010", "黄浦区人民政府", parent="31000")
    with node(tmp_path, "centre", CITY, top) as made:
        made.follows(district, "31010")
        yield made


def change(site: NodeSite, made: Outcome, **more: Any) -> None:
    """Serve another version of an entry."""
    assert made.identifier
    with site.database.writing() as session:
        now = site.clock.now()
        revision = site.revision(made.identifier)
        again = registration.revise(
            session, COLLEAGUE, made.identifier, values(**more), revision, now
        )
        while again.state != "published":
            again = review.accept(session, REVIEWER, made.identifier, again.revision, now)


def withdraw(site: NodeSite, made: Outcome, reason: str) -> None:
    """Take an entry out, agreed by two."""
    assert made.identifier
    with site.database.writing() as session:
        now, revision = site.clock.now(), site.revision(made.identifier)
        asked = review.withdraw(session, REVIEWER, made.identifier, revision, reason, now)
        if asked.request:
            flow.accept(session, ANOTHER, asked.request, asked.revision, now)


def rejected(site: NodeSite, source: str) -> list[tuple[str, str]]:
    """What was turned down: key and rule."""
    with site.database.reading() as session:
        return [
            (row.key, str(row.problems[0]["rule"]))
            for run in of_source(session, source)
            for _, row in records(session, run.id, "rejected")
        ]


def agree(site: NodeSite, other: NodeSite) -> bool:
    with site.database.reading() as session:
        source = source_of(session, other.name)
    return verify(site.database, source, Link(other.app)).same


def test_what_a_district_serves_comes_with_its_identifier_and_agency(
    district: NodeSite, centre: NodeSite
) -> None:
    made = district.register("31011", title="排水许可")
    district.register("31011", title="干部考察", disclosure="withheld")
    standing = centre.catch_up(district)
    assert (standing.turn, standing.head, standing.behind) == (1, 1, 0)
    assert centre.shown() == [made.identifier]
    view = centre.find(made.identifier)
    assert view.agency.path == ("31011", "31010", "31000")
    assert view.shown.descriptor.digest == district.find(made.identifier).shown.descriptor.digest
    assert agree(centre, district)
    assert centre.catch_up(district) == centre.standing(district)


def test_what_changes_or_leaves_at_home_does_so_here_at_once(
    district: NodeSite, centre: NodeSite
) -> None:
    changed, withheld, left, back = (
        district.register("31011", title=title) for title in ("甲", "乙", "丙", "丁")
    )
    centre.catch_up(district)
    assert len(centre.shown()) == 4
    change(district, changed, title="甲，已修订")
    change(district, withheld, title="乙", disclosure="withheld")
    withdraw(district, left, "内容有误")
    change(district, back, title="丁", disclosure="withheld")
    centre.catch_up(district)
    assert centre.shown() == [changed.identifier]
    assert centre.find(changed.identifier).shown.descriptor.get("title") == "甲，已修订"
    with pytest.raises(NotFound):  # its home does not say that it was there, so neither do we
        centre.find(withheld.identifier)
    with pytest.raises(Gone, match="内容有误"):
        centre.find(left.identifier)
    change(district, back, title="丁", disclosure="proactive")
    centre.catch_up(district)
    assert centre.shown() == sorted([str(changed.identifier), str(back.identifier)])
    assert agree(centre, district)
    alarm = centre.standing(district).alarm
    assert alarm
    assert alarm["rule"] == "node-lost-many"


def test_what_is_merged_at_home_leads_on(district: NodeSite, centre: NodeSite) -> None:
    one, other = (district.register("31011", title=title) for title in ("甲", "甲，同一份"))
    centre.catch_up(district)
    assert other.identifier
    assert one.identifier
    with district.database.writing() as session:
        now = district.clock.now()
        asked = review.merge(session, REVIEWER, other.identifier, one.identifier, 1, "同一份", now)
        if asked.request:
            flow.accept(session, ANOTHER, asked.request, asked.revision, now)
    centre.catch_up(district)
    with pytest.raises(Moved) as led:
        centre.find(other.identifier)
    assert led.value.to == one.identifier


def test_agencies_are_told_what_agencies_may_know(district: NodeSite, centre: NodeSite) -> None:
    shared = district.register("31011", title="只供部门", **SHARED)
    with district.database.writing() as session:
        now = district.clock.now()
        grant = [Grant(Role.REGISTRAR, "31010")]
        account = accounts.create(session, OPERATOR, "zx", "中心", "很长的口令-2009", now, grant)
        token = accounts.issue_token(session, account, "centre", now)
    assert centre.catch_up(district).head == 0
    centre.catch_up(district, Link(district.app, token), full=True)
    assert centre.shown() == []
    assert centre.shown(REVIEWER) == [shared.identifier]


def test_a_record_is_never_taken_back_nor_through_a_loop(
    district: NodeSite, centre: NodeSite, tmp_path: Path
) -> None:
    made = district.register("31011", title="排水许可")
    own = centre.register("31000", title="市级目录说明")
    centre.catch_up(district)
    with district.database.writing() as session:
        agencies.add(session, OPERATOR, AgencyView("31000", "市"), district.clock.now())
    district.follows(centre, "31000")
    district.catch_up(centre)
    assert district.shown() == sorted([str(made.identifier), str(own.identifier)])
    assert rejected(district, "centre") == [(str(made.identifier), "came-from-here")]
    with node(tmp_path, "pudong", AgencyView("31000", "市")) as third:
        third.follows(centre, "31000")
        third.catch_up(centre)
        assert len(third.shown()) == 2
        district.follows(third, "31000")
        district.catch_up(third)
    assert {rule for _, rule in rejected(district, "pudong")} == {
        "came-from-here",
        "held-otherwise",
    }


def test_the_home_of_an_agency_is_where_it_registers(district: NodeSite, centre: NodeSite) -> None:
    made = district.register("31011", title="排水许可")
    centre.catch_up(district)
    refused = centre.register("31011", title="在中心登记")
    assert refused.rejected
    assert refused.problems[0].rule == "home-elsewhere"
    assert district.register("31011", title="又一份").identifier != made.identifier


def test_what_its_home_decided_may_be_closed_here_and_not_opened(
    district: NodeSite, centre: NodeSite
) -> None:
    made = district.register("31011", title="排水许可", disclosure="on-request")
    centre.catch_up(district)
    with pytest.raises(Invalid) as refused:
        change(centre, made, title="排水许可", disclosure="proactive")
    assert [each.rule for each in refused.value.problems] == ["opener-than-home"]
    change(centre, made, title="排水许可", disclosure="withheld")
    assert centre.shown() == []
    change(district, made, title="排水许可，改", disclosure="on-request")
    centre.catch_up(district)
    assert centre.shown() == []
    assert agree(centre, district)


def test_what_a_node_withdrew_is_not_brought_back_here(
    district: NodeSite, centre: NodeSite
) -> None:
    made = district.register("31011", title="甲")
    centre.catch_up(district)
    change(district, made, title="甲", disclosure="withheld")
    centre.catch_up(district)
    with centre.database.reading() as session:
        (run, *_) = of_source(session, "huangpu")
    with pytest.raises(WrongState):
        undo(centre.database, "huangpu", run.id, OPERATOR, centre.clock, "误删")
    assert centre.shown() == []


def test_an_agency_is_called_as_its_home_calls_it(district: NodeSite, centre: NodeSite) -> None:
    made = district.register("31011", title="甲")
    centre.catch_up(district)
    with district.database.writing() as session:
        now = district.clock.now()
        agencies.rename(session, OPERATOR, "31011", "黄浦区水务和海洋局", ["区水务局"], now)
    centre.catch_up(district)
    assert centre.find(made.identifier).agency.name == "黄浦区水务和海洋局"


def test_a_new_key_is_announced_before_it_is_used(district: NodeSite, centre: NodeSite) -> None:
    first = district.key
    ring = keys.ring(district.settings).announced()
    keys.keep(district.settings, ring)
    assert centre.catch_up(district).following_key == ring.following.text if ring.following else ""
    keys.keep(district.settings, ring.turned())
    district.register("31011", title="换钥匙以后")
    with centre.database.reading() as session:
        assert source_of(session, "huangpu").settings.options["key"] == first
    standing = centre.catch_up(district)
    assert standing.key != first
    assert standing.pinned == first
    assert len(centre.shown()) == 1
    file = district.settings.data_dir / keys.FILE
    assert file.stat().st_mode & 0o077 == 0


Meddling = Callable[[NodeSite, dict[str, Any]], bytes]


def forged(change: Callable[[dict[str, Any]], None], ring: KeyRing | None = None) -> Meddling:
    """An answer that is altered and signed anew, by its node or somebody else."""

    def meddle(site: NodeSite, said: dict[str, Any]) -> bytes:
        change(said)
        return signed(ring or keys.ring(site.settings), said)

    return meddle


def _no_change(said: dict[str, Any]) -> None:
    pass


def _of_first(**fields: Any) -> Callable[[dict[str, Any]], None]:
    def alter(said: dict[str, Any]) -> None:
        said["changes"][0] |= fields

    return alter


def _by(site: NodeSite, meddle: Meddling) -> Callable[[str, bytes], bytes]:
    def altered(_: str, body: bytes) -> bytes:
        said, _key = opened(body, [keys.ring(site.settings).public])
        return meddle(site, dict(said))

    return altered


STRANGER = KeyRing.of(["A" * 43])
ATTACKS: dict[str, tuple[Meddling, str]] = {
    "another's key": (forged(_no_change, STRANGER), "node-signature"),
    "altered on the way": (
        lambda site, said: signed(keys.ring(site.settings), said).replace(
            "甲".encode(), "乙".encode()
        ),
        "node-signature",
    ),
    "unsigned": (lambda _, said: orjson.dumps(said), "node-signature"),
    "to another question": (
        forged(lambda said: said["asked"].update(after=7)), "node-replayed"
    ),
    "an old one": (forged(lambda said: said["asked"].update(nonce="x")), "node-replayed"),
    "for another purpose": (forged(lambda said: said.update(purpose="digests")), "node-replayed"),
    "cut": (forged(lambda said: said.update(changes=[])), "node-cut"),
    "backwards": (
        forged(lambda said: said["changes"].reverse()), "node-answer-bad"
    ),
    "beyond the head": (forged(lambda said: said.update(head=1)), "node-answer-bad"),
    "more than asked": (
        forged(lambda said: said.update(changes=said["changes"] * 400)), "node-answer-bad"
    ),
    "forged chain": (
        forged(_of_first(origins=[["pudong", "31150-000001"]])), "node-chain-forged"
    ),
    "no chain": (forged(_of_first(origins=[])), "node-answer-bad"),
    "wrong digest": (forged(_of_first(digest="0" * 64)), "node-answer-bad"),
    "no values": (forged(_of_first(values=7)), "node-answer-bad"),
    "an audience of nobody": (forged(_of_first(audience="everyone")), "node-answer-bad"),
    "numbers as texts": (forged(_of_first(turn="1")), "node-answer-bad"),
    "agencies as texts": (forged(lambda said: said.update(agencies=["31011"])), "node-answer-bad"),
    "another name": (forged(lambda said: said.update(node="pudong")), "node-chain-forged"),
}  # fmt: skip


def test_an_answer_that_is_not_the_nodes_own_changes_nothing(
    district: NodeSite, centre: NodeSite
) -> None:
    district.register("31011", title="甲")
    district.register("31011", title="丁")
    for attack, (meddle, rule) in ATTACKS.items():
        link = Link(district.app, meddle=_by(district, meddle))
        with pytest.raises(HarvestFault) as fault:
            centre.catch_up(district, link)
        assert fault.value.problem.rule == rule, attack
        standing = centre.standing(district)
        assert standing.turn == 0
        assert standing.fault
        assert standing.fault["rule"] == rule
    assert centre.shown() == []
    assert centre.catch_up(district).fault is None
    assert len(centre.shown()) == 2


def test_a_recorded_answer_is_no_answer(district: NodeSite, centre: NodeSite) -> None:
    kept: list[bytes] = []

    def record(_: str, body: bytes) -> bytes:
        kept.append(body)
        return body

    district.register("31011", title="甲")
    centre.catch_up(district, Link(district.app, meddle=record))
    with pytest.raises(HarvestFault) as fault:
        centre.catch_up(district, Link(district.app, meddle=lambda *_: kept[-1]))
    assert fault.value.problem.rule == "node-replayed"


def test_a_node_that_nobody_confirmed_is_not_believed(district: NodeSite, centre: NodeSite) -> None:
    with centre.database.reading() as session:
        source = source_of(session, "huangpu")
    options = {key: value for key, value in source.settings.options.items() if key != "key"}
    unknown = replace(source, settings=replace(source.settings, options=options))
    with pytest.raises(HarvestFault) as fault:
        catch_up(centre.database, unknown, OPERATOR, centre.clock, Link(district.app))
    told = fault.value.problem
    assert told.rule == "node-unconfirmed"
    assert keys.ring(district.settings).public.fingerprint in told.message.zh


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"agency": "31000"}, "not-their-agency"),
        ({"audience": "agencies"}, "wider-than-home"),
        ({"audience": "agency"}, "wider-than-home"),
    ],
)
def test_a_node_may_speak_only_for_its_own_and_no_more_openly_than_it_says(
    district: NodeSite, centre: NodeSite, fields: dict[str, str], rule: str
) -> None:
    made = district.register("31011", title="甲")

    meddle = _by(district, forged(_of_first(**fields)))
    centre.catch_up(district, Link(district.app, meddle=meddle))
    assert rejected(centre, "huangpu") == [(made.identifier, rule)]
    assert centre.shown() == []


def test_what_is_turned_down_is_not_shown_as_it_was_before(
    district: NodeSite, centre: NodeSite
) -> None:
    made = district.register("31011", title="甲")
    centre.catch_up(district)
    change(district, made, title="甲，改")

    meddle = _by(district, forged(_of_first(audience="agency")))
    centre.catch_up(district, Link(district.app, meddle=meddle))
    assert centre.shown() == []
    with centre.database.reading() as session:
        assert list(living_keys(session, "huangpu")) == []
    centre.catch_up(district, full=True)
    assert centre.shown() == [made.identifier]


def test_a_node_whose_backup_was_restored_is_read_again(
    district: NodeSite, centre: NodeSite
) -> None:
    district.register("31011", title="甲")
    centre.catch_up(district)
    with centre.database.writing() as session:
        nodes.keep(session, replace(centre.standing(district), turn=50, head=50))
    district.register("31011", title="乙")
    standing = centre.catch_up(district)
    assert (standing.turn, standing.head) == (2, 2)
    assert len(centre.shown()) == 2
    with centre.database.reading() as session:
        notes = of_source(session, "huangpu")[0].checkpoint["notes"]
    assert {note["rule"] for note in notes} == {"node-turned-back"}


def test_differences_are_named(district: NodeSite, centre: NodeSite) -> None:
    first, second = (district.register("31011", title=title) for title in ("甲", "乙"))
    centre.catch_up(district)
    change(district, first, title="甲，改")
    third = district.register("31011", title="丙")
    withdraw(district, second, "撤")
    with centre.database.reading() as session:
        source = source_of(session, "huangpu")
    found = verify(centre.database, source, Link(district.app))
    assert (found.missing, found.different, found.extra) == (
        [third.identifier], [first.identifier], [second.identifier]
    )  # fmt: skip
    centre.catch_up(district)
    assert agree(centre, district)


def test_a_node_cannot_bring_agencies_from_elsewhere(district: NodeSite, centre: NodeSite) -> None:
    with centre.database.writing() as session:
        now = centre.clock.now()
        agencies.add(session, OPERATOR, AgencyView("31150", "浦东新区", parent="31000"), now)
    with district.database.writing() as session:
        now = district.clock.now()
        agencies.add(session, OPERATOR, AgencyView("31150", "假浦东", parent="31010"), now)
    made = district.register("31150", title="冒名")
    centre.catch_up(district)
    assert rejected(centre, "huangpu") == [(made.identifier, "not-their-agency")]
    with centre.database.reading() as session:
        assert agencies.get(session, "31150").name == "浦东新区"
    assert centre.register("31150", title="浦东自己的").identifier == "31150-000001"


@pytest.mark.parametrize("prefix", ["oai_dc", "mulu"])
def test_the_chain_goes_along_by_plain_oai_pmh(
    tmp_path: Path, district: NodeSite, centre: NodeSite, prefix: str
) -> None:
    made = district.register("31011", title="排水许可", type="Text")
    centre.catch_up(district)
    with node(tmp_path, "pudong", CITY) as third:
        third.harvests(centre, "31000", prefix)
        with third.database.reading() as session:
            (entry,) = third.shown()
            chain = origins.of(session, [entry])[entry]
        assert chain[0].node == "huangpu"
        assert chain[0].identifier == made.identifier
        assert {"centre", "centre.test"} & {hop.node for hop in chain}
        with district.database.writing() as session:
            agencies.add(session, OPERATOR, CITY, district.clock.now())
        district.harvests(third, "31000", prefix)
        (refused,) = rejected(district, "pudong")
        assert refused[1] == "came-from-here"
        assert district.shown() == [made.identifier]
