"""The embedded engine under the faults of real machines: kills, damage, two writers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from search.clauses import EVERYTHING
from search.engine import EngineUnavailable
from search.query import Query
from search.tantivy_engine import TantivyEngine
from search.tantivy_engine.places import Pointer, read_pointer, write_pointer
from search.typed import parse
from tests.cards import many, served

ROOT = Path(__file__).resolve().parents[2]
CARDS = list(many(60))

WRITE_FOR_EVER = """
import sys
from pathlib import Path
from search.tantivy_engine import TantivyEngine
from tests.cards import served
engine = TantivyEngine(Path(sys.argv[1]))
number = 0
while True:
    engine.apply([served(number + more) for more in range(10)])
    number += 10
    print(number, flush=True)
    if number % 50 == 0:
        rebuild = engine.rebuild()
        rebuild.apply(served(each) for each in range(number))
        rebuild.swap()
"""


def total(engine: TantivyEngine) -> int:
    return engine.search(Query(EVERYTHING, size=0)).total


def write_for_ever(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, str(home)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize("batches", [1, 5, 7])
def test_what_was_applied_survives_a_kill_and_the_next_process_writes(
    tmp_path: Path, batches: int
) -> None:
    writer = write_for_ever(tmp_path)
    assert writer.stdout is not None
    applied = [int(writer.stdout.readline()) for _ in range(batches)][-1]
    time.sleep(0.002 * batches)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    engine = TantivyEngine(tmp_path)
    held = {each.key for each in engine.fingerprints()}
    assert {served(number).key for number in range(applied)} <= held
    engine.apply([served(100_000)])
    assert total(engine) == len(held) + 1
    rebuild = engine.rebuild()
    rebuild.apply(CARDS)
    rebuild.swap()
    assert total(engine) == len(CARDS)
    assert len(list(tmp_path.glob("index-*"))) == 1
    engine.close()


def test_another_process_sees_a_commit_within_half_a_second(tmp_path: Path) -> None:
    reader = TantivyEngine(tmp_path)
    assert total(reader) == 0
    writer = write_for_ever(tmp_path)
    assert writer.stdout is not None
    try:
        applied = int(writer.stdout.readline())
        start = time.monotonic()
        while total(reader) < applied:
            assert time.monotonic() - start < 0.5
        with pytest.raises(EngineUnavailable):
            reader.apply(CARDS[:1])
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()
        reader.close()


DAMAGES = {
    "no pointer": lambda home: (home / "current").unlink(),
    "a torn pointer": lambda home: (home / "current").write_bytes(b'{"folder": "ind'),
    "an odd pointer": lambda home: (home / "current").write_bytes(b"[1]"),
    "a pointer elsewhere": lambda home: write_pointer(home, Pointer("index-/../x", whole=True)),
    "another layout": lambda home: write_pointer(home, Pointer("index-x", whole=True, layout=0)),
    "no folder": lambda home: next(home.glob("index-*")).rename(home / "elsewhere"),
    "torn meta": lambda home: next(home.glob("*/meta.json")).write_bytes(b'{"seg'),
    "no terms": lambda home: [path.unlink() for path in home.glob("*/*.term")],
    "torn postings": lambda home: [os.truncate(path, 60) for path in home.glob("*/*.idx")],
    "empty store": lambda home: [os.truncate(path, 0) for path in home.glob("*/*.store")],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_index_answers_with_nothing_and_asks_to_be_rebuilt(
    tmp_path: Path, damage
) -> None:
    first = TantivyEngine(tmp_path)
    rebuild = first.rebuild()
    rebuild.apply(CARDS)
    rebuild.swap()
    assert not first.needs_rebuild()
    first.close()
    damage(tmp_path)
    engine = TantivyEngine(tmp_path)
    assert engine.ready()
    assert engine.needs_rebuild()
    assert engine.search(Query(EVERYTHING, words=parse("管理"), facets=("kind",))).total == 0
    assert engine.suggest("上海", EVERYTHING) == []
    assert list(engine.fingerprints()) == []
    engine.apply(CARDS[:3])
    assert total(engine) == 3
    assert engine.needs_rebuild()
    again = engine.rebuild()
    again.apply(CARDS)
    again.swap()
    assert total(engine) == len(CARDS)
    assert not engine.needs_rebuild()
    engine.close()


def test_bits_that_rotted_fail_a_request_and_no_process(tmp_path: Path) -> None:
    engine = TantivyEngine(tmp_path)
    engine.apply(CARDS)
    engine.close()
    for path in tmp_path.glob("*/*.idx"):
        body = bytearray(path.read_bytes())
        body[60:-60] = b"\xff" * (len(body) - 120)
        path.write_bytes(bytes(body))
    damaged = TantivyEngine(tmp_path)
    try:
        total(damaged)
        damaged.search(Query(EVERYTHING, words=parse("管理")))
    except EngineUnavailable:
        pass
    damaged.close()


def test_one_rebuild_at_a_time(tmp_path: Path) -> None:
    engine = TantivyEngine(tmp_path)
    rebuild = engine.rebuild()
    with pytest.raises(EngineUnavailable):
        engine.rebuild()
    rebuild.abandon()
    with pytest.raises(EngineUnavailable):
        rebuild.apply(CARDS[:1])
    engine.rebuild().abandon()
    assert list(tmp_path.glob("index-*")) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    home = tmp_path / "a file"
    home.write_text("no folder")
    engine = TantivyEngine(home)
    assert total(engine) == 0
    with pytest.raises(EngineUnavailable):
        engine.apply(CARDS[:1])


def test_a_pointer_comes_back_as_it_was_written(tmp_path: Path) -> None:
    pointer = Pointer("index-abc", whole=True)
    write_pointer(tmp_path, pointer)
    assert read_pointer(tmp_path) == pointer
    assert [path.name for path in tmp_path.iterdir()] == ["current"]


def test_counts_are_remembered_only_as_long_as_they_are_true(tmp_path: Path) -> None:
    engine = TantivyEngine(tmp_path)
    engine.apply(CARDS[:10])
    query = Query(EVERYTHING, facets=("kind",))
    first = engine.search(query)
    assert engine.search(query) == first
    engine.apply(CARDS[10:20])
    assert engine.search(query).total == 20
    assert sum(bucket.count for bucket in engine.search(query).facets["kind"]) == 20
    engine.close()


def test_opening_by_address(tmp_path: Path) -> None:
    from search.opening import open_engine

    assert open_engine("memory:", tmp_path).name == "memory"
    assert open_engine("tantivy:ix", tmp_path).name == "tantivy"
    with pytest.raises(ValueError, match="no search engine"):
        open_engine("ftp://somewhere", tmp_path)
