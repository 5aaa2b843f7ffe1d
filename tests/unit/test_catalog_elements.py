"""Data elements: the registry, what carries them, who answers for them, relations, duplicates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalog import entries, notices
from catalog.elements import claims, duplication, keeping, linking, registry, relating
from catalog.elements.recognising import recognise
from catalog.elements.relating import Backward, Forward
from catalog.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from catalog.identity import keeping as identity
from catalog.viewers import OPERATOR, PUBLIC, Viewer
from search.tokens import title_key
from standards.data_elements import DataElement, core
from standards.problems import Text
from tests.elements import BY_HEALTH, BY_WATER, NAME, NUMBER, claim, decide, follow, holding
from tests.offices import (
    ADMINISTRATOR,
    ANOTHER,
    COLLEAGUE,
    HEALTH,
    NEIGHBOUR,
    REGISTRAR,
    REVIEWER,
    WATER,
    Offices,
    sqlite_offices,
)

OWN = DataElement("BM001", Text("泵站编码", "Pump code"), "common", ("泵站代码",), type="character")


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Offices]:
    """The small directory."""
    with sqlite_offices(tmp_path) as made:
        yield made


def _put(offices: Offices, element: DataElement, actor: Viewer = ADMINISTRATOR) -> DataElement:
    with offices.database.writing() as session:
        return registry.put(session, actor, element, "", offices.clock.now())


def _links(
    offices: Offices, code: str = NUMBER, viewer: Viewer = OPERATOR
) -> list[tuple[str, str, int, str]]:
    with offices.database.reading() as session:
        found = linking.of_element(session, viewer, code)
    return sorted((each.agency.code, each.name, each.entries, each.state) for each in found)


def _say(
    offices: Offices, state: str, name: str, agency: str = WATER, actor: Viewer = REGISTRAR,
    code: str = NUMBER,
) -> None:  # fmt: skip
    with offices.database.writing() as session:
        now, key = offices.clock.now(), title_key(name)
        linking.decide(session, actor, code, agency, key, state, "核对过", now)


def test_no_name_of_the_core_means_two_elements() -> None:
    keys = [title_key(name) for each in core().values() for name in each.names()]
    assert len(keys) == len(set(keys))
    assert {each.subject for each in core().values()} >= {"population", "legal-person", "place"}


def test_a_directory_adds_changes_and_retires_elements(offices: Offices) -> None:
    added = _put(offices, OWN)
    changed = _put(offices, replace(added, synonyms=("泵站代码", "泵号")))
    assert (added.version, changed.version) == (1, 2)
    assert _put(offices, changed).version == 2
    with offices.database.reading() as session:
        assert [each.element.version for each in registry.history(session, "BM001")] == [2, 1]
        assert registry.registry(session).named(title_key("泵号")) == changed
    with offices.database.writing() as session:
        retired = registry.retire(session, ADMINISTRATOR, "BM001", "不再使用", offices.clock.now())
    with offices.database.reading() as session:
        assert registry.registry(session).named(title_key("泵号")) is None
    assert retired.status == "retired"


def test_what_the_registry_refuses(offices: Offices) -> None:
    with pytest.raises(Conflict):
        _put(offices, replace(OWN, synonyms=("身份证号",)))
    with pytest.raises(Forbidden):
        _put(offices, OWN, REVIEWER)
    for wrong in ({"code": "../x"}, {"subject": "nowhere"}, {"type": "varchar"}):
        with pytest.raises(Invalid):
            _put(offices, replace(OWN, **wrong))  # type: ignore[arg-type]
    with offices.database.reading() as session:
        assert "BM001" not in registry.registry(session).elements


@pytest.mark.parametrize(
    ("typed", "code"),
    [("公民身份号码", NUMBER), ("身份證號", NUMBER), ("ＲＫ００１", ""), ("rk001", NUMBER),
     ("gongminshenfenhaoma", NUMBER), ("gmsfhm", NUMBER), ("号码", ""), ("没有", "")],
)  # fmt: skip
def test_an_element_is_recognised(offices: Offices, typed: str, code: str) -> None:
    with offices.database.reading() as session:
        found = recognise(registry.registry(session), typed)
    assert (found.element.code if found.element else "") == code
    assert bool(found.offers) == (typed == "号码" or typed.startswith("g"))


def test_items_carry_an_element_by_name_and_type(offices: Offices) -> None:
    holding(offices, WATER, "公民身份号码", "泵站名称")
    holding(offices, HEALTH, "身份證 號碼")
    holding(offices, HEALTH, "身份证号", kind="date")
    assert _links(offices) == [
        (WATER, "公民身份号码", 1, "proposed"), (HEALTH, "身份證 號碼", 1, "proposed"),
    ]  # fmt: skip


def test_a_declared_identifier_goes_before_the_name(offices: Offices) -> None:
    items = [{"name": "编号", "data_element": NUMBER}, {"name": "姓名", "data_element": "XX"}]
    holding(offices, WATER, items=items)
    assert _links(offices) == [(WATER, "编号", 1, "proposed")]
    assert _links(offices, NAME) == []


def test_what_a_person_says_holds_for_all_items_and_outlives_harvests(offices: Offices) -> None:
    first = [{"name": "联系人身份号"}, {"name": "姓名"}]
    holding(offices, WATER, items=first, title="名录一")
    holding(offices, WATER, items=first, title="名录二")
    _say(offices, linking.CONFIRMED, "联系人身份号")
    _say(offices, linking.REFUSED, "姓名", code=NAME)
    holding(offices, WATER, items=first, title="名录三")
    assert _links(offices) == [(WATER, "联系人身份号", 3, "confirmed")]
    assert _links(offices, NAME) == [(WATER, "姓名", 3, "refused")]
    with pytest.raises(Conflict):
        _say(offices, linking.CONFIRMED, "联系人身份号", code=NAME)
    with pytest.raises(Forbidden):
        _say(offices, linking.CONFIRMED, "姓名", actor=NEIGHBOUR)
    with offices.database.writing() as session:
        keeping.begin_anew(session)
    follow(offices)
    assert _links(offices) == [(WATER, "联系人身份号", 3, "confirmed")]


def test_withheld_items_and_entries_are_not_told(offices: Offices) -> None:
    part = {"part": "items", "item": "公民身份号码", "ground": "privacy", "reason": "个人信息"}
    holding(offices, WATER, "公民身份号码", "姓名", redactions=[part])
    holding(offices, HEALTH, "公民身份号码", disclosure="withheld")
    assert _links(offices, viewer=PUBLIC) == []
    assert [each[0] for each in _links(offices, viewer=REGISTRAR)] == [WATER]
    assert [each[0] for each in _links(offices, viewer=REVIEWER)] == [WATER, HEALTH]


def test_one_source_answers_within_a_scope(offices: Offices) -> None:
    mine, theirs = (holding(offices, each, "公民身份号码") for each in (WATER, HEALTH))
    first = claim(offices, BY_WATER, mine, "310000")
    second = claim(offices, BY_HEALTH, theirs, "310106")
    with offices.database.reading() as session:
        contest = claims.find(session, REVIEWER, second)
    assert [each.number for each in contest.rivals] == [first]
    decide(offices, first)
    with pytest.raises(Conflict):
        decide(offices, second)
    decide(offices, second, True, REVIEWER, first)
    with offices.database.reading() as session:
        (standing,) = claims.standing(session, PUBLIC, NUMBER)
        assert (standing.number, standing.division) == (second, "310106")
        states = [each.claim.state for each in claims.listed(session, OPERATOR)]
    assert states == ["accepted", "replaced"]


def test_who_may_claim_and_who_decides(offices: Offices) -> None:
    mine = holding(offices, WATER, "公民身份号码")
    for who, code in ((BY_HEALTH, NUMBER), (COLLEAGUE, "FR001")):
        with pytest.raises((Forbidden, Invalid)):
            claim(offices, who, mine, code=code)
    both = replace(REVIEWER, grants=(*REVIEWER.grants, *BY_WATER.grants))
    number = claim(offices, both, mine)
    deputy = replace(ANOTHER, grants=tuple(replace(g, of=both.name) for g in ANOTHER.grants))
    for who in (both, deputy, COLLEAGUE, ADMINISTRATOR):
        with pytest.raises(Forbidden):
            decide(offices, number, by=who)
    decide(offices, number, by=ANOTHER)
    with pytest.raises(WrongState):
        decide(offices, number, by=ANOTHER)
    with offices.database.writing() as session:
        claims.end(session, ANOTHER, number, "职责调整", offices.clock.now())
    with offices.database.reading() as session:
        assert claims.standing(session, PUBLIC, NUMBER) == []


def test_duplicate_collection_is_reported_and_dealt_with(offices: Offices) -> None:
    mine = holding(offices, WATER, "公民身份号码")
    holding(offices, HEALTH, "身份证号")
    holding(offices, HEALTH, "身份证号码", title="又一个")
    with offices.database.reading() as session:
        (found,) = duplication.report(session, REVIEWER)
    assert (found.element.code, found.entries, found.settled) == (NUMBER, 3, False)
    decide(offices, claim(offices, BY_WATER, mine))
    with offices.database.writing() as session:
        now = offices.clock.now()
        told = duplication.notify(session, REVIEWER, NUMBER, [WATER, HEALTH], now)
        assert told == [HEALTH]
        assert [each.subject for each in notices.unread(session, NEIGHBOUR)] == [NUMBER]
        duplication.declare(session, REVIEWER, NUMBER, HEALTH, "须当场核对", now)
        (found,) = duplication.report(session, REVIEWER)
    assert [(each.agency.code, each.entries, each.standing) for each in found.collectors] == [
        (HEALTH, 2, "excepted"), (WATER, 1, "authority"),
    ]  # fmt: skip
    with pytest.raises(Forbidden), offices.database.reading() as session:
        duplication.report(session, REGISTRAR)


BASIS = "沪水务〔2008〕12号"


def _related(
    offices: Offices, entry: str, viewer: Viewer = PUBLIC
) -> tuple[list[Forward], list[Backward]]:
    follow(offices)
    with offices.database.reading() as session:
        view = entries.find(session, viewer, entry)
        forward = relating.forward(session, viewer, view)
        return forward, relating.backward(session, viewer, view)


def _identify(offices: Offices) -> None:
    while identity.step(offices.database, offices.clock, "test"):
        pass


def test_a_legal_basis_is_followed_both_ways_whenever_it_comes(offices: Offices) -> None:
    says = [{"type": "basis", "target": "《泵站办法》（沪水务[2008]12号）"}]
    data = holding(offices, WATER, "泵站名称", relations=says)
    assert [each.entries for each in _related(offices, data)[0]] == [()]
    document = offices.published(title="泵站办法", document_number=BASIS)
    _identify(offices)
    (forward,), _ = _related(offices, data)
    assert [each.identifier for each in forward.entries] == [document.identifier]
    _, (backward,) = _related(offices, document.identifier or "")
    assert (backward.type, backward.count) == ("basis", 1)
    offices.withdraw(document)
    _identify(offices)
    (forward,), _ = _related(offices, data)
    assert forward.entries == ()
    assert forward.gone is not None


def test_relations_tell_nothing_of_what_is_hidden(offices: Offices) -> None:
    hidden = offices.published(title="内部办法", document_number=BASIS, disclosure="withheld")
    data = holding(offices, WATER, "泵站名称", relations=[{"type": "basis", "target": BASIS}])
    _identify(offices)
    assert _related(offices, data)[0][0].entries == ()
    assert len(_related(offices, data, REVIEWER)[0][0].entries) == 1
    offices.withdraw(hidden)
    _identify(offices)
    assert _related(offices, data)[0][0].gone is None
    shown = offices.published(title="公开办法", document_number="沪水务〔2008〕13号")
    target = {"type": "basis", "target": "沪水务〔2008〕13号"}
    holding(offices, HEALTH, "泵站名称", relations=[target], disclosure="withheld")
    part = {"part": "relations", "ground": "privacy", "reason": "不宜公开"}
    holding(offices, WATER, "名称", title="遮蔽", relations=[target], redactions=[part])
    assert _related(offices, shown.identifier or "")[1] == []
    assert _related(offices, shown.identifier or "", REVIEWER)[1][0].count == 2


def test_a_number_that_is_withheld_leads_nowhere(offices: Offices) -> None:
    part = {"part": "document_number", "ground": "privacy", "reason": "不宜公开"}
    kept = offices.published(title="办法", document_number=BASIS, redactions=[part])
    data = holding(offices, WATER, "泵站名称", relations=[{"type": "basis", "target": BASIS}])
    _identify(offices)
    assert _related(offices, data)[0][0].entries == ()
    assert _related(offices, kept.identifier or "")[1] == []


def test_unknown_elements_and_claims_are_not_found(offices: Offices) -> None:
    with offices.database.reading() as session:
        for ask in (
            lambda: linking.of_element(session, OPERATOR, "XX"),
            lambda: claims.find(session, OPERATOR, 99),
            lambda: duplication.of_element(session, OPERATOR, NUMBER),
        ):
            with pytest.raises(NotFound):
                ask()
