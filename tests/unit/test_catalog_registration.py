"""The one way in: batches, sources, drafts, what is refused and what is kept."""

from __future__ import annotations

import pytest

from catalog import entries, registration
from catalog.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from catalog.registration import Proposal, SourceKey
from catalog.viewers import OPERATOR, PUBLIC
from catalog.withdrawal import retire
from standards.profile import Level, profile
from tests.offices import (
    AUTOMATIC,
    COLLEAGUE,
    HEALTH,
    NEIGHBOUR,
    NOBODY,
    PUMPS,
    REGISTRAR,
    REVIEWED,
    REVIEWER,
    WATER,
    Offices,
    values,
)


def test_one_bad_proposal_does_not_stop_the_others(offices: Offices) -> None:
    outcomes = offices.register(
        Proposal("document", values("甲"), WATER),
        Proposal("document", {}, WATER),
        Proposal("poem", values("乙"), WATER),
        Proposal("document", values("丙"), "NOWHERE"),
        Proposal("document", values("丁"), HEALTH),
        Proposal("document", values("戊"), WATER, source=SourceKey("no source", "1")),
        Proposal("document", values("己"), WATER, source=SourceKey(REVIEWED, "k" * 501)),
        Proposal("document", values("庚"), WATER, source=SourceKey(REVIEWED, "a\x00")),
        Proposal("document", values("辛"), PUMPS),
    )
    assert [each.rejected for each in outcomes] == [False] + [True] * 7 + [False]
    rules = [each.problems[0].rule for each in outcomes if each.rejected]
    assert rules == [
        "required",
        "kind-known",
        "agency-known",
        "may-register",
        "source-known",
        "source-key",
        "source-key",
    ]
    assert all(problem.message.zh and problem.message.en for problem in outcomes[4].problems)
    assert outcomes[0].identifier == "310A7-000001"
    assert outcomes[8].identifier == "310A8-000001"


def test_the_directory_assigns_the_identifiers_and_keeps_the_resources_own(
    offices: Offices,
) -> None:
    names = {
        use.element.scheme: use.element.name for use in profile("document").elements if use.assigned
    }
    ours, resource = names["metadata-identifier"], names["resource-identifier"]
    plain, own = offices.register(
        Proposal("document", values(), WATER),
        Proposal("document", values(**{ours: "999XX-000009", resource: "310A7/990001"}), WATER),
    )
    held = offices.find(plain.identifier, REGISTRAR).shown.descriptor.values
    assert (held[ours], held[resource]) == ("310A7-000001", "310A7/000001")
    held = offices.find(own.identifier, REGISTRAR).shown.descriptor.values
    assert (held[ours], held[resource]) == ("310A7-000002", "310A7/990001")
    offices.revise(own, title="改名")
    held = offices.find(own.identifier, REGISTRAR).shown.descriptor.values
    assert (held[ours], held[resource]) == ("310A7-000002", "310A7/990001")


def test_nobody_accepts_without_a_review_but_a_source_set_so_and_the_operator(
    offices: Offices,
) -> None:
    for actor in (REGISTRAR, COLLEAGUE):
        refused = offices.register(Proposal("document", values(), WATER, accept=True), actor=actor)
        assert refused[0].problems[0].rule == "may-accept"
    refused = offices.register(
        Proposal("document", values(), WATER, source=SourceKey(REVIEWED, "1"), accept=True)
    )
    assert refused[0].problems[0].rule == "may-accept"
    assert offices.sent("1").state == "published"
    assert offices.published().state == "published"


def test_the_same_record_again_is_unchanged_and_another_is_a_new_version(offices: Offices) -> None:
    first = offices.sent("7", title="甲")
    again = offices.sent("7", title="甲")
    other = offices.sent("7", title="乙")
    assert (again.identifier, again.created, again.changed) == (first.identifier, False, False)
    assert (other.identifier, other.created, other.changed) == (first.identifier, False, True)
    assert offices.find(first.identifier).shown.number == 2


def test_a_record_twice_in_one_batch_is_revised_in_order(offices: Offices) -> None:
    origin = SourceKey(AUTOMATIC, "9")
    outcomes = offices.register(
        *(
            Proposal("document", values(title), WATER, source=origin, accept=True)
            for title in "甲乙丙"
        )
    )
    assert len({each.identifier for each in outcomes}) == 1
    with offices.database.reading() as session:
        history = entries.history(session, REGISTRAR, str(outcomes[0].identifier))
    assert [each.descriptor.get("title") for each in history] == ["丙", "乙", "甲"]


