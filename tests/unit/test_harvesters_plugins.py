"""Sources of third parties: found by their entry point, refused in words, harmless when broken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from harvesters.sources import known, others
from tests.harvesting import Directory, counts
from web.commands import main

CODE = """
from harvesters.fetched import Fetched, Page
from standards.problems import Text

class Ledger:
    name, label, suffixes, options = "ledger", Text("台账", "Ledger"), (), ()

    def pages(self, job):
        yield Page((Fetched("number:1", {"title": "泵站台账"}, "non-document", "1"),))

class Thief(Ledger):
    name = "oai-pmh"

def broken():
    raise RuntimeError("no driver")
"""
POINTS = """[mulu.sources]
ledger = mulu_ledger:Ledger
thief = mulu_ledger:Thief
broken = mulu_ledger:broken
absent = mulu_nowhere:Ledger
nothing = mulu_ledger:dict
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package with a source that works and four that do not."""
    (tmp_path / "mulu_ledger.py").write_text(
        CODE.replace("def broken", "dict = dict\n\ndef broken")
    )
    told = tmp_path / "mulu_ledger-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: mulu-ledger\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    known.cache_clear(), others.cache_clear()
    yield
    known.cache_clear(), others.cache_clear()


@pytest.mark.usefixtures("installed")
def test_one_that_works_is_harvested_and_the_broken_ones_are_named(tmp_path: Path) -> None:
    directory = Directory.made(tmp_path)
    directory.source("台账", "ledger", "anywhere")
    assert counts(directory.harvest("台账")) == {"created": 1}
    assert directory.titles() == ["泵站台账"]
    assert type(known()["oai-pmh"]).__module__ == "harvesters.sources.oai_pmh"
    told = {each.path.split(" = ")[0]: each for each in others().refused}
    assert {name: each.rule for name, each in told.items()} == {
        "mulu-ledger: absent": "plugin-broken",
        "mulu-ledger: broken": "plugin-broken",
        "mulu-ledger: nothing": "plugin-broken",
        "mulu-ledger: thief": "plugin-name-taken",
    }
    assert "no driver" in told["mulu-ledger: broken"].message.zh

    env = {
        "MULU_DATA_DIR": str(tmp_path),
        "MULU_SEARCH_URL": "memory:",
        "MULU_SECRET_KEY": "s" * 32,
    }
    status = CliRunner().invoke(main, ["--lang", "zh", "status"], env=env)
    assert status.exit_code == 0
    assert "采集插件“mulu-ledger: broken = mulu_ledger:broken”无法使用" in status.output
