"""Both engines over the judgement lists: no class of query may fall below its floor."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search.judging import accepted
from search.judging.table import table
from tests.judgements import Judged, real_directory, sample_directory
from tests.parts import require

DIRECTORIES: dict[str, Callable[[Path], Judged]] = {
    "sample": sample_directory,
    "real": real_directory,
}


@pytest.fixture(scope="module", params=list(DIRECTORIES))
def judged(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Judged]:
    made = DIRECTORIES[request.param](tmp_path_factory.mktemp(request.param))
    yield made
    made.database.dispose()


@pytest.mark.parametrize("name", ["tantivy", "elasticsearch"])
def test_no_class_is_below_its_floor(judged: Judged, name: str, tmp_path: Path) -> None:
    address = "tantivy:index"
    if name == "elasticsearch":
        address = f"{require(name)}/judging-{uuid.uuid4().hex[:8]}"
    engine = judged.filled(address, tmp_path)
    report = judged.report(engine)
    engine.close()
    assert report.absent == (), "each judgement means something that the public may see"
    lines = report.lines()
    before = accepted.read(judged.path)
    shown = "\n".join(table(lines, before))
    assert set(before) == {line.name for line in lines}, shown
    assert not accepted.falls(lines, before), shown