def test_a_source_under_review_never_takes_down_what_is_served(offices: Offices) -> None:
    first = offices.sent("3", REVIEWED, title="甲")
    offices.accept(first)
    second = offices.sent("3", REVIEWED, title="乙")
    assert second.state == "submitted"
    assert offices.find(first.identifier).shown.descriptor.get("title") == "甲"
    assert offices.find(first.identifier).pending is None
    inside = offices.find(first.identifier, REGISTRAR)
    assert inside.pending is not None
    assert inside.pending.descriptor.get("title") == "乙"


def test_nobody_reaches_the_entries_of_others_through_their_source(offices: Offices) -> None:
    sent = offices.sent("1", title="甲")
    stolen = Proposal("document", values("乙"), HEALTH, source=SourceKey(AUTOMATIC, "1"))
    assert offices.register(stolen, actor=NEIGHBOUR)[0].problems[0].rule == "may-register"
    assert offices.find(sent.identifier).shown.descriptor.get("title") == "甲"


def test_what_a_reviewer_curated_survives_the_next_harvest(offices: Offices) -> None:
    first = offices.sent("5", REVIEWED, title="甲")
    offices.accept(first, {"disclosure": values(disclosure="withheld")["disclosure"]})
    assert not offices.sent("5", REVIEWED, title="甲").changed
    second = offices.sent("5", REVIEWED, title="乙")
    offices.accept(second)
    served = offices.find(first.identifier, REVIEWER).served
    assert served is not None
    assert served.descriptor.get("title") == "乙"
    assert served.audience == "agency"


def test_a_record_that_its_source_deleted_and_sends_again_is_the_same_entry(
    offices: Offices,
) -> None:
    first = offices.sent("5", title="甲")
    with offices.database.writing() as session:
        outcomes = retire(
            session, REGISTRAR, AUTOMATIC, ["5", "unknown"], "来源已删除", offices.clock.now()
        )
    assert [each.state for each in outcomes] == ["withdrawn", "rejected"]
    back = offices.sent("5", title="甲")
    assert (back.identifier, back.state, back.changed) == (first.identifier, "published", True)
    assert offices.find(first.identifier).shown.number == 2


def test_a_record_that_a_reviewer_withdrew_does_not_come_back(offices: Offices) -> None:
    first = offices.sent("5", title="甲")
    offices.withdraw(first)
    again = offices.sent("5", title="乙")
    assert (again.identifier, again.state, again.changed) == (first.identifier, "withdrawn", False)


def test_a_draft_may_lack_values_but_not_hold_wrong_ones(offices: Offices) -> None:
    half = {"abstract": "还没有标题"}
    draft, wrong = offices.register(
        Proposal("document", half, WATER, submit=False),
        Proposal("document", {**half, "issued": "someday"}, WATER, submit=False),
    )
    assert draft.state == "draft"
    assert wrong.rejected
    with pytest.raises(Invalid) as refused:
        offices.submit(draft)
    assert [each.path for each in refused.value.problems if each.severity == "error"] == ["title"]
    kept = offices.revise(draft, submit=False)
    assert offices.submit(kept).state == "submitted"


def test_a_stale_edit_is_told_and_loses_nothing(offices: Offices) -> None:
    made = offices.submitted(title="甲")
    mine = offices.revise(made, title="乙")
    with pytest.raises(Stale) as late:
        offices.revise(made, actor=COLLEAGUE, title="丙")
    assert late.value.current == mine.revision
    assert offices.find(made.identifier, REGISTRAR).shown.descriptor.get("title") == "乙"


def test_who_may_not_see_an_entry_does_not_learn_of_it_by_revising(offices: Offices) -> None:
    hidden, open_ = offices.submitted(), offices.published()
    for actor in (NEIGHBOUR, NOBODY, PUBLIC):
        with pytest.raises(NotFound):
            offices.revise(hidden, actor=actor)
        with pytest.raises(Forbidden):
            offices.revise(open_, actor=actor)
    with pytest.raises(NotFound), offices.database.writing() as session:
        registration.submit(session, REGISTRAR, "310A7-999999", 1, offices.clock.now())


def test_a_withdrawn_entry_is_not_revised(offices: Offices) -> None:
    gone = offices.withdraw(offices.published())
    with pytest.raises(WrongState):
        offices.revise(gone, actor=REGISTRAR)


def test_wrong_values_are_told_all_at_once(offices: Offices) -> None:
    made = offices.submitted()
    with pytest.raises(Invalid) as refused:
        offices.revise(made, title="", issued="someday", genre="no such genre")
    assert {"title", "issued"} <= {each.path for each in refused.value.problems}


def test_levels_are_held_to(offices: Offices) -> None:
    loose, strict = offices.register(
        Proposal("document", values(), WATER, Level.MINIMAL),
        Proposal("document", values(), WATER, Level.FULL),
        actor=OPERATOR,
    )
    assert not loose.rejected
    assert strict.rejected
