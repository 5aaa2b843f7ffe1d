"""Asking for access: the steps and who may take them, the clocks, what is granted, who asked."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from catalog import audit, backup, housekeeping
from catalog.access import answering, applicants, asking, figures, grants, handling, reading
from catalog.access.answering import Answer
from catalog.access.applicants import Person
from catalog.access.asking import Asking, Receipt
from catalog.access.holding import Access
from catalog.access.reading import AccessView, Filters
from catalog.access.sealing import Sealer, Unreadable
from catalog.errors import Forbidden, Invalid, NotFound, WrongState
from catalog.registration import Proposal
from catalog.viewers import OPERATOR, PUBLIC, Grant, Role, Viewer
from tests.offices import (
    AUDITOR,
    HEALTH,
    NEIGHBOUR,
    REGISTRAR,
    REVIEWER,
    WATER,
    Offices,
    sqlite_offices,
    values,
)
from web.commands import main

SEALER = Sealer(["k" * 32])
NAME, PAPER, PHONE = "欧阳拾遗", "11010519491231002X", "13800138000"
PERSON = Person(NAME, "citizen", PAPER, phone=PHONE, address="和平路一号", purpose="写论文")
BY_PERSON = Asking("泵站的位置", form="paper", receiving="post", person=PERSON)
BY_AGENCY = Asking("泵站的位置", ("泵站名称",), agency=HEALTH, purpose="防疫消毒")
ITEMS = [{"name": "泵站名称", "type": "string"}, {"name": "设计流量", "type": "number"}]
WATERMAN = Viewer(20, "he", (Grant(Role.REVIEWER, WATER),))
STRANGER = Viewer(21, "lu", (Grant(Role.REVIEWER, HEALTH),))
EVERYTHING_OPEN = Filters()
MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday, 9 o'clock in Shanghai."""


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Offices]:
    with sqlite_offices(tmp_path) as made:
        made.clock.moment = MORNING
        yield made


def entry(offices: Offices, sharing: str = "conditional", **more: Any) -> str:
    group: dict[str, str] = {"attribute": sharing}
    if sharing == "conditional":
        group["condition"] = "限防汛使用"
    if sharing == "not-shared":
        group["ground"] = "《中华人民共和国统计法》第九条"
    given = values(
        "雨水泵站基本信息", disclosure="on-request", items=ITEMS, sharing=group,
        service={"url": "https://example.gov.cn/pumps", "type": "rest"}, **more,
    )  # fmt: skip
    made = offices.register(Proposal("non-document", given, WATER, accept=True), actor=OPERATOR)[0]
    assert made.identifier, made.problems
    return made.identifier


def ask(
    offices: Offices, identifier: str, given: Asking = BY_PERSON, by: Viewer = PUBLIC
) -> Receipt:
    with offices.database.writing() as session:
        return asking.ask(session, by, identifier, given, SEALER, offices.clock.now())


def act(offices: Offices, step: Any, *given: Any, **more: Any) -> None:
    """Take a step now."""
    with offices.database.writing() as session:
        step(session, *given, now=offices.clock.now(), **more)


def see(offices: Offices, viewer: Viewer, number: str, code: str = "") -> AccessView:
    with offices.database.reading() as session:
        return reading.find(session, viewer, number, offices.clock.now(), code)


def wait(offices: Offices, days: int) -> None:
    offices.clock.advance(timedelta(days=days))


def answer(
    offices: Offices, number: str, given: Answer, by: Viewer = WATERMAN, keep: int = 180
) -> None:
    act(offices, answering.answer, by, number, given, keep)


