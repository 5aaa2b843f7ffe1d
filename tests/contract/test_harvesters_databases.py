"""A harvest means the same on SQLite and PostgreSQL, also when its process is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from catalog import runs
from catalog.clock import SystemClock
from catalog.database import Database
from catalog.viewers import OPERATOR
from harvesters import deciding, queue
from harvesters.run import harvest
from tests.harvesting import Directory, counts
from tests.oai import Item, Repository
from tests.offices import postgres_database
from tests.parts import require

RECORDS = 3000
CHILD = """
import sys
from catalog.clock import SystemClock
from catalog.database import Database
from catalog.viewers import OPERATOR
from harvesters import fetched
from harvesters import deciding, queue
from harvesters.run import harvest
fetched.PAGE = 100
harvest(Database(sys.argv[1]), "表", OPERATOR, SystemClock())
"""


@pytest.fixture(params=["sqlite", "postgres"])
def directory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Directory]:
    if request.param == "sqlite":
        yield Directory.made(tmp_path)
    else:
        with postgres_database(require("postgres")) as database:
            database.migrate()
            yield Directory.over(database)


def test_a_source_lives_through_all_that_can_happen_to_it(directory: Directory) -> None:
    name = directory.source("水务", "oai-pmh", "http://oai.example/")
    repository = Repository([Item(f"a:{n}", f"第{n}件通知") for n in range(40)], page=15)
    assert counts(directory.harvest(name, repository)) == {"created": 40}
    repository.items[1].title = ""
    repository.items[2].title = "改名的通知"
    repository.items[3].deleted = True
    assert counts(directory.harvest(name, repository, full=True)) == {
        "unchanged": 37,
        "updated": 1,
        "deleted": 1,
        "rejected": 1,
    }
    before = directory.served()
    repository.items = [Item(f"b:{n}", f"第{n}件通知") for n in range(40)]
    renamed = directory.harvest(name, repository, full=True)
    assert counts(renamed) == {"created": 2, "renamed": 38, "unchanged": 38, "deleted": 1}
    assert len(before.keys() & directory.served().keys()) == 38
    before = directory.served()
    del repository.items[:20]
    run = directory.harvest(name, repository, full=True)
    assert counts(run) == {"unchanged": 20, "waiting": 20}
    assert counts(directory.harvest(name, repository, approve=True))["deleted"] == 20
    deciding.undo(directory.database, name, run.run, OPERATOR, directory.clock, "对方故障")
    assert directory.served() == before


def test_a_schedule_is_taken_by_one_worker_alone(directory: Directory) -> None:
    for number in range(5):
        directory.source(f"定时{number}", "oai-pmh", "http://a/", options={"schedule": "0 3 * * *"})
    directory.clock.advance(timedelta(days=2))
    with ThreadPoolExecutor(4) as pool:
        looks = [pool.submit(queue.due, directory.database, directory.clock) for _ in range(8)]
    found = {run.id: run.source for look in looks for run in look.result()}
    assert sorted(found.values()) == [f"定时{number}" for number in range(5)]


def test_a_killed_process_loses_and_doubles_nothing(directory: Directory, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "".join(f"{n},关于第{n}号事项的通知\n" for n in range(RECORDS))
    path.write_text(f"编号,标题\n{rows}", encoding="utf-8")
    directory.source("表", "spreadsheet", str(path))
    url = directory.database.url.render_as_string(hide_password=False)
    for pause in (0.2, 0.5):
        child = subprocess.Popen([sys.executable, "-c", CHILD, url])
        _wait_for_records(directory.database)
        time.sleep(pause)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    report = harvest(directory.database, "表", OPERATOR, SystemClock())
    assert report.accounted
    assert report.fetched == RECORDS
    assert set(counts(report)) <= {"created", "unchanged"}
    assert sorted(directory.titles()) == sorted(f"关于第{n}号事项的通知" for n in range(RECORDS))


def _wait_for_records(database: Database) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with database.reading() as session:
            if runs.living(session, "表"):
                return
        time.sleep(0.02)
