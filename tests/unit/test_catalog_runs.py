"""Runs of a source: resumed after a kill, each record accounted for, deletions known."""

from __future__ import annotations

import os
import socket
from datetime import timedelta

import pytest

from catalog import ledger, runs, sources, steering
from catalog.errors import Conflict, Forbidden, NotFound, WrongState
from catalog.runs import RecordRow, RunState
from catalog.sources import SourceSettings
from catalog.viewers import OPERATOR
from standards.profile import Level
from tests.offices import AUTOMATIC, REGISTRAR, WATER, Offices

DEAD = f"{socket.gethostname()}:{2**22 + 1}:dead"


def test_a_killed_run_is_resumed_where_it_stopped(offices: Offices) -> None:
    now = offices.clock.now()
    with offices.database.writing() as session:
        run = runs.open(session, AUTOMATIC, now, "wang", {"plan": False}, owner=DEAD)
        runs.checkpoint(session, run.id, {"page": 3}, now)
    with offices.database.writing() as session:
        other = runs.open(session, AUTOMATIC, now, "wang", {"plan": True})
        assert other.id != run.id
        runs.close(session, other.id, RunState.DONE, {}, True, now)
        again = runs.open(session, AUTOMATIC, now, "wang", {"plan": False})
    assert (again.id, again.checkpoint, again.state) == (run.id, {"page": 3}, RunState.RUNNING)


def test_a_run_of_a_living_process_is_not_taken(offices: Offices) -> None:
    now = offices.clock.now()
    mine = f"{socket.gethostname()}:{os.getpid()}:me"
    with offices.database.writing() as session:
        run = runs.open(session, AUTOMATIC, now, owner=mine)
    for moment in (now, now + runs.SILENCE / 2):
        with pytest.raises(WrongState), offices.database.writing() as session:
            runs.open(session, AUTOMATIC, moment)
    with offices.database.writing() as session:
        assert steering.beat(session, run.id, mine, now + runs.SILENCE) == ""
        assert steering.beat(session, run.id, "elsewhere:1:x", now + runs.SILENCE) is None
        assert runs.claim(session, run.id, "elsewhere:1:x", now + runs.SILENCE) is None
        later = now + runs.SILENCE * 3
        assert runs.bury_dead(session, later) == 1
        assert [each.id for each in runs.queued(session)] == [run.id]
        assert runs.open(session, AUTOMATIC, later).id == run.id


def test_what_is_asked_for_waits_for_a_worker_and_is_taken_once(offices: Offices) -> None:
    now = offices.clock.now()
    with offices.database.writing() as session:
        asked = runs.enqueue(session, AUTOMATIC, "wang", now)
        assert runs.enqueue(session, AUTOMATIC, "wang", now).id == asked.id
        assert [each.id for each in runs.queued(session)] == [asked.id]
        assert runs.claim(session, asked.id, runs.new_owner(), now) is not None
        assert runs.claim(session, asked.id, runs.new_owner(), now) is None
        assert runs.queued(session) == []
        with pytest.raises(NotFound):
            runs.enqueue(session, "no such source", "wang", now)


def test_records_are_kept_with_their_problems_and_place(offices: Offices) -> None:
    now = offices.clock.now()
    problem = {"path": "title", "rule": "required"}
    rows = [
        RecordRow("1", "row 2", "create", "310A7-000001"),
        RecordRow("2\x00", "row 3", "reject", None, [problem], raw="x" * 50_000 + "\x00\ud800"),
        RecordRow("3", "row 4", "unchanged"),
    ]
    with offices.database.writing() as session:
        run = runs.open(session, AUTOMATIC, now)
        runs.record(session, run.id, rows[:2])
        runs.record(session, run.id, rows[2:])
    with offices.database.reading() as session:
        kept = runs.records(session, run.id)
        assert [number for number, _ in kept] == [1, 2, 3]
        rejected = runs.records(session, run.id, action="reject")[0][1]
        assert (rejected.place, rejected.problems) == ("row 3", (problem,))
        assert rejected.raw is not None
        assert len(rejected.raw) <= 20_000
        assert [number for number, _ in runs.records(session, run.id, after=2)] == [3]


def test_a_complete_run_knows_what_it_did_not_see(offices: Offices) -> None:
    made = {key: offices.sent(key, title=f"第{key}号") for key in "1234"}
    offices.withdraw(made["4"])
    now = offices.clock.now()
    with offices.database.writing() as session:
        assert runs.living(session, AUTOMATIC) == 3
        held = runs.held(session, AUTOMATIC, list("145"))
        assert {key: (each.gone, each.title) for key, each in held.items()} == {
            "1": (False, "第1号"),
            "4": (True, "第4号"),
        }
        assert runs.known_digests(session, AUTOMATIC, ["1", "4"])["4"] == ""
        run = runs.open(session, AUTOMATIC, now)
        runs.record(session, run.id, [RecordRow("1", "row 1", "reject"), RecordRow("9", "", "new")])
        runs.seen(session, run.id, ["2"])
        assert list(ledger.missing(session, AUTOMATIC, run.id)) == [[("3", made["3"].identifier)]]
        done = runs.close(session, run.id, RunState.DONE, {"gone": 1}, True, now, "ok")
        assert (done.state, done.counts, done.complete) == (RunState.DONE, {"gone": 1}, True)
        assert runs.of_source(session, AUTOMATIC)[0] == runs.get(session, run.id) == done
        following = runs.open(session, AUTOMATIC, now + timedelta(days=1))
        (lost,) = ledger.missing(session, AUTOMATIC, following.id)
        assert [key for key, _ in lost] == ["1", "2", "3"]


def test_sources_keep_their_settings_and_their_columns(offices: Offices) -> None:
    now = offices.clock.now()
    settings = SourceSettings("oai-pmh", "http://127.0.0.1/oai", Level.CORE, options={"set": "a"})
    with offices.database.writing() as session:
        with pytest.raises(Forbidden):
            sources.add(session, REGISTRAR, "oai", WATER, settings, now)
        sources.add(session, OPERATOR, "oai", WATER, settings, now)
        with pytest.raises(Conflict):
            sources.add(session, OPERATOR, "oai", WATER, settings, now)
        with pytest.raises(ValueError, match="acceptance"):
            sources.add(
                session, OPERATOR, "x", WATER, SourceSettings("a", "b", acceptance="?"), now
            )
        sources.save_mapping(session, "oai", {"标题": "title"}, now)
    with offices.database.writing() as session:
        kept = sources.get(session, "oai")
        assert (kept.settings, kept.mapping) == (settings, {"标题": "title"})
        changed = SourceSettings("oai-pmh", "http://127.0.0.1/other")
        assert sources.change(session, OPERATOR, "oai", changed, now).settings == changed
        assert [each.name for each in sources.all(session)] == ["oai", AUTOMATIC, "water-reviewed"]
        with pytest.raises(NotFound):
            sources.get(session, "nothing")
