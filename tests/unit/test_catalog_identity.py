"""Which entries look like one another, what is declared about them, and their other names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalog import registration
from catalog.errors import Conflict, Forbidden, Invalid, Moved, NotFound
from catalog.identity import aliases, asking, deciding, keeping, reading
from catalog.identity.reading import Likenesses
from catalog.registration import Outcome, Proposal, SourceKey
from catalog.requests import flow, leaving
from catalog.viewers import OPERATOR, PUBLIC, Viewer
from standards.validation import validate
from tests.offices import (
    ANOTHER,
    AUTOMATIC,
    HEALTH,
    NEIGHBOUR,
    REGISTRAR,
    REVIEWED,
    REVIEWER,
    WATER,
    Offices,
    sqlite_offices,
    values,
)

NUMBER = "沪水务〔2008〕12号"


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Offices]:
    """The small directory."""
    with sqlite_offices(tmp_path) as made:
        yield made


def _at_health(offices: Offices, **more: Any) -> Outcome:
    proposal = Proposal("document", values(**more), HEALTH, accept=True)
    return offices.register(proposal, actor=OPERATOR)[0]


def _follow(offices: Offices) -> None:
    while keeping.step(offices.database, offices.clock, "test"):
        pass


def _listed(offices: Offices, viewer: Viewer = REVIEWER, **more: Any) -> Likenesses:
    _follow(offices)
    with offices.database.reading() as session:
        return reading.listed(session, viewer, **more)


def _told(found: Likenesses) -> list[tuple[str | None, str | None, list[str]]]:
    return [
        (each.one.identifier, each.other.identifier, [e.kind for e in each.evidence])
        for each in found.pairs
    ]


def test_one_number_in_two_agencies_is_evidence_however_it_is_written(offices: Offices) -> None:
    first = offices.published(title="泵站管理办法", document_number=NUMBER)
    second = _at_health(offices, title="关于泵站的事", document_number="沪水务[2008]012 号")
    assert _told(_listed(offices)) == [(first.identifier, second.identifier, ["number"])]
    (pair,) = _listed(offices).pairs
    assert pair.evidence[0].told.zh == f"发文字号相同：{NUMBER}"


@pytest.mark.parametrize(
    ("one", "other", "kinds"),
    [
        ("关于印发《泵站管理办法》的通知", "关于印发《泵站管理办法》的通知", ["title"]),
        ("关于印发《雨水泵站运行管理办法》的通知", "雨水泵站运行管理办法", ["near-title"]),
        ("臺風防禦應急預案匯編", "台风防御应急预案汇编", ["title"]),
        ("2008年度防汛工作总结", "2009年度防汛工作总结", []),
        ("防汛物资清单（第1批）", "防汛物资清单（第2批）", []),
        ("雨水泵站运行管理办法", "河道整治工程验收办法", []),
    ],
)
def test_titles_of_one_agency(offices: Offices, one: str, other: str, kinds: list[str]) -> None:
    offices.sent("1", title=one)
    offices.sent("1", REVIEWED, title=other)
    assert [each for *_, each in _told(_listed(offices))] == ([kinds] if kinds else [])


def test_what_has_other_numbers_or_another_day_is_something_else(offices: Offices) -> None:
    for number in (NUMBER, "沪水务〔2008〕13号"):
        offices.published(title="关于防汛工作的通知", document_number=number)
    for day in ("2008-05-01", "2009-05-01"):
        offices.published(title="关于防台工作的通知", written=day)
    assert _told(_listed(offices)) == []


def test_an_endpoint_or_an_extent_counts_where_titles_are_alike(offices: Offices) -> None:
    service = {"url": "https://data.example.gov.cn/pumps/", "type": "rest"}
    for title, agency, url in (
        ("雨水泵站基本信息", WATER, "https://data.example.gov.cn/pumps/"),
        ("全市雨水泵站基本信息", HEALTH, "http://DATA.example.gov.cn/pumps"),
        ("医院床位", HEALTH, "https://data.example.gov.cn/pumps"),
    ):
        told = values(title, service={**service, "url": url})
        offices.register(Proposal("non-document", told, agency, accept=True), actor=OPERATOR)
    place = {"west": 121.1, "south": 30.9, "east": 121.9, "north": 31.5}
    when = {"begin": "2008-01-01", "end": "2008-12-31"}
    for title, agency in (("河道水质监测点", WATER), ("河道水质监测点位", HEALTH)):
        told = values(title, place=place, period=when)
        offices.register(Proposal("non-document", told, agency, accept=True), actor=OPERATOR)
    assert [each for *_, each in _told(_listed(offices))] == [["endpoint"], ["extent"]]


def test_many_of_one_title_are_told_as_a_group(offices: Offices) -> None:
    offices.register(
        *(Proposal("document", values("通知"), WATER, accept=True) for _ in range(60)),
        actor=OPERATOR,
    )
    assert _told(_listed(offices)) == []
    with offices.database.reading() as session:
        (crowd,) = reading.crowds(session, REVIEWER)
        assert (crowd.scheme, crowd.number, len(crowd.some)) == ("title", 60, reading.SAMPLE)
        assert reading.crowds(session, PUBLIC) == [] or crowd.number == 60


def test_nothing_is_told_of_what_one_may_not_know(offices: Offices) -> None:
    offices.published(title="干部考察材料", disclosure="withheld", document_number=NUMBER)
    mine = _at_health(offices, title="公开的材料", document_number=NUMBER)
    for viewer in (PUBLIC, NEIGHBOUR):
        found = _listed(offices, viewer)
        assert (found.pairs, found.kinds) == ((), {})
    descriptor = validate("document", values("新的", document_number=NUMBER)).descriptor
    with offices.database.reading() as session:
        seen = asking.looks_like(session, NEIGHBOUR, descriptor, HEALTH)
        assert [each.identifier for each in seen] == [mine.identifier]
        assert len(asking.looks_like(session, REVIEWER, descriptor, HEALTH)) == 2
    assert len(_listed(offices, REVIEWER).pairs) == 1


def test_declared_distinct_a_pair_is_shown_again_only_when_its_evidence_changes(
    offices: Offices,
) -> None:
    first = offices.published(title="泵站管理办法", document_number=NUMBER)
    second = _at_health(offices, title="另一件事", document_number=NUMBER)
    _follow(offices)
    one, other, now = str(first.identifier), str(second.identifier), offices.clock.now()

    def declare(viewer: Viewer, reason: str = "编号录错") -> None:
        with offices.database.writing() as session:
            deciding.declare_distinct(session, viewer, other, one, reason, now)

    for viewer, refusal in ((PUBLIC, NotFound), (REGISTRAR, Forbidden)):
        with pytest.raises(refusal):
            declare(viewer)
    with pytest.raises(Invalid):
        declare(REVIEWER, " ")
    declare(REVIEWER)
    assert _told(_listed(offices)) == []
    (kept,) = _listed(offices, state="distinct").pairs
    assert (kept.by, kept.reason) == ("li", "编号录错")
    offices.accept(
        offices.revise(first, title="泵站管理办法", document_number=NUMBER, abstract="新的摘要。")
    )
    assert _told(_listed(offices)) == []
    now_alike = replace(first, revision=offices.find(one, REVIEWER).revision)
    offices.accept(offices.revise(now_alike, title="另一件事", document_number=NUMBER))
    assert len(_listed(offices).pairs) == 1


def test_a_merged_entry_leads_on_and_its_source_changes_nothing_more(offices: Offices) -> None:
    first = offices.sent("1", title="泵站管理办法", document_number=NUMBER)
    second = offices.sent("1", REVIEWED, title="泵站管理办法", document_number=NUMBER)
    second = offices.accept(second)
    assert len(_listed(offices).pairs) == 1
    now = offices.clock.now()
    with offices.database.writing() as session:
        asked = leaving.merge(
            session, REVIEWER, str(second.identifier), str(first.identifier), second.revision,
            "同一份文件", now,
        )  # fmt: skip
    with offices.database.writing() as session:
        flow.accept(session, ANOTHER, asked.request or 0, asked.revision, now)
    assert _told(_listed(offices)) == []
    with pytest.raises(Moved):
        offices.find(second.identifier)
    again = offices.sent("1", REVIEWED, title="泵站管理办法（新）", document_number=NUMBER)
    assert not again.changed
    assert offices.find(first.identifier).shown.descriptor.get("title") == "泵站管理办法"


def test_other_names_lead_to_the_entry_for_those_who_may_know_of_it(offices: Offices) -> None:
    shown = offices.published(title="泵站管理办法", document_number=NUMBER)
    hidden = offices.published(
        title="干部考察材料", disclosure="withheld", document_number="沪水务〔2008〕99号"
    )
    _follow(offices)
    now = offices.clock.now()
    with offices.database.writing() as session:
        aliases.add(session, REGISTRAR, str(shown.identifier), "OLD-1", "former", now)
        aliases.add(session, REGISTRAR, str(hidden.identifier), "OLD-2", "former", now)
        with pytest.raises(Conflict):
            aliases.add(session, REGISTRAR, str(hidden.identifier), "OLD-1", "former", now)
        with pytest.raises((Forbidden, NotFound)):
            aliases.add(session, NEIGHBOUR, str(shown.identifier), "OLD-3", "former", now)
    for name in ("OLD-1", NUMBER, "沪水务2008-12"):
        with pytest.raises(Moved) as led:
            offices.find(name)
        assert led.value.to == shown.identifier
    for name in ("OLD-2", "沪水务〔2008〕99号", "OLD-4"):
        with pytest.raises(NotFound):
            offices.find(name)
    with pytest.raises(Moved):
        offices.find("OLD-2", REVIEWER)


def test_a_number_that_is_withheld_from_the_public_leads_nowhere(offices: Offices) -> None:
    part = {"part": "document_number", "ground": "internal-affairs", "reason": "只涉及内部安排。"}
    open_one = offices.published(title="会议纪要", document_number=NUMBER)
    hidden = "沪水务〔2008〕13号"
    closed = offices.published(title="会议纪要二", document_number=hidden, redactions=[part])
    _follow(offices)
    with pytest.raises(Moved) as moved:
        offices.find(NUMBER)
    assert moved.value.to == open_one.identifier
    with pytest.raises(NotFound):
        offices.find(hidden)
    with pytest.raises(Moved) as moved:
        offices.find(hidden, REVIEWER)
    assert moved.value.to == closed.identifier


def test_the_work_goes_on_where_it_broke_off(offices: Offices) -> None:
    for key in "123":
        offices.sent(key, title=f"雨水泵站运行管理办法{key}号")
    offices.sent("4", title="雨水泵站运行管理办法3号文")
    sizes = []
    while done := keeping.step(offices.database, offices.clock, "test", size=1):
        sizes.append(done)
    assert sizes == [1, 1, 1, 1]
    with offices.database.reading() as session:
        found = reading.listed(session, REVIEWER).pairs
    assert [each.evidence[0].kind for each in found] == ["near-title"]
    key = SourceKey(AUTOMATIC, "5")
    told = Proposal("document", values("雨水泵站运行管理办法3号文"), WATER, source=key, accept=True)
    with offices.database.writing() as session:
        registration.register(session, REGISTRAR, [told], offices.clock.now())
    assert len(_listed(offices).pairs) == 3
