"""Runs over an OAI-PMH repository in memory: compare, guard, approval, kill and resume, leases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from catalog import record_problems, runs, sources
from catalog.errors import NotFound, WrongState
from catalog.viewers import OPERATOR
from harvesters import queue
from harvesters.faults import fault
from harvesters.fetched import Fetched
from harvesters.plan import Action
from harvesters.run import report_of
from harvesters.sources import oai_pmh, reading
from standards.profile import Level
from tests.harvesting import CENTRE, WATER, Directory, counts, rules
from tests.oai import Item, Repository

PUMPS = "雨水泵站名录"


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    return Directory.made(tmp_path)


def some(number: int, prefix: str = "oai:a:") -> list[Item]:
    return [Item(f"{prefix}{at}", f"关于第{at}号事项的通知") for at in range(number)]


def source(directory: Directory, **more: object) -> str:
    return directory.source("水务", "oai-pmh", "http://oai.example/oai", **more)


def test_a_second_harvest_changes_nothing(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(5))
    assert counts(directory.harvest(name, repository)) == {"created": 5}
    before = directory.served()
    again = directory.harvest(name, repository, full=True)
    assert counts(again) == {"unchanged": 5}
    assert directory.served() == before


def test_changes_are_taken_over_under_the_same_identifier(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(3))
    directory.harvest(name, repository)
    before = directory.served()
    repository.items[1].title = PUMPS
    repository.items.append(Item("oai:a:9", "新的通知"))
    assert counts(directory.harvest(name, repository, full=True)) == {
        "created": 1,
        "updated": 1,
        "unchanged": 2,
    }
    after = directory.served()
    assert before.keys() < after.keys()
    assert PUMPS in after.values()


def test_an_incremental_harvest_asks_from_the_sources_own_time(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(4))
    directory.harvest(name, repository)
    repository.items[2].title, repository.items[2].datestamp = PUMPS, "2026-03-02T00:00:00Z"
    del repository.items[0]
    report = directory.harvest(name, repository)
    assert repository.asked[-1]["from"] == "2026-03-01T08:00:00Z"
    assert counts(report) == {"updated": 1}
    assert directory.living(name) == 4, "what was not asked for is not deleted"


def test_another_setting_of_the_source_asks_for_everything(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(4))
    directory.harvest(name, repository)
    directory.clock.advance(timedelta(hours=1))
    with directory.database.writing() as session:
        settings = replace(sources.get(session, name).settings, level=Level.FULL)
        sources.change(session, OPERATOR, name, settings, directory.clock.now())
    assert counts(directory.harvest(name, repository)) == {"rejected": 4}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the records that are read, as they are."""
    keys: list[str] = []

    def counted(*given: object, key: str, **more: object) -> Fetched:
        keys.append(key)
        return reading.read(*given, key=key, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(oai_pmh, "read", counted)
    return keys


def test_what_is_sent_as_before_is_not_read_again(directory: Directory, read: list[str]) -> None:
    name, repository = source(directory), Repository(some(30), page=10, deletions="no")
    repository.items[3].more += "<dc:date>2023-02-30</dc:date>"
    first = directory.harvest(name, repository)
    read.clear()
    repository.items[7].title = PUMPS
    second = directory.harvest(name, repository)
    assert read == ["oai:a:7"]
    assert counts(second) == {"unchanged": 29, "updated": 1}
    assert rules(second) == rules(first), "what is wrong with a record is still told"
    assert second.news["tiers"] == first.news["tiers"]
    assert (second.news["new"], second.news["mended"]) == (0, 0)


def test_of_equal_keys_the_first_tells_whether_it_was_sent_as_before(
    directory: Directory,
) -> None:
    name, repository = source(directory), Repository(some(2), page=10, deletions="no")
    repository.items.append(Item("oai:a:0", "另一份通知"))
    directory.harvest(name, repository)
    repository.items[0].title = PUMPS
    assert directory.harvest(name, repository).count(Action.UPDATED) == 1
    assert PUMPS in directory.titles()


def test_a_record_that_moved_is_told_of_at_its_new_place(
    directory: Directory, read: list[str]
) -> None:
    name, repository = source(directory), Repository(some(4), page=10, deletions="no")
    repository.items[3].more += "<dc:date>2023-02-30</dc:date>"
    directory.harvest(name, repository)
    read.clear()
    repository.items.insert(0, Item("oai:a:9", PUMPS))
    directory.harvest(name, repository)
    assert "oai:a:3" in read
    with directory.database.reading() as session:
        (kept,) = record_problems.held(session, name, ["oai:a:3"]).values()
    assert kept.place == "ListRecords[1]/record[5]"


def test_chosen_records_are_read_whatever_was_sent(directory: Directory, read: list[str]) -> None:
    name, repository = source(directory), Repository(some(3), page=10, deletions="no")
    directory.harvest(name, repository)
    read.clear()
    directory.harvest(name, repository, only=["oai:a:1"])
    assert read == ["oai:a:1"]


def test_a_withdrawn_entry_comes_back_with_its_record(directory: Directory) -> None:
    name = source(directory, deletion_limit=100)
    repository = Repository(some(3), page=10, deletions="no")
    directory.harvest(name, repository)
    gone = repository.items.pop()
    assert directory.harvest(name, repository).count(Action.DELETED) == 1
    repository.items.append(gone)
    directory.harvest(name, repository)
    assert directory.living(name) == 3


def test_declared_deletions_that_wait_are_not_forgotten(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(6))
    directory.harvest(name, repository)
    for item in repository.items[:4]:
        item.deleted, item.datestamp = True, "2026-03-02T00:00:00Z"
    assert counts(directory.harvest(name, repository)) == {"waiting": 4}
    again = directory.harvest(name, repository)
    assert again.count(Action.WAITING) == 4
    assert directory.living(name) == 6
    assert directory.harvest(name, repository, approve=True).count(Action.DELETED) == 4


def test_where_deletions_are_not_remembered_everything_is_asked_for(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(30), page=10, deletions="no")
    directory.harvest(name, repository)
    del repository.items[0]
    report = directory.harvest(name, repository)
    assert counts(report) == {"unchanged": 29, "deleted": 1}
    assert report.missing == 1


def test_declared_deletions_are_carried_out_and_can_come_back(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(30), page=10)
    directory.harvest(name, repository)
    before = directory.served()
    repository.items[3].deleted = True
    assert counts(directory.harvest(name, repository, full=True))["deleted"] == 1
    assert len(directory.served()) == 29
    assert counts(directory.harvest(name, repository, full=True)) == {"unchanged": 30}
    repository.items[3].deleted = False
    assert counts(directory.harvest(name, repository, full=True))["updated"] == 1
    assert directory.served() == before, "the same identifier serves again"


def test_an_unfinished_fetch_deletes_nothing(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(6))
    directory.harvest(name, repository)
    repository.flaw = lambda asked: (
        fault("connection-lost") if asked.get("resumptionToken") == "/4" else None
    )
    report = directory.harvest(name, repository, full=True)
    assert report.state == "failed"
    assert not report.complete
    assert {"connection-lost", "run-incomplete"} <= rules(report)
    assert counts(report) == {"unchanged": 4}
    assert directory.living(name) == 6


def test_many_deletions_wait_until_somebody_approves(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(10), page=4)
    directory.harvest(name, repository)
    del repository.items[:5]
    report = directory.harvest(name, repository, full=True)
    assert report.state == "waiting for approval"
    assert counts(report) == {"unchanged": 5, "waiting": 5}
    assert "deletions-wait" in rules(report)
    assert directory.living(name) == 10
    approved = directory.harvest(name, repository, approve=True)
    assert approved.run == report.run
    assert counts(approved) == {"unchanged": 5, "deleted": 5}
    assert directory.living(name) == 5


def test_a_newer_run_decides_anew(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(10), page=4)
    directory.harvest(name, repository)
    lost = repository.items[:5]
    del repository.items[:5]
    waiting = directory.harvest(name, repository, full=True)
    repository.items.extend(lost)
    assert counts(directory.harvest(name, repository, full=True)) == {"unchanged": 10}
    assert counts(report_of(directory.database, waiting.run)) == {"unchanged": 5, "kept": 5}
    assert directory.living(name) == 10


@pytest.mark.parametrize("answer", [[], None])
def test_an_empty_answer_waits(directory: Directory, answer: list[Item] | None) -> None:
    name, repository = source(directory), Repository(some(3))
    directory.harvest(name, repository)
    repository.items = []
    report = directory.harvest(name, repository, full=True)
    assert report.state == "waiting for approval"
    assert "source-empty" in rules(report)
    assert directory.living(name) == 3


def test_a_bad_record_is_kept_with_its_error_and_stops_nothing(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(5))
    repository.items[2].title = ""
    report = directory.harvest(name, repository)
    assert counts(report) == {"created": 4, "rejected": 1}
    (bad,) = [line for line in report.lines() if line.action is Action.REJECTED]
    assert bad.key == "oai:a:2"
    assert bad.place == "ListRecords[2]/record[1]"
    assert bad.raw
    assert "<header>" in bad.raw
    assert {"required"} <= {each.rule for each in bad.problems}


def test_of_a_state_secret_no_text_is_kept(directory: Directory) -> None:
    secret = {"disclosure": {"attribute": "withheld", "ground": "state-secret"}}
    report = directory.harvest(source(directory, defaults=secret), Repository(some(1)))
    (bad,) = report.lines()
    assert bad.action is Action.REJECTED
    assert bad.raw is None
    assert {each.rule for each in bad.problems} == {"state-secret"}


def test_a_record_that_turns_bad_keeps_its_entry(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(3))
    directory.harvest(name, repository)
    repository.items[1].title = ""
    report = directory.harvest(name, repository, full=True)
    assert counts(report) == {"unchanged": 2, "rejected": 1}
    assert directory.living(name) == 3


def test_the_first_of_equal_keys_counts_at_every_harvest(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(5))
    repository.items[4].key = repository.items[0].key
    repository.items[1].key = repository.items[0].key
    for expected in ({"created": 3, "rejected": 2}, {"unchanged": 3, "rejected": 2}):
        report = directory.harvest(name, repository, full=True)
        assert counts(report) == expected
        twins = [line for line in report.lines() if line.action is Action.REJECTED]
        assert {each.rule for line in twins for each in line.problems} == {"duplicate-key"}


class Killed(BaseException):
    """The process ends here."""


def test_a_killed_run_goes_on_where_it_stopped(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(9))
    repository.flaw = lambda asked: _kill_at(asked, "/6")
    with pytest.raises(Killed):
        directory.harvest(name, repository)
    assert directory.living(name) == 6
    _bury(directory)
    repository.flaw = lambda _: None
    repository.asked.clear()
    report = directory.harvest(name, repository)
    assert report.run == 1
    assert counts(report) == {"created": 9}
    assert repository.asked[0] == {"verb": "ListRecords", "resumptionToken": "/6"}
    assert directory.titles() == sorted(item.title for item in repository.items)


def test_a_run_killed_while_deleting_deletes_the_rest(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, repository = source(directory, deletion_limit=1.0), Repository(some(9), page=20)
    directory.harvest(name, repository)
    del repository.items[2:]
    monkeypatch.setattr("harvesters.deleting.PAGE", 3)
    with monkeypatch.context() as patch:
        seen: list[int] = []
        original = runs.records

        def dies(*arguments: object, **named: object) -> object:
            seen.append(1)
            if len(seen) == 4:
                raise Killed
            return original(*arguments, **named)  # type: ignore[arg-type]

        patch.setattr("catalog.runs.records", dies)
        with pytest.raises(Killed):
            directory.harvest(name, repository, full=True)
    _bury(directory)
    report = directory.harvest(name, repository, full=True)
    assert report.run == 2
    assert counts(report) == {"unchanged": 2, "deleted": 7}
    assert directory.living(name) == 2


def test_an_expired_token_begins_again_without_doubling(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(9))
    repository.flaw = lambda asked: _kill_at(asked, "/6")
    with pytest.raises(Killed):
        directory.harvest(name, repository)
    _bury(directory)
    expired: list[str] = []

    def flaw(asked: dict[str, str]) -> bytes | Exception | None:
        if asked.get("resumptionToken") and not expired:
            expired.append("once")
            return fault("http-status", value="500")
        return None

    repository.flaw = flaw
    report = directory.harvest(name, repository)
    assert report.state == "done"
    assert report.fetched == 9
    assert "oai-token-expired" in rules(report)
    assert counts(report) == {"unchanged": 6, "created": 3}
    assert directory.living(name) == 9


def test_one_run_at_a_time(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(3))
    with directory.database.writing() as session:
        runs.open(session, name, directory.clock.now(), "somebody", {}, runs.new_owner())
    with pytest.raises(WrongState):
        directory.harvest(name, repository)


def test_a_process_that_was_taken_for_dead_writes_no_more(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(9))

    def taken_over(asked: dict[str, str]) -> None:
        if asked.get("resumptionToken") == "/4":
            directory.clock.advance(runs.SILENCE * 2)
            with directory.database.writing() as session:
                runs.open(session, name, directory.clock.now(), "another", {}, "elsewhere:1:x")

    repository.flaw = taken_over
    with pytest.raises(WrongState):
        directory.harvest(name, repository)
    assert directory.living(name) == 4


def test_a_plan_writes_nothing_and_tells_the_same(directory: Directory) -> None:
    name, repository = source(directory), Repository(some(30), page=10)
    planned = directory.harvest(name, repository, plan_only=True)
    assert planned.state == "planned"
    assert counts(planned) == {"create": 30}
    assert directory.served() == {}
    directory.harvest(name, repository)
    del repository.items[7]
    repository.items[3].title = PUMPS
    repository.items[4].title = ""
    repository.items.append(Item("oai:a:99", "新的通知"))
    planned = directory.harvest(name, repository, plan_only=True, full=True)
    assert counts(planned) == {
        "create": 1,
        "update": 1,
        "delete": 1,
        "unchanged": 27,
        "rejected": 1,
    }
    assert {line.key for line in planned.lines() if line.action is Action.DELETE} == {"oai:a:7"}
    done = directory.harvest(name, repository, full=True)
    assert [counts(done)[each] for each in ("created", "updated", "deleted")] == [1, 1, 1]


def test_entries_go_to_the_agency_of_their_provider(directory: Directory) -> None:
    name = source(directory)
    repository = Repository(
        [
            Item("a", "甲", more="<dc:type>Text</dc:type><dc:publisher>市水务局</dc:publisher>"),
            Item("b", "乙", more="<dc:type>Text</dc:type><dc:publisher>某厂</dc:publisher>"),
        ]
    )
    report = directory.harvest(name, repository)
    assert {each.partition("-")[0] for each in directory.served()} == {WATER, CENTRE}
    assert report.facts["unknown_agencies"] == {"某厂": 1}


def test_a_source_cannot_speak_for_an_agency_above_it(directory: Directory) -> None:
    name = source(directory, agency=WATER)
    more = "<dc:type>Text</dc:type><dc:publisher>上海市政务目录中心</dc:publisher>"
    directory.harvest(name, Repository([Item("a", "甲", more=more)]))
    assert {each.partition("-")[0] for each in directory.served()} == {WATER}


def test_the_worker_carries_out_what_is_queued(directory: Directory) -> None:
    name = directory.source("坏", "oai-pmh", "http://127.0.0.1:9/nobody")
    with directory.database.writing() as session:
        asked = runs.enqueue(session, name, OPERATOR.name, directory.clock.now())
    assert queue.step(directory.database, directory.clock) == 1
    report = report_of(directory.database, asked.id)
    assert report.state == "failed"
    assert "address-refused" in rules(report)
    assert queue.step(directory.database, directory.clock) == 0


def test_an_unknown_source_is_told(directory: Directory) -> None:
    with pytest.raises(NotFound):
        directory.harvest("没有这个源")


def _kill_at(asked: dict[str, str], token: str) -> None:
    if asked.get("resumptionToken") == token:
        raise Killed


def _bury(directory: Directory) -> None:
    """The process that held the run is gone: its heart has not beaten for long."""
    directory.clock.advance(runs.SILENCE * 2)
