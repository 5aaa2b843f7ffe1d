"""Review: who decides, what a decision changes, the queue, and how entries leave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalog import entries, review
from catalog.errors import Conflict, Forbidden, Gone, Invalid, Moved, NotFound, WrongState
from catalog.registration import Outcome, Proposal
from catalog.requests import flow, reading
from catalog.requests.model import OPEN, RequestState
from catalog.requests.reading import Queue, QueueFilters
from catalog.viewers import OPERATOR, PUBLIC, Viewer
from search.query import BadQuery
from standards.clocks import local_day
from tests.offices import (
    ANOTHER,
    AUDITOR,
    COLLEAGUE,
    HEALTH,
    NEIGHBOUR,
    REGISTRAR,
    REVIEWER,
    WATER,
    Offices,
    values,
)


def test_nobody_accepts_what_they_proposed(offices: Offices) -> None:
    made = offices.register(Proposal("document", values(), WATER), actor=COLLEAGUE)[0]
    with pytest.raises(Forbidden, match="themselves"):
        offices.accept(made, actor=COLLEAGUE)
    assert offices.accept(made, actor=REVIEWER).state == "published"


def test_only_reviewers_of_the_agency_decide(offices: Offices) -> None:
    made = offices.submitted()
    for actor in (REGISTRAR, AUDITOR):
        with pytest.raises(Forbidden):
            offices.accept(made, actor=actor)
    for actor in (NEIGHBOUR, PUBLIC):
        with pytest.raises(NotFound):
            offices.accept(made, actor=actor)
    with pytest.raises(WrongState):
        offices.accept(offices.accept(made))


def test_the_reviewers_attributes_need_their_ground(offices: Offices) -> None:
    made = offices.submitted()
    with pytest.raises(Invalid) as refused:
        offices.accept(made, {"disclosure": {"attribute": "withheld"}})
    assert [each.rule for each in refused.value.problems if each.severity == "error"] == [
        "ground-when-withheld"
    ]
    with pytest.raises(Invalid):
        offices.accept(made, {"title": "别的标题"})
    with pytest.raises(Invalid, match="discretion"):
        offices.accept(made, {"disclosure": {"attribute": "不予公开", "ground": "内部事务"}})
    with pytest.raises(Invalid, match="secret"):
        offices.accept(made, {"disclosure": {"attribute": "不予公开", "ground": "国家秘密"}})
    chosen = {"attribute": "不予公开", "ground": "内部事务", "discretion": "只涉及内部安排。"}
    offices.accept(made, {"disclosure": chosen})
    with pytest.raises(NotFound):
        offices.find(made.identifier)
    view = offices.find(made.identifier, REGISTRAR)
    assert view.served is not None
    assert (view.served.number, view.served.author) == (2, REVIEWER.name)


def test_attributes_as_proposed_make_no_version(offices: Offices) -> None:
    made = offices.submitted()
    offices.accept(made, {"disclosure": {"attribute": "proactive"}})
    assert offices.find(made.identifier).shown.number == 1


def test_returning_keeps_what_is_served_and_tells_the_registrar_why(offices: Offices) -> None:
    made = offices.published(title="甲")
    revised = offices.revise(made, title="乙")
    offices.send_back(revised, "标题不完整")
    assert offices.find(made.identifier).shown.descriptor.get("title") == "甲"
    inside = offices.find(made.identifier, REGISTRAR)
    assert (inside.state, inside.remark) == ("returned", "标题不完整")
    with pytest.raises(Invalid):
        offices.send_back(offices.submitted(), "  ")


def test_a_withdrawn_entry_answers_with_date_and_reason(offices: Offices) -> None:
    made = offices.published()
    offices.clock.advance(timedelta(days=3))
    offices.withdraw(made, "内容已过时")
    for viewer in (PUBLIC, REGISTRAR, NEIGHBOUR):
        with pytest.raises(Gone) as gone:
            offices.find(made.identifier, viewer)
        assert (gone.value.since, gone.value.reason) == (offices.clock.now(), "内容已过时")
    with offices.database.reading() as session:
        assert len(entries.history(session, REGISTRAR, str(made.identifier))) == 1


def test_what_the_public_never_saw_is_not_gone_but_unknown(offices: Offices) -> None:
    hidden = offices.published(disclosure="withheld")
    waiting = offices.submitted()
    for made in (hidden, waiting):
        offices.withdraw(made)
        for viewer in (PUBLIC, NEIGHBOUR):
            with pytest.raises(NotFound):
                offices.find(made.identifier, viewer)
        with pytest.raises(Gone):
            offices.find(made.identifier, REGISTRAR)


def test_a_registrar_withdraws_only_what_was_never_served(offices: Offices) -> None:
    asked = offices.ask_to_withdraw(offices.submitted(), actor=REGISTRAR)
    assert (asked.state, asked.request) == ("withdrawn", None)
    served = offices.published()
    asked = offices.ask_to_withdraw(served, actor=REGISTRAR)
    assert asked.state == "published"
    assert offices.find(served.identifier).state == "published"
    with pytest.raises(Conflict):
        offices.ask_to_withdraw(asked, actor=REVIEWER)
    with pytest.raises(WrongState):
        offices.withdraw(offices.withdraw(offices.published()))


def test_a_merged_entry_leads_to_the_other(offices: Offices) -> None:
    one, other = offices.published(), offices.published()

    def merge(actor: Viewer, into: str) -> Outcome:
        with offices.database.writing() as session:
            now = offices.clock.now()
            return review.merge(session, actor, str(one.identifier), into, 1, "同一资源", now)

    with pytest.raises(Forbidden):
        merge(NEIGHBOUR, str(other.identifier))
    with pytest.raises(WrongState):
        merge(REVIEWER, str(one.identifier))
    asked = merge(REVIEWER, str(other.identifier))
    assert offices.find(one.identifier).identifier == one.identifier
    with offices.database.writing() as session:
        flow.accept(session, ANOTHER, asked.request or 0, asked.revision, offices.clock.now())
    with pytest.raises(Moved) as moved:
        offices.find(one.identifier)
    assert moved.value.to == other.identifier


def queue(offices: Offices, viewer: Viewer = REVIEWER, **more: object) -> Queue:
    size, cursor = more.pop("size", 20), more.pop("cursor", None)
    with offices.database.reading() as session:
        filters, now = QueueFilters(**more), offices.clock.now()  # type: ignore[arg-type]
        return reading.queue(session, viewer, filters, now, size, cursor)  # type: ignore[arg-type]


def test_the_queue_shows_the_riskiest_first_then_what_is_due_first(offices: Offices) -> None:
    made = []
    for number in range(5):
        made.append(offices.submitted(title=f"第{number}号").identifier)
        offices.clock.advance(timedelta(days=number % 2))
    risky = offices.submitted(disclosure="withheld").identifier
    offices.published()
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = queue(offices, size=2, cursor=cursor)
        assert page.total == 6
        found.extend(line.request.entry for line in page.lines)
        cursor = page.next
        if cursor is None:
            break
    assert found == [risky, *made]
    with pytest.raises(BadQuery):
        queue(offices, cursor="yesterday|x")


def test_the_queue_is_filtered_by_attribute_ground_agency_and_age(offices: Offices) -> None:
    old = offices.submitted()
    offices.clock.advance(timedelta(days=10))
    withheld = offices.submitted(disclosure="withheld")
    health = offices.register(Proposal("non-document", values(), HEALTH), actor=OPERATOR)[0]
    draft = offices.register(Proposal("document", values(), WATER, submit=False))[0]

    def identifiers(**filters: object) -> list[str | None]:
        return [line.request.entry for line in queue(offices, **filters).lines]

    assert identifiers() == [withheld.identifier, old.identifier, health.identifier]
    assert identifiers(disclosure="withheld") == [withheld.identifier]
    assert identifiers(ground="internal-affairs") == [withheld.identifier]
    assert identifiers(risk="high") == [withheld.identifier]
    assert identifiers(agency=HEALTH) == [health.identifier]
    assert identifiers(kind="non-document") == [health.identifier]
    assert identifiers(submitted_before=offices.clock.now()) == [old.identifier]
    assert identifiers(overdue_on=local_day(offices.clock.now()).isoformat()) == [old.identifier]
    assert identifiers(states=(RequestState.DRAFT,)) == [draft.identifier]
    assert len(identifiers(states=OPEN)) == 4
    found = queue(offices)
    assert (found.total, found.overdue) == (3, 1)
    assert found.counts["disclosure"] == {"proactive": 2, "withheld": 1}
    assert found.counts["agency"] == {WATER: 2, HEALTH: 1}


def test_the_queue_shows_nobody_more_than_the_policy_does(offices: Offices) -> None:
    offices.submitted()
    seen = [queue(offices, each).total for each in (PUBLIC, NEIGHBOUR, REGISTRAR, REVIEWER)]
    assert seen == [0, 0, 1, 1]
    with offices.database.reading() as session:
        with pytest.raises(NotFound):
            reading.get(session, NEIGHBOUR, 1)
        assert not reading.get(session, REGISTRAR, 1).mine
        assert reading.get(session, REVIEWER, 1).mine
