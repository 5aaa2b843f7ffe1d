"""Requests and decisions: two steps with two people, deputies, taking in hand, what time does, what
is on record afterwards, and deciding on many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from catalog import accounts, registration, standing_in
from catalog.errors import (
    Barred,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    Stale,
    WrongState,
)
from catalog.registration import Outcome, Proposal, SourceKey
from catalog.requests import (
    assigning,
    bulk,
    decisions,
    flow,
    leaving,
    proposing,
    reading,
    routes,
    sweeping,
)
from catalog.requests.decisions import DecisionView
from catalog.requests.model import RequestView
from catalog.viewers import OPERATOR
from standards.clocks import local_day
from tests.offices import (
    AUTOMATIC,
    CENTRE,
    HEALTH,
    REVIEWER,
    WATER,
    Offices,
    sqlite_offices,
    values,
)
from tests.people import acting, prepare

BOTH = ("agency", "centre")
WITHHELD = values(disclosure="withheld")["disclosure"]
PART = {"part": "abstract", "ground": "internal-affairs", "reason": "只涉及内部安排。"}
T = TypeVar("T")


@dataclass
class House:
    """People act by name, on what is there now."""

    offices: Offices

    def do(self, name: str, step: Callable[..., T], *told: Any) -> T:
        """One step in a transaction of its own."""
        viewer = acting(self.offices, name)
        with self.offices.database.writing() as session:
            return step(session, viewer, *told, now=self.offices.clock.now())

    def registered(self, name: str = "wang", **more: Any) -> Outcome:
        """A new entry that waits."""
        proposals = [Proposal("document", values(**more), WATER)]
        return self.do(name, registration.register, proposals)[0]

    def published(self, **more: Any) -> Outcome:
        """A new entry that is served."""
        proposals = [Proposal("document", values(**more), WATER, accept=True)]
        return self.do("operator", registration.register, proposals)[0]

    def sent(self, disclosure: str, title: str = "甲") -> Outcome:
        """What a source that is accepted automatically sends."""
        origin = SourceKey(AUTOMATIC, "a")
        told = values(title, disclosure)
        return self.do(
            "wang",
            registration.register,
            [Proposal("document", told, WATER, source=origin, accept=True)],
        )[0]

    def request(self, made: Outcome) -> RequestView:
        """The request that the outcome tells of."""
        with self.offices.database.reading() as session:
            return reading.get(session, OPERATOR, made.request or 0).request

    def latest(self, made: Outcome) -> int:
        """The entry's revision."""
        with self.offices.database.reading() as session:
            return reading.get(session, OPERATOR, made.request or 0).revision

    def accept(self, name: str, made: Outcome, attributes: Any = None) -> Outcome:
        """Say yes."""
        viewer, now = acting(self.offices, name), self.offices.clock.now()
        with self.offices.database.writing() as session:
            return flow.accept(session, viewer, made.request or 0, made.revision, now, attributes)

    def asked(self, step: Callable[..., Outcome], name: str, made: Outcome, *told: Any) -> Outcome:
        """A step on the request that the outcome tells of."""
        return self.do(name, step, made.request, made.revision, *told)

    def steps(self, risk: str, *steps: str) -> None:
        """Set by the administrator for everybody."""
        self.do("zhao", routes.choose, CENTRE, risk, steps, 20)

    def decided(self, made: Outcome) -> list[DecisionView]:
        """All decisions about an entry, newest first."""
        with self.offices.database.reading() as session:
            return decisions.of_entry(session, str(made.identifier))

    def served(self, made: Outcome) -> str:
        """The disclosure attribute of what is served."""
        served = self.offices.find(made.identifier, OPERATOR).served
        assert served is not None
        return str(served.descriptor.get("disclosure.attribute"))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A small directory with an account for everybody."""
    with sqlite_offices(tmp_path, prepare) as made:
        yield House(made)


def test_two_steps_take_two_people(house: House) -> None:
    house.steps("low", *BOTH)
    made = house.registered()
    with pytest.raises(Forbidden, match="at this step"):
        house.accept("sun", made)
    confirmed = house.accept("qian", made)
    assert (confirmed.state, house.request(confirmed).current_step) == ("submitted", "centre")
    with pytest.raises(Forbidden, match="twice"):
        house.accept("qian", confirmed)
    with pytest.raises(Forbidden, match="at this step"):
        house.accept("he", confirmed)
    assert house.accept("li", confirmed).state == "published"
    told = house.request(confirmed)
    assert (told.state, told.confirmed_by) == ("accepted", ("qian",))


def test_a_reviewers_own_attributes_may_call_for_the_second_step(house: House) -> None:
    house.steps("high", *BOTH)
    made = house.registered()
    confirmed = house.accept("he", made, {"disclosure": WITHHELD})
    told = house.request(confirmed)
    assert (told.steps, told.risk, told.authors) == (BOTH, "high", ("wang", "he"))
    assert house.accept("li", confirmed).state == "published"
    assert house.served(made) == "withheld"


def test_steps_are_set_for_an_agency_and_all_below_it(house: House) -> None:
    house.steps("low", *BOTH)
    house.do("zhao", routes.choose, WATER, "low", ["agency"], 3)
    made = house.registered()
    told = house.request(made)
    assert (told.steps, told.due) == (("agency",), "2009-03-23")
    house.do("zhao", routes.choose, WATER, "low", [], 3)
    assert house.request(house.registered()).steps == BOTH
    for name, steps in (("he", ["agency"]), ("zhao", ["somebody"]), ("zhao", ["agency"] * 2)):
        with pytest.raises((Forbidden, Invalid)):
            house.do(name, routes.choose, WATER, "low", steps, 3)


def test_a_deputy_decides_for_whoever_is_away_and_the_log_says_so(house: House) -> None:
    made, other = house.registered(), house.registered("zhou")
    today = local_day(house.offices.clock.now())
    with pytest.raises(NotFound):
        house.accept("deng", made)
    with pytest.raises(Forbidden):
        house.do("wang", standing_in.delegate, "he", "wang", today, today)
    for absent in ("he", "zhou"):
        house.do(absent, standing_in.delegate, absent, "deng", today, today + timedelta(7))
    assert house.accept("deng", made).state == "published"
    house.do("zhao", standing_in.end, 1)
    with pytest.raises(Forbidden):  # zhou proposed it, so zhou's deputy does not accept it
        house.accept("deng", other)
    assert _events(house, made)[-1] == ("deng", "accepted", "he")
    house.offices.clock.advance(timedelta(days=8))
    with pytest.raises(NotFound):
        house.accept("deng", house.registered())


def test_what_somebody_has_in_hand_is_taken_over_or_given_back(house: House) -> None:
    made = house.registered()
    house.do("he", assigning.take, made.request)
    with pytest.raises(WrongState, match="taken by he"):
        house.accept("wu", made)
    with pytest.raises(Forbidden):
        house.do("wu", assigning.release, made.request, "")
    house.do("wu", assigning.take, made.request)
    assert house.request(made).assignee == "wu"
    with pytest.raises(Forbidden):
        house.do("wang", assigning.assign, made.request, "he")
    with pytest.raises(Forbidden):
        house.do("zhou", assigning.assign, made.request, "wang")
    house.do("zhou", assigning.assign, made.request, "li")
    with pytest.raises(Invalid):
        house.do("zhao", assigning.release, made.request, " ")
    house.do("zhao", assigning.release, made.request, "出差")
    house.do("he", assigning.take, made.request)
    house.offices.clock.advance(timedelta(days=7))
    assert _swept(house) == 1
    told = house.request(made)
    assert (told.state, told.assignee) == ("submitted", "")
    assert [action for _, action, _ in _events(house, made)] == [
        *("registered", "taken", "taken over", "assigned", "released", "taken", "released")
    ]
    assert house.accept("wu", made).state == "published"


def test_what_nobody_may_decide_on_goes_to_the_administrators(house: House) -> None:
    house.steps("high", "centre")
    made = house.registered(disclosure="withheld")
    for name in ("li", "qian"):
        house.do("zhao", accounts.close, name)
    with pytest.raises(Forbidden):
        house.accept("zhao", made)
    assert (_swept(house), _swept(house)) == (1, 0)
    assert house.request(made).escalated
    assert house.accept("zhao", made).state == "published"


def test_what_is_overdue_goes_to_the_administrators_too(house: House) -> None:
    made = house.registered()
    house.do("he", assigning.take, made.request)
    house.offices.clock.advance(timedelta(days=60))
    assert _swept(house) == 1
    assert house.request(made).escalated
    assert house.accept("zhao", made).state == "published"


def test_what_was_returned_long_ago_expires_and_its_draft_stays(house: House) -> None:
    made = house.published()
    revised = house.offices.revise(made, title="乙")
    house.asked(flow.send_back, "he", revised, "请补充")
    house.offices.clock.advance(timedelta(days=60))
    assert _swept(house) == 0
    house.offices.clock.advance(timedelta(days=60))
    assert _swept(house) == 1
    view = house.offices.find(made.identifier, OPERATOR)
    assert (view.state, view.revision) == ("draft", 4)
    assert view.pending is not None
    assert view.served is not None
    again = house.offices.submit(Outcome(made.identifier, 4, "", False, True))
    assert again.request != revised.request
    assert house.accept("he", again).state == "published"


def test_what_is_refused_is_over_and_what_is_served_stays(house: House) -> None:
    made = house.published(title="甲")
    revised = house.offices.revise(made, title="乙")
    with pytest.raises(Invalid):
        house.asked(flow.refuse, "he", revised, "")
    refused = house.asked(flow.refuse, "he", revised, "没有依据")
    view = house.offices.find(made.identifier)
    assert (view.state, view.shown.descriptor.get("title")) == ("published", "甲")
    assert (house.request(refused).state, house.request(refused).reason) == ("refused", "没有依据")
    with pytest.raises(WrongState):
        house.accept("he", refused)
    new = house.registered()
    house.asked(flow.refuse, "he", new, "不属于目录")
    with pytest.raises(Gone):
        house.offices.find(new.identifier, OPERATOR)


def test_whoever_proposed_takes_it_back_to_mend_it_or_for_good(house: House) -> None:
    made = house.registered()
    for name in ("he", "sun"):
        with pytest.raises(Forbidden):
            house.do(name, flow.recall, made.request, made.revision)
    recalled = house.do("wang", flow.recall, made.request, made.revision)
    assert (recalled.state, house.request(recalled).due) == ("draft", "")
    with pytest.raises(WrongState):
        house.accept("he", recalled)
    again = house.offices.submit(recalled)
    assert again.request == made.request
    house.asked(flow.cancel, "wang", again, "登记错了")
    assert house.request(again).state == "cancelled"
    with pytest.raises(Gone):
        house.offices.find(made.identifier, OPERATOR)


def test_asking_that_an_entry_leave_may_be_returned_and_asked_again(house: House) -> None:
    made = house.published()
    asked = house.do("he", leaving.withdraw, made.identifier, made.revision, "过时")
    with pytest.raises(Forbidden):
        house.accept("he", asked)
    returned = house.asked(flow.send_back, "wu", asked, "理由不足")
    assert house.offices.find(made.identifier).state == "published"
    again = house.asked(leaving.ask_again, "wang", returned, "已经废止")
    with pytest.raises(Forbidden):
        house.accept("he", again)
    assert house.accept("wu", again).state == "withdrawn"


def test_a_decision_supersedes_the_one_before_it(house: House) -> None:
    made = house.published()
    revised = house.offices.revise(made, disclosure="withheld")
    accepted = house.accept("he", revised)
    new, old = house.decided(made)
    assert (old.value, old.superseded, new.supersedes) == ("proactive", True, old.number)
    assert (new.value, new.ground, new.version) == ("withheld", "internal-affairs", 2)
    assert dict(new.evidence) == {"discretion": WITHHELD["discretion"]}
    assert (new.proposed_by, new.decided_by, new.request) == ("wang", "he", revised.request)
    assert (new.valid_from, new.review_by) == ("2009-03-18", "2010-03-18")
    same = house.offices.revise(accepted, title="只改标题", disclosure="withheld")
    house.accept("he", same)
    assert house.decided(made) == [new, old]  # what stands is not decided again


def test_parts_are_withheld_and_opened_on_record(house: House) -> None:
    made = house.published()
    closed = house.offices.revise(made, redactions=[PART])
    assert house.request(closed).risk == "high"
    accepted = house.accept("he", closed)
    part = house.decided(made)[0]
    assert (part.part, part.value, part.ground) == ("abstract", "withheld", "internal-affairs")
    assert (part.reason, part.review_by) == (PART["reason"], "2010-03-18")
    house.accept("he", house.offices.revise(accepted))
    opened = house.decided(made)[0]
    assert (opened.part, opened.value, opened.supersedes) == ("abstract", "opened", part.number)


def test_a_finding_asks_the_registrars_to_have_it_decided_anew(house: House) -> None:
    made = house.published(disclosure="withheld")
    told = (made.identifier, "review-by-passed", "复审日期已过")
    with pytest.raises(Forbidden):
        house.do("wang", proposing.ask_anew, *told)
    number = house.do("sun", proposing.ask_anew, *told)
    assert house.do("qian", proposing.ask_anew, *told) == number
    house.offices.clock.advance(timedelta(days=366))
    asked = house.do(
        "wang", proposing.propose_attributes, made.identifier, {}, made.revision, "仍须不公开"
    )
    assert (asked.request, house.request(asked).purpose) == (number, "attributes")
    house.accept("he", asked)
    new, old = house.decided(made)
    assert (new.value, new.review_by, old.review_by) == ("withheld", "2011-03-19", "2010-03-18")


def test_a_document_takes_the_attribute_of_what_it_forwards(house: House) -> None:
    forwarded = house.published(document_number="沪府发〔2008〕12号", disclosure="on-request")
    made = house.registered(forwards="沪府发〔2008〕12号")
    with pytest.raises(Invalid) as refused:
        house.accept("he", made)
    assert [each.rule for each in refused.value.problems if each.is_error] == [
        "forwarded-attribute"
    ]
    house.accept("he", made, {"disclosure": values(disclosure="on-request")["disclosure"]})
    by_identifier = house.registered(forwards=forwarded.identifier)
    with pytest.raises(Invalid):
        house.accept("he", by_identifier)
    assert house.accept("he", house.registered(forwards="沪府发〔2008〕13号")).state == "published"


def test_a_selection_is_accepted_after_its_sample_was_opened(house: House) -> None:
    risky = house.registered(disclosure="withheld")
    plain = [house.registered(title=f"第{n}号") for n in range(9)]
    numbers = [each.request or 0 for each in (risky, *plain)]
    with pytest.raises(Invalid):
        house.do("chen", bulk.select_many, numbers)
    many = house.do("he", bulk.select_many, numbers)
    assert risky.request in many.sample
    assert len(many.sample) == 4
    with pytest.raises(WrongState, match="not opened yet"):
        house.do("he", bulk.accept, many.number)
    with house.offices.database.writing() as session:
        with pytest.raises(NotFound):
            bulk.find(session, acting(house.offices, "wu"), many.number)
        for number in many.sample:
            many = bulk.opened(session, acting(house.offices, "he"), many.number, number)
    assert many.ready
    accepted = house.do("he", bulk.accept, many.number)
    assert {each.state for each in accepted} == {"published"}
    assert all(_events(house, each)[-1][:2] == ("he", "accepted") for each in accepted)
    with pytest.raises(WrongState, match="done"):
        house.do("he", bulk.accept, many.number)


def test_of_a_selection_all_are_accepted_or_none(house: House) -> None:
    made = house.registered()
    bad = values(disclosure="on-request")
    del bad["disclosure"]["ground"]
    lacking = house.do("wang", registration.register, [Proposal("document", bad, WATER)])[0]
    with pytest.raises(Barred) as barred:
        house.do(
            "he",
            flow.accept_all,
            [(each.request, each.revision) for each in (made, lacking)],
        )
    assert {number: type(why) for number, why in barred.value.causes.items()} == {
        lacking.request: Invalid
    }
    assert house.request(made).state == "submitted"


def test_what_a_reviewer_chose_at_the_first_step_is_nobodys_to_keep_until_it_is_accepted(
    house: House,
) -> None:
    house.steps("high", *BOTH)
    made = house.sent("proactive", "甲")
    revised = house.offices.revise(made, title="乙")
    confirmed = house.accept("he", revised, {"disclosure": WITHHELD})
    house.asked(flow.refuse, "li", confirmed, "没有依据")
    assert house.served(house.sent("proactive", "丙")) == "proactive"


def test_what_a_reviewer_chose_stays_after_all_steps(house: House) -> None:
    house.steps("high", *BOTH)
    revised = house.offices.revise(house.sent("proactive", "甲"), title="乙")
    house.accept("li", house.accept("he", revised, {"disclosure": WITHHELD}))
    assert house.served(house.sent("proactive", "丙")) == "withheld"


def test_what_was_decided_anew_is_not_undone_by_the_next_harvest(house: House) -> None:
    made = house.sent("proactive", "甲")
    asked = house.do(
        "wang",
        proposing.propose_attributes,
        made.identifier,
        {"disclosure": WITHHELD},
        made.revision,
        "涉及内部事务",
    )
    house.accept("he", asked)
    assert house.served(house.sent("proactive", "乙")) == "withheld"


def test_whoever_set_attributes_does_not_accept_them_after_they_were_returned(
    house: House,
) -> None:
    house.steps("high", *BOTH)
    confirmed = house.accept("he", house.registered(), {"disclosure": WITHHELD})
    returned = house.asked(flow.send_back, "li", confirmed, "请说明")
    again = house.offices.submit(returned)
    with pytest.raises(Forbidden, match="themselves"):
        house.accept("he", again)
    assert house.accept("wu", again).state == "submitted"


def test_whoever_wrote_in_it_before_it_expired_does_not_accept_it(house: House) -> None:
    made = house.registered("zhou")
    returned = house.asked(flow.send_back, "he", made, "请补充")
    house.offices.clock.advance(timedelta(days=120))
    assert _swept(house) == 1
    assert house.request(made).state == "expired"
    draft = house.offices.find(made.identifier, OPERATOR)
    assert (draft.state, draft.pending is not None) == ("draft", True)
    again = house.offices.submit(Outcome(made.identifier, returned.revision + 1, "", False, True))
    with pytest.raises(Forbidden, match="themselves"):
        house.accept("zhou", again)
    assert house.accept("he", again).state == "published"


def test_a_reviewers_attributes_never_let_a_step_be_left_out(house: House) -> None:
    house.steps("low", "centre")
    house.steps("high", *BOTH)
    confirmed = house.accept("li", house.registered(), {"disclosure": WITHHELD})
    assert house.request(confirmed).current_step == "agency"
    assert house.accept("he", confirmed).state == "published"


def test_requests_on_their_way_keep_their_steps(house: House) -> None:
    made = house.registered()
    house.steps("low", *BOTH)
    assert house.accept("he", made).state == "published"


def test_a_finding_about_what_has_a_draft_leaves_the_draft(house: House) -> None:
    made = house.published()
    revised = house.offices.revise(made, title="乙")
    house.asked(flow.send_back, "he", revised, "请补充")
    house.offices.clock.advance(timedelta(days=120))
    _swept(house)
    found = house.do("sun", proposing.ask_anew, made.identifier, "review-by-passed", "已过复审日期")
    view = house.offices.find(made.identifier, OPERATOR)
    house.do("sun", flow.cancel, found, view.revision, "核实无误")
    kept = house.offices.find(made.identifier, OPERATOR)
    assert (kept.state, kept.pending is not None) == ("draft", True)


def test_an_auditor_takes_back_a_finding_but_not_what_a_registrar_proposed_for_it(
    house: House,
) -> None:
    made = house.published()
    found = house.do("sun", proposing.ask_anew, made.identifier, "review-by-passed", "已过复审日期")
    revised = house.offices.revise(made, title="乙")
    for step, told in ((flow.cancel, ("算了",)), (flow.recall, ())):
        with pytest.raises(Forbidden):
            house.do("sun", step, found, revised.revision, *told)
    other = house.published()
    number = house.do("sun", proposing.ask_anew, other.identifier, "ground-repealed", "依据已失效")
    assert house.do("sun", flow.cancel, number, other.revision, "").state == "published"


def test_only_one_request_of_an_entry_is_accepted_at_once(house: House) -> None:
    made = house.published()
    revised = house.offices.revise(made, title="乙")
    asked = house.do("wang", leaving.withdraw, made.identifier, revised.revision, "重复")
    numbers = [revised.request, asked.request]
    with pytest.raises(Invalid):
        house.do("he", bulk.select_many, numbers)
    with pytest.raises(Barred, match="comes twice"):
        house.do("he", flow.accept_all, [(each, asked.revision) for each in numbers])


def test_entries_do_not_lead_to_each_other(house: House) -> None:
    one, other = house.published(), house.published()
    told = [(one, other), (other, one)]
    asked = [
        house.do("wang", leaving.merge, a.identifier, b.identifier, a.revision, "同一资源")
        for a, b in told
    ]
    with pytest.raises(Invalid):
        house.do("he", bulk.select_many, [each.request for each in asked])


def test_what_changed_since_it_was_selected_is_not_accepted_unseen(house: House) -> None:
    made = house.registered()
    many = house.do("he", bulk.select_many, [made.request])
    with house.offices.database.writing() as session:
        bulk.opened(session, acting(house.offices, "he"), many.number, made.request or 0)
    house.offices.revise(made, title="乙", disclosure="withheld")
    with pytest.raises(Barred) as barred:
        house.do("he", bulk.accept, many.number)
    assert isinstance(barred.value.causes[made.request or 0], Stale)


def test_administrators_decide_on_an_escalated_merge(house: House) -> None:
    made, other = house.published(), house.published()
    for name in ("zhou", "he", "wu", "li", "qian"):
        house.do("zhao", accounts.close, name)
    asked = house.do(
        "wang", leaving.merge, made.identifier, other.identifier, made.revision, "同一资源"
    )
    assert _swept(house) == 1
    assert house.accept("zhao", asked).state == "withdrawn"


def test_nobody_agrees_to_a_merge_by_the_role_of_whoever_asked_for_it(house: House) -> None:
    made = house.published()
    health = house.do(
        "operator",
        registration.register,
        [Proposal("document", values(), HEALTH, accept=True)],
    )[0]
    asked = house.do("qian", leaving.merge, made.identifier, health.identifier, 1, "同一资源")
    today = local_day(house.offices.clock.now())
    house.do("qian", standing_in.delegate, "qian", "he", today, today)
    with pytest.raises(Forbidden):
        house.accept("he", asked)
    assert house.accept("li", asked).state == "withdrawn"


def test_nothing_is_given_to_an_account_that_is_closed(house: House) -> None:
    made = house.registered()
    house.do("zhao", accounts.close, "wu")
    with pytest.raises(Forbidden):
        house.do("he", assigning.assign, made.request, "wu")
    house.do("he", assigning.assign, made.request, "li")


def test_deciding_anew_renews_withheld_parts_too(house: House) -> None:
    made = house.published(redactions=[PART])
    house.offices.clock.advance(timedelta(days=366))
    asked = house.do(
        "wang", proposing.propose_attributes, made.identifier, {}, made.revision, "复审"
    )
    house.accept("he", asked)
    standing = {each.part: each for each in house.decided(made) if not each.superseded}
    assert standing["abstract"].review_by == "2011-03-19"


def test_what_is_proposed_again_is_not_escalated_any_more(house: House) -> None:
    made = house.registered()
    house.offices.clock.advance(timedelta(days=60))
    _swept(house)
    assert house.request(made).escalated
    revised = house.offices.revise(made, title="乙")
    assert not house.request(revised).escalated


def _swept(house: House) -> int:
    with house.offices.database.writing() as session:
        return sweeping.sweep(session, house.offices.clock.now())


def _events(house: House, made: Outcome) -> list[tuple[str, str, str]]:
    """Of the timeline: who, what, and for whom."""
    with house.offices.database.reading() as session:
        told = reading.timeline(session, reading.get(session, OPERATOR, made.request or 0).request)
    return [(each.actor, each.action, each.details.get("on_behalf_of", "")) for each in told]


def test_what_a_source_corrects_supersedes_what_it_sent_before(offices: Offices) -> None:
    faulty = {"attribute": "withheld", "ground": "internal-affairs"}  # without its discretion
    origin = SourceKey(AUTOMATIC, "1")

    def sent(**more: object) -> Outcome:
        told = {**values("甲"), **more}
        proposal = Proposal("document", told, WATER, source=origin, accept=True)
        return offices.register(proposal)[0]

    first = sent(disclosure=faulty)
    assert first.state == "submitted"
    second = sent(disclosure={"attribute": "proactive"})
    assert (second.state, second.identifier) == ("published", first.identifier)
    view = offices.find(first.identifier, REVIEWER)
    assert view.pending is None
    with offices.database.reading() as session:
        (request,) = reading.of_entry(session, REVIEWER, str(first.identifier))
    assert request.state == "cancelled"
