"""What becomes of records that vanish: renamed, waiting, refused, deleted, restored; and runs that
are scheduled, cancelled, or asked for by somebody who has left."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog import accounts, audit, entries, runs, sources
from catalog.audit import EventView
from catalog.errors import Forbidden, Gone, Moved, NotFound, WrongState
from catalog.runs import RunState
from catalog.sources import REVIEW
from catalog.viewers import OPERATOR, PUBLIC, Grant, Role, Viewer
from harvesters import beating, deciding, queue, removing
from harvesters.plan import Action
from harvesters.run import report_of
from tests.harvesting import CENTRE, Directory, counts, rules
from tests.oai import Item, Repository

TYPE = "<dc:type>Text</dc:type>"


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    return Directory.made(tmp_path)


def some(number: int, prefix: str = "oai:a:") -> list[Item]:
    return [Item(f"{prefix}{at}", f"关于第{at}号事项的通知") for at in range(number)]


def source(directory: Directory, **more: object) -> str:
    return directory.source("水务", "oai-pmh", "http://oai.example/oai", **more)


def events(directory: Directory, action: str) -> list[EventView]:
    with directory.database.reading() as session:
        return [each for each in audit.events(session, OPERATOR) if each.action == action]


def test_new_keys_for_old_records_keep_the_permanent_identifiers(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(8), page=3)
    directory.harvest(name, repository)
    old = directory.served()
    repository.items = some(8, prefix="oai:new:")
    report = directory.harvest(name, repository, full=True)
    assert report.state == "done", "nothing that could be meant otherwise"
    assert counts(report) == {"renamed": 8, "unchanged": 8}
    assert directory.served() == old
    renamed = [line for line in report.lines() if line.action is Action.RENAMED]
    assert {(line.key, line.place) for line in renamed} == {
        (f"oai:a:{at}", f"oai:new:{at}") for at in range(8)
    }
    with directory.database.reading() as session, pytest.raises(Moved) as moved:
        entries.find(session, PUBLIC, f"{CENTRE}-000009")
    assert moved.value.to in old
    assert len(events(directory, "renamed")) == 8
    again = directory.harvest(name, repository, full=True)
    assert counts(again) == {"unchanged": 8}


def test_a_new_key_with_new_content_is_told_by_its_number(directory: Directory) -> None:
    number = "<dc:identifier>沪水务〔2009〕{0}号</dc:identifier>"
    made = [Item(f"a:{at}", f"第{at}件", more=TYPE + number.format(at)) for at in range(3)]
    name, repository = source(directory), Repository(made)
    directory.harvest(name, repository)
    old = directory.served()
    repository.items = [
        replace(item, key=f"b:{at}", more=f"{item.more}<dc:description>新的摘要</dc:description>")
        for at, item in enumerate(made)
    ]
    report = directory.harvest(name, repository, full=True)
    assert counts(report) == {"renamed": 3, "updated": 3}
    assert directory.served() == old
    assert counts(directory.harvest(name, repository, full=True)) == {"unchanged": 3}


def test_twins_wait_for_a_person_who_sees_the_pairs(directory: Directory) -> None:
    twins = [Item(f"a:{at}", "通知") for at in range(2)] + some(40)
    name, repository = source(directory), Repository(twins, page=50)
    directory.harvest(name, repository)
    old = directory.served()
    repository.items = [Item(f"b:{at}", "通知") for at in range(2)] + some(40)
    waiting = directory.harvest(name, repository, full=True)
    assert waiting.state == "waiting for approval"
    assert counts(waiting) == {"created": 2, "unchanged": 40, "waiting": 2}
    assert "renames-likely" in rules(waiting)
    pairs = {(line.key, line.place) for line in waiting.lines() if line.action is Action.WAITING}
    assert pairs == {("a:0", "b:0"), ("a:1", "b:1")}
    approved = directory.harvest(name, repository, approve=True, reason="逐对核对过")
    assert counts(approved) == {"renamed": 2, "unchanged": 42}
    assert directory.served() == old
    (event,) = events(directory, "deletions approved")
    assert (event.actor, event.details["reason"]) == ("operator", "逐对核对过")


def test_a_run_that_broke_off_among_new_keys_is_made_good(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(8), page=3)
    directory.harvest(name, repository)
    old = directory.served()
    repository.items = some(8, prefix="oai:new:")
    repository.flaw = lambda asked: b"<html/>" if asked.get("resumptionToken") == "/6" else None
    assert counts(directory.harvest(name, repository, full=True)) == {"created": 6}
    repository.flaw = lambda _: None
    report = directory.harvest(name, repository, full=True)
    assert counts(report) == {"renamed": 8, "unchanged": 8}
    assert directory.served() == old


def test_a_record_that_is_still_there_beside_its_copy_is_no_rename(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(3))
    directory.harvest(name, repository)
    repository.items += some(3, prefix="copy:")
    assert counts(directory.harvest(name, repository, full=True)) == {"created": 3, "unchanged": 3}
    assert len(directory.served()) == 6


def test_what_was_deleted_is_restored_as_it_was(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(10), page=20)
    directory.harvest(name, repository)
    before = directory.served()
    lost = repository.items[:5]
    del repository.items[:5]
    directory.harvest(name, repository, full=True)
    run = directory.harvest(name, repository, approve=True).run
    assert len(directory.served()) == 5
    directory.clock.advance(timedelta(days=29))
    undone = deciding.undo(directory.database, name, run, OPERATOR, directory.clock, "对方故障")
    assert undone == 5
    assert directory.served() == before
    (event,) = events(directory, "deletions undone")
    assert event.details["reason"] == "对方故障"
    assert counts(report_of(directory.database, run)) == {"unchanged": 5, "restored": 5}
    repository.items += [Item("oai:a:99", "又一件")]
    again = directory.harvest(name, repository, full=True)
    assert again.count(Action.WAITING) == 5
    assert "deletions-undone" in rules(again), "no run deletes them by itself again"
    repository.items += lost
    assert directory.harvest(name, repository, full=True).count(Action.UNCHANGED) == 11


def test_what_waited_for_review_waits_again_after_undoing(directory: Directory) -> None:
    name, repository = source(directory, acceptance=REVIEW, deletion_limit=1.0), Repository(some(2))
    directory.harvest(name, repository)
    repository.items.pop()
    run = directory.harvest(name, repository, full=True).run
    with directory.database.reading() as session, pytest.raises(Gone):
        entries.find(session, OPERATOR, f"{CENTRE}-000002")
    assert deciding.undo(directory.database, name, run, OPERATOR, directory.clock, "") == 1
    with directory.database.reading() as session:
        back = entries.find(session, OPERATOR, f"{CENTRE}-000002")
    assert back.state == "submitted"


def test_undoing_has_its_time_and_its_source(directory: Directory) -> None:
    name, repository = source(directory, options={"grace_days": 3}), Repository(some(2))
    directory.harvest(name, repository)
    repository.items.pop()
    run = directory.harvest(name, repository, full=True).run
    with pytest.raises(NotFound):
        deciding.undo(directory.database, "别的源", run, OPERATOR, directory.clock, "")
    stranger = Viewer(7, "stranger", (Grant(Role.REGISTRAR, "310A7"),))
    with pytest.raises(Forbidden):
        deciding.undo(directory.database, name, run, stranger, directory.clock, "")
    directory.clock.advance(timedelta(days=4))
    with pytest.raises(WrongState):
        deciding.undo(directory.database, name, run, OPERATOR, directory.clock, "")


def test_refused_deletions_stay_and_are_decided_anew(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(10))
    directory.harvest(name, repository)
    del repository.items[:5]
    directory.harvest(name, repository, full=True)
    refused = deciding.refuse(directory.database, name, OPERATOR, directory.clock, "对方说是故障")
    assert counts(report_of(directory.database, refused.id)) == {"unchanged": 5, "kept": 5}
    assert "对方说是故障" in refused.note
    assert len(events(directory, "deletions refused")) == 1
    with pytest.raises(NotFound):
        deciding.refuse(directory.database, name, OPERATOR, directory.clock, "")
    assert directory.harvest(name, repository, full=True).count(Action.WAITING) == 5


def test_an_incomplete_fetch_keeps_even_what_is_declared_deleted(directory: Directory) -> None:
    name, repository = source(directory, deletion_limit=1.0), Repository(some(6))
    directory.harvest(name, repository)
    repository.items[0].deleted = True
    repository.flaw = lambda asked: b"<html/>" if asked.get("resumptionToken") == "/4" else None
    report = directory.harvest(name, repository, full=True)
    assert counts(report) == {"unchanged": 3, "kept": 1}
    assert directory.living(name) == 6


def test_a_run_under_way_is_cancelled(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, repository = source(directory), Repository(some(9))

    def flaw(asked: dict[str, str]) -> None:
        if asked.get("resumptionToken") == "/4":
            deciding.cancel(directory.database, name, OPERATOR, directory.clock)

    repository.flaw = flaw
    report = directory.harvest(name, repository)
    assert (report.state, report.complete) == ("cancelled", False)
    assert "run-cancelled" in rules(report)
    assert directory.living(name) == 4
    repository.flaw = lambda _: None
    assert directory.harvest(name, repository).run == report.run + 1
    with directory.database.writing() as session:
        waiting = runs.enqueue(session, name, OPERATOR.name, directory.clock.now())
    deciding.cancel(directory.database, name, OPERATOR, directory.clock)
    assert report_of(directory.database, waiting.id).state == "cancelled"
    with pytest.raises(NotFound):
        deciding.cancel(directory.database, name, OPERATOR, directory.clock)


def test_a_slow_fetch_keeps_its_run_alive(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beating, "EVERY", 0.02)
    name, repository = source(directory), Repository(some(4))
    seen: list[int] = []

    def slow(asked: dict[str, str]) -> None:
        if "resumptionToken" in asked:
            directory.clock.advance(runs.SILENCE * 2)
            _wait_for_beat(directory)
            with directory.database.writing() as session:
                seen.append(runs.bury_dead(session, directory.clock.now()))

    repository.flaw = slow
    assert counts(directory.harvest(name, repository)) == {"created": 4}
    assert seen == [0]


def _wait_for_beat(directory: Directory) -> None:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with directory.database.reading() as session:
            if runs.get(session, 1).heartbeat == directory.clock.now():
                return
        time.sleep(0.01)


def test_a_schedule_falls_due_once_and_does_not_pile_up(directory: Directory) -> None:
    directory.clock.moment = datetime(2009, 3, 18, 18, 0, tzinfo=UTC)  # 02:00 in Beijing
    name = source(directory, options={"schedule": "0 3 * * *"})

    def moment() -> datetime | None:
        with directory.database.reading() as session:
            return sources.get(session, name).due

    assert moment() == datetime(2009, 3, 18, 19, 0, tzinfo=UTC)
    assert queue.due(directory.database, directory.clock) == []
    directory.clock.advance(timedelta(days=3))
    first = queue.due(directory.database, directory.clock)
    second = queue.due(directory.database, directory.clock)
    assert [(run.id, run.requested_by) for run in first] == [(1, "mulu")]
    assert [run.id for run in second] == [1], "three missed days are one run"
    assert moment() == datetime(2009, 3, 21, 19, 0, tzinfo=UTC)
    with directory.database.writing() as session:
        sources.pause(session, OPERATOR, name, True, directory.clock.now())
    assert moment() is None
    directory.clock.advance(timedelta(days=3))
    assert len(queue.due(directory.database, directory.clock)) == 1


def test_who_has_left_is_refused_in_words(directory: Directory) -> None:
    name, now = source(directory), directory.clock.now()
    with directory.database.writing() as session:
        grant = (Grant(Role.REGISTRAR, CENTRE),)
        accounts.create(session, OPERATOR, "li", "李梅", "long-enough", now, grant)
        asked = runs.enqueue(session, name, "li", now)
        accounts.close(session, OPERATOR, "li", now)
    assert queue.step(directory.database, directory.clock) == 1
    with directory.database.reading() as session:
        run = runs.get(session, asked.id)
    assert run.state is RunState.FAILED
    assert "账号已停用" in run.note


def test_a_removed_source_is_harvested_no_more(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(10))
    directory.harvest(name, repository)
    with directory.database.writing() as session:
        sources.retire(session, OPERATOR, name, "已停用", directory.clock.now())
    with pytest.raises(WrongState):
        directory.harvest(name, repository)
    assert directory.living(name) == 10
    with directory.database.writing() as session:
        asked = runs.enqueue(session, name, OPERATOR.name, directory.clock.now())
    assert queue.step(directory.database, directory.clock) == 1
    assert queue.step(directory.database, directory.clock) == 0, "nobody tries for ever"
    with directory.database.reading() as session:
        assert "已停用" in runs.get(session, asked.id).note


def test_the_entries_of_a_removed_source_leave_when_a_person_says_so(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(10))
    directory.harvest(name, repository)
    before = directory.served()
    report = removing.remove(directory.database, name, OPERATOR, directory.clock, "已停用")
    assert (report.state, counts(report)) == ("waiting for approval", {"waiting": 10})
    assert directory.served() == before
    done = directory.harvest(name, approve=True, reason="核对过")
    assert counts(done) == {"deleted": 10}
    assert directory.served() == {}
    deciding.undo(directory.database, name, done.run, OPERATOR, directory.clock, "停用有误")
    assert directory.served() == before