def broken(error: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {each.path for each in error.value.problems}


def test_a_request_has_a_receipt_and_is_read_by_its_code_alone(offices: Offices) -> None:
    receipt = ask(offices, entry(offices))
    assert receipt.number == "YS2026-000001"
    assert receipt.due == date(2026, 3, 30)
    assert not receipt.provisional
    assert see(offices, PUBLIC, receipt.number, receipt.code.lower().replace("-", " ")).asking
    for viewer, number, code in (
        (PUBLIC, receipt.number, ""),
        (PUBLIC, receipt.number, "ABCD-EFGH-JKMN"),
        (PUBLIC, "YS2026-000002", receipt.code),
        (REGISTRAR, receipt.number, ""),
        (STRANGER, receipt.number, ""),
    ):
        with pytest.raises(NotFound):
            see(offices, viewer, number, code)
    assert see(offices, AUDITOR, receipt.number).answering is False
    assert see(offices, WATERMAN, receipt.number).answering


def test_numbers_have_no_gaps_within_their_year(offices: Offices) -> None:
    identifier = entry(offices)
    first = ask(offices, identifier)
    with pytest.raises(Invalid):
        ask(offices, identifier, replace(BY_PERSON, person=replace(PERSON, name="")))
    second = ask(offices, identifier)
    offices.clock.moment = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # the new year in Shanghai
    third = ask(offices, identifier)
    numbers = [each.number for each in (first, second, third)]
    assert numbers == ["YS2026-000001", "YS2026-000002", "YS2027-000001"]


def test_every_fault_of_a_request_is_told_at_once(offices: Offices) -> None:
    identifier = entry(offices)
    with pytest.raises(Invalid) as error:
        ask(offices, identifier, Asking(items=("没有的项",)))
    assert broken(error) == {"items", "paper", "name", "paper_number", "phone", "form", "receiving"}
    with pytest.raises(Invalid) as error:
        ask(offices, identifier, replace(BY_PERSON, receiving="email", what="长" * 3000))
    assert broken(error) == {"email", "what"}
    wrong = replace(PERSON, paper_number=PAPER[:-1] + "1")
    with pytest.raises(Invalid) as error:
        ask(offices, identifier, replace(BY_PERSON, what=f"请寄给我，{PHONE}", person=wrong))
    assert broken(error) == {"what", "paper_number"}
    organ = replace(PERSON, paper="credit-code", paper_number="91350100M000100Y44")
    with pytest.raises(Invalid) as error:
        ask(offices, identifier, replace(BY_PERSON, person=organ))
    assert broken(error) == {"paper_number"}


def test_only_what_one_may_see_can_be_asked_for(offices: Offices) -> None:
    hidden = offices.published(title="干部考察材料", disclosure="withheld").identifier
    waiting = offices.submitted().identifier
    assert hidden
    assert waiting
    for identifier in (hidden, waiting, "310A7-999999"):
        with pytest.raises(NotFound):
            ask(offices, identifier)
    with pytest.raises(WrongState):
        ask(offices, waiting, BY_AGENCY, REGISTRAR)
    with pytest.raises(Forbidden):
        ask(offices, entry(offices), BY_AGENCY, REGISTRAR)  # not of the health bureau
    with pytest.raises(Forbidden):
        ask(offices, entry(offices), replace(BY_AGENCY, agency=WATER), REGISTRAR)  # one's own


def test_a_correction_stops_the_clock_and_starts_it_anew(offices: Offices) -> None:
    receipt = ask(offices, entry(offices))
    until = date(2026, 3, 20)
    wait(offices, 2)
    with pytest.raises(Invalid) as error:
        act(offices, handling.ask_correction, WATERMAN, receipt.number, " ", date(2026, 3, 4))
    assert broken(error) == {"asked", "until"}
    act(offices, handling.ask_correction, WATERMAN, receipt.number, "哪些泵站？", until)
    with pytest.raises(Invalid):
        act(offices, answering.close, WATERMAN, receipt.number, 180)
    with pytest.raises(NotFound):
        act(offices, asking.correct, PUBLIC, receipt.number, "全部", code="ABCD-EFGH-JKMN")
    wait(offices, 5)
    act(offices, asking.correct, PUBLIC, receipt.number, "中心城区的", code=receipt.code)
    view = see(offices, WATERMAN, receipt.number)
    assert view.state is Access.RECEIVED
    assert view.due == date(2026, 4, 7)  # 20 working days after 9 March, with Qingming on the way
    assert view.correction
    assert view.correction["text"] == "中心城区的"
    with pytest.raises(Invalid) as error:
        act(offices, handling.ask_correction, WATERMAN, receipt.number, "再来", date(2026, 4, 10))
    assert {each.rule for each in error.value.problems} == {"once"}


def test_a_correction_is_asked_for_within_seven_working_days(offices: Offices) -> None:
    receipt = ask(offices, entry(offices))
    wait(offices, 10)
    with pytest.raises(Invalid) as error:
        act(offices, handling.ask_correction, WATERMAN, receipt.number, "?", date(2026, 4, 1))
    assert {each.rule for each in error.value.problems} == {"in-time"}


def test_what_is_not_corrected_in_time_is_closed(offices: Offices) -> None:
    receipt = ask(offices, entry(offices))
    until = date(2026, 3, 10)
    act(offices, handling.ask_correction, WATERMAN, receipt.number, "哪些？", until)
    wait(offices, 9)
    act(offices, answering.close, WATERMAN, receipt.number, 180)
    assert see(offices, WATERMAN, receipt.number).state is Access.CLOSED
    with pytest.raises(WrongState):
        act(offices, asking.correct, PUBLIC, receipt.number, "晚了", code=receipt.code)


def test_consulting_pauses_the_clock_for_fifteen_working_days_at_most(offices: Offices) -> None:
    receipt = ask(offices, entry(offices))
    wait(offices, 1)
    act(offices, handling.consult, WATERMAN, receipt.number, "third-party", "涉及某企业")
    view = see(offices, WATERMAN, receipt.number)
    assert view.pauses[0].until == date(2026, 3, 24)
    assert view.due == date(2026, 4, 21)  # 15 working days later
    assert see(offices, PUBLIC, receipt.number, receipt.code).pauses[0].reason == ""
    wait(offices, 3)
    act(offices, handling.resume, WATERMAN, receipt.number, "同意公开")
    assert see(offices, WATERMAN, receipt.number).due == date(2026, 4, 2)  # 3 working days later


def test_silence_does_not_stop_the_clock_for_ever(offices: Offices) -> None:
    receipt = ask(offices, entry(offices))
    act(offices, handling.consult, WATERMAN, receipt.number, "third-party", "涉及某企业")
    due = see(offices, WATERMAN, receipt.number).due
    wait(offices, 60)
    assert see(offices, WATERMAN, receipt.number).overdue
    act(offices, handling.resume, WATERMAN, receipt.number, "逾期未答复")
    assert see(offices, WATERMAN, receipt.number).due == due


def test_the_time_is_extended_once_with_a_reason_and_before_its_end(offices: Offices) -> None:
    receipt = ask(offices, entry(offices))
    with pytest.raises(Invalid) as error:
        act(offices, handling.extend, WATERMAN, receipt.number, "", "")
    assert broken(error) == {"reason", "approved_by"}
    act(offices, handling.extend, WATERMAN, receipt.number, "需要核对", "王主任")
    assert see(offices, WATERMAN, receipt.number).due == date(2026, 4, 28)
    with pytest.raises(Invalid):
        act(offices, handling.extend, WATERMAN, receipt.number, "再核对", "王主任")
    late = ask(offices, entry(offices))
    wait(offices, 40)
    assert see(offices, WATERMAN, late.number).overdue
    with pytest.raises(Invalid):
        act(offices, handling.extend, WATERMAN, late.number, "需要核对", "王主任")


def test_only_reviewers_of_the_agency_answer(offices: Offices) -> None:
    receipt = ask(offices, entry(offices))
    given = Answer("provided", "已寄出")
    for viewer in (PUBLIC, REGISTRAR, STRANGER, AUDITOR, NEIGHBOUR):
        with pytest.raises(NotFound):
            answer(offices, receipt.number, given, viewer)
    answer(offices, receipt.number, given, REVIEWER)
    with pytest.raises(WrongState):
        answer(offices, receipt.number, given)
    view = see(offices, PUBLIC, receipt.number, receipt.code)
    assert (view.state, view.reply, view.closed_by) == (Access.ANSWERED, "已寄出", "")


def test_nobody_answers_what_they_asked(offices: Offices) -> None:
    both = Viewer(30, "fang", (Grant(Role.REGISTRAR, HEALTH), Grant(Role.REVIEWER, WATER)))
    with pytest.raises(Forbidden):
        ask(offices, entry(offices), BY_AGENCY, both)  # their own agency answers
    receipt = ask(offices, entry(offices), BY_AGENCY, STRANGER)
    promoted = replace(STRANGER, grants=(*STRANGER.grants, Grant(Role.REVIEWER, WATER)))
    with pytest.raises(Forbidden):
        answer(offices, receipt.number, Answer("refused", "…", "privacy"), promoted)
    assert not see(offices, promoted, receipt.number).answering


def test_an_answer_fits_its_request(offices: Offices) -> None:
    receipt = ask(offices, entry(offices))
    for sent, wrong in (
        (Answer("refused", ""), {"reply", "ground"}),
        (Answer("granted?", "x"), {"outcome"}),
        (Answer("provided", "x", items=("没有的项",)), {"items"}),
    ):
        with pytest.raises(Invalid) as error:
            answer(offices, receipt.number, sent)
        assert broken(error) == wrong
    by_agency = ask(offices, entry(offices), BY_AGENCY, NEIGHBOUR)
    yesterday = date(2026, 3, 1)
    for sent, wrong in (
        (Answer("repeated", "x"), {"outcome"}),
        (Answer("provided", "x"), {"items", "valid_until"}),
        (Answer("provided", "x", items=("泵站名称",), valid_until=yesterday), {"valid_until"}),
    ):
        with pytest.raises(Invalid) as error:
            answer(offices, by_agency.number, sent)
        assert broken(error) == wrong
    view = see(offices, WATERMAN, by_agency.number)
    assert (view.state, view.reply, view.outcome) == (Access.RECEIVED, "", "")


def granted(offices: Offices, identifier: str, viewer: Viewer) -> list[grants.AccessGrant]:
    with offices.database.reading() as session:
        return grants.grants_on(session, viewer, identifier, offices.clock.now())


def test_an_approved_request_yields_its_items_until_its_end(offices: Offices) -> None:
    identifier = entry(offices)
    receipt = ask(offices, identifier, BY_AGENCY, NEIGHBOUR)
    assert receipt.code == ""
    assert receipt.due == date(2026, 3, 16)  # 10 working days
    assert granted(offices, identifier, NEIGHBOUR) == []
    given = Answer("provided", "同意", items=("泵站名称",), valid_until=date(2026, 3, 31))
    answer(offices, receipt.number, given)
    (one,) = granted(offices, identifier, NEIGHBOUR)
    assert one.items == ("泵站名称",)
    assert one.endpoint
    assert one.endpoint.url == "https://example.gov.cn/pumps"
    assert one.condition == "限防汛使用"
    assert see(offices, NEIGHBOUR, receipt.number).grant == one
    for viewer in (PUBLIC, REGISTRAR, REVIEWER):
        assert granted(offices, identifier, viewer) == []
    offices.clock.moment = datetime(2026, 3, 31, 15, 59, tzinfo=UTC)
    assert granted(offices, identifier, NEIGHBOUR)
    offices.clock.moment = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
    assert granted(offices, identifier, NEIGHBOUR) == []
    assert see(offices, NEIGHBOUR, receipt.number).grant is None


def test_a_grant_ends_with_the_entry_and_with_its_being_shared(offices: Offices) -> None:
    identifier = entry(offices)
    receipt = ask(offices, identifier, BY_AGENCY, NEIGHBOUR)
    given = Answer("provided", "同意", items=("泵站名称",), valid_until=date(2027, 3, 31))
    answer(offices, receipt.number, given)
    view = offices.find(identifier, OPERATOR)
    assert view.served
    with offices.database.writing() as session:
        from catalog import review

        review.withdraw(
            session, OPERATOR, identifier, view.revision, "停止提供", offices.clock.now()
        )
    assert granted(offices, identifier, NEIGHBOUR) == []


def test_what_is_not_shared_cannot_be_granted(offices: Offices) -> None:
    receipt = ask(offices, entry(offices, "not-shared"), BY_AGENCY, NEIGHBOUR)
    given = Answer("provided", "同意", items=("泵站名称",), valid_until=date(2027, 3, 31))
    with pytest.raises(Invalid) as error:
        answer(offices, receipt.number, given)
    assert "outcome" in broken(error)


@given(st.text(max_size=40), st.text(max_size=40), st.text(min_size=16, max_size=40))
def test_what_is_sealed_opens_with_its_number_and_key_alone(
    number: str, text: str, key: str
) -> None:
    number, text = (each.encode("utf-8", "ignore").decode() for each in (number, text))
    sealer = Sealer(["k" * 16])
    sealed = sealer.seal(number, {"name": text})
    assert sealer.open(number, sealed) == {"name": text}
    assert Sealer(["n" * 16, "k" * 16]).open(number, sealed) == {"name": text}
    for other, where in ((Sealer(["n" * 16]), number), (sealer, number + "1")):
        with pytest.raises(Unreadable):
            other.open(where, sealed)
    with pytest.raises(Unreadable):
        sealer.open(number, sealed[:-8] + "AAAAAAAA" if sealed[-8:] != "AAAAAAAA" else "?")


def test_who_asked_is_in_clear_nowhere(offices: Offices, tmp_path: Path) -> None:
    receipt = ask(offices, entry(offices))
    with offices.database.writing() as session:
        person = applicants.applicant(
            session, WATERMAN, receipt.number, SEALER, offices.clock.now()
        )
    assert person == PERSON
    backup.backup(offices.database, tmp_path / "copy.db")
    kept = (tmp_path / "copy.db").read_bytes()
    kept += json.dumps(
        list(sqlite3.connect(tmp_path / "copy.db").iterdump()), ensure_ascii=False
    ).encode()
    for secret in (NAME, PAPER, PHONE, PERSON.address, PERSON.purpose, receipt.code):
        assert secret.encode() not in kept
    with offices.database.reading() as session:
        told = audit.events(session, OPERATOR)
    assert [each.action for each in told][-2:] == ["access asked", "applicant seen"]
    assert told[-1].actor == "he"


def test_who_asked_is_seen_by_those_who_deal_with_it(offices: Offices) -> None:
    receipt = ask(offices, entry(offices))
    for viewer in (PUBLIC, AUDITOR, STRANGER, REGISTRAR):
        with pytest.raises(NotFound):
            act(offices, applicants.applicant, viewer, receipt.number, SEALER)
    with pytest.raises(Unreadable):
        act(offices, applicants.applicant, WATERMAN, receipt.number, Sealer(["another key"]))
    act(offices, asking.withdraw, PUBLIC, receipt.number, code=receipt.code)
    with pytest.raises(WrongState):
        act(offices, applicants.applicant, WATERMAN, receipt.number, SEALER)
    assert not see(offices, WATERMAN, receipt.number).known


def test_who_asked_is_deleted_on_schedule(offices: Offices) -> None:
    receipt = ask(offices, entry(offices))
    pending = ask(offices, entry(offices))
    answer(offices, receipt.number, Answer("not-held", "没有"), keep=30)
    wait(offices, 29)
    housekeeping.step(offices.database, offices.clock, "test")  # other jobs have their own to do
    assert housekeeping.step(offices.database, offices.clock, "test") == 0
    wait(offices, 1)
    assert housekeeping.step(offices.database, offices.clock, "test") == 1
    assert not see(offices, WATERMAN, receipt.number).known
    assert see(offices, WATERMAN, receipt.number).reply == "没有"
    assert see(offices, WATERMAN, pending.number).known
    with offices.database.reading() as session:
        steps = reading.steps(session, receipt.number, see(offices, WATERMAN, receipt.number).entry)
        assert audit.verify(session).ok
    assert [each.action for each in steps] == [
        "access asked", "access answered", "applicant deleted",
    ]  # fmt: skip


def test_a_failing_job_keeps_no_other_from_its_turn(offices: Offices) -> None:
    def fail(*_: Any) -> int:
        raise ValueError("broken")

    done: list[int] = [2, 0]
    jobs = (
        housekeeping.Job("broken", fail),
        housekeeping.Job("sound", lambda _session, _now: done.pop(0)),
    )
    assert housekeeping.step(offices.database, offices.clock, "test", jobs) == 2


def test_the_queue_has_what_is_due_first(offices: Offices) -> None:
    identifier = entry(offices)
    first = ask(offices, identifier)
    act(offices, handling.extend, WATERMAN, first.number, "核对", "王主任")
    wait(offices, 1)
    second = ask(offices, identifier)
    third = ask(offices, identifier, BY_AGENCY, NEIGHBOUR)

    def numbers(viewer: Viewer, filters: Filters = EVERYTHING_OPEN, **more: Any) -> list[str]:
        with offices.database.reading() as session:
            page = reading.queue(session, viewer, filters, offices.clock.now(), **more)
        return [each.number for each in page.requests]

    assert numbers(WATERMAN) == [third.number, second.number, first.number]
    assert numbers(REVIEWER, size=1) == [third.number]
    with offices.database.reading() as session:
        page = reading.queue(session, WATERMAN, Filters(), offices.clock.now(), None, 2)
        assert page.total == 3
    assert numbers(WATERMAN, cursor=page.next) == [first.number]
    assert numbers(STRANGER) == numbers(REGISTRAR) == numbers(PUBLIC) == []
    wait(offices, 21)
    assert numbers(WATERMAN, Filters(overdue=True)) == [third.number]
    with offices.database.reading() as session:
        mine = reading.own(session, NEIGHBOUR, Filters(), offices.clock.now())
        assert [each.number for each in mine.requests] == [third.number]
        assert reading.own(session, REVIEWER, Filters(), offices.clock.now()).total == 0


def test_the_figures_of_a_year(offices: Offices) -> None:
    identifier = entry(offices)
    offices.clock.moment = datetime(2025, 12, 30, 2, tzinfo=UTC)
    carried = ask(offices, identifier)
    offices.clock.moment = MORNING
    answer(offices, carried.number, Answer("not-held", "没有"))
    quick, gone, left = (ask(offices, identifier) for _ in range(3))
    act(offices, asking.withdraw, PUBLIC, gone.number, code=gone.code)
    wait(offices, 2)
    answer(offices, quick.number, Answer("provided", "已寄出"))
    wait(offices, 60)
    with offices.database.reading() as session:
        found = figures.yearly(session, 2026, offices.clock.now())
        before = figures.yearly(session, 2025, offices.clock.now())
    assert (found.carried_over, found.received, found.pending, found.withdrawn) == (1, 3, 1, 1)
    assert found.outcomes == {"not-held": 1, "provided": 1}
    assert found.overdue == 2
    assert found.average_days == 20.5
    assert (before.received, before.pending, before.outcomes) == (1, 1, {})
    assert left.number


def test_the_commands_tell_of_requests_and_never_who_asked(
    offices: Offices, tmp_path: Path
) -> None:
    receipt = ask(offices, entry(offices))
    answer(offices, receipt.number, Answer("not-held", "没有"), keep=0)
    env = {
        "MULU_DATA_DIR": str(tmp_path),
        "MULU_SECRET_KEY": "s" * 32,
        "MULU_SEARCH_URL": "memory:",
    }
    tell = CliRunner(env=env)
    assert receipt.number not in tell.invoke(main, ["access", "list"]).output
    assert receipt.number in tell.invoke(main, ["access", "list", "--state", "all"]).output
    told = tell.invoke(main, ["access", "show", receipt.number]).output
    assert "没有" in told
    assert NAME not in told
    assert tell.invoke(main, ["access", "show", "YS2026-999999"]).exit_code == 1
    assert "1" in tell.invoke(main, ["access", "purge"]).output
    assert not see(offices, WATERMAN, receipt.number).known


def test_the_time_for_a_correction_is_a_reasonable_one(offices: Offices) -> None:
    receipt = ask(offices, entry(offices))
    for until in (date(2026, 5, 1), date.max):
        with pytest.raises(Invalid) as error:
            act(offices, handling.ask_correction, WATERMAN, receipt.number, "哪些？", until)
        assert {each.rule for each in error.value.problems} == {"reasonable"}
