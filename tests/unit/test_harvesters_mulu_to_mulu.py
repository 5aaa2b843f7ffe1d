"""From one directory to another by plain OAI-PMH in Mulu's own format: nothing is lost on the way,
and nothing comes back.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from catalog import entries, origins
from catalog.database import Database
from catalog.viewers import PUBLIC
from standards.profile import profile
from tests.harvesting import Directory
from tests.nodes import Link
from tests.websites import furnish, website

ADDRESS = "https://one.example.gov.cn/oai"


def _public(database: Database) -> dict[str, dict[str, Any]]:
    """What the public sees, by title, without what each directory assigns by itself."""
    with database.reading() as session:
        views = entries.page(session, PUBLIC, "", 100)
    told = {}
    for view in views:
        kind = view.shown.descriptor.kind
        assigned = {use.element.name for use in profile(kind).elements if use.assigned}
        values = view.shown.descriptor.values
        kept = {name: value for name, value in values.items() if name not in assigned}
        told[str(kept["title"])] = {"kind": kind, **kept}
    return told


def test_what_is_harvested_is_what_was_published(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with website(tmp_path / "one", node="one") as site:
        made = furnish(site)
        two = Directory.made(tmp_path / "two")
        two.source("one", "oai-pmh", ADDRESS, defaults={}, options={"prefix": "mulu"})
        report = two.harvest("one", Link(site.app))
        assert (report.counts, report.complete) == ({"created": 2, "unchanged": 1}, True)
        assert _public(two.database) == _public(site.offices.database)
        with two.database.reading() as session:
            chains = origins.of(session, list(two.served()))
        hops = {chain[0] for chain in chains.values()}
        assert hops == {origins.Hop("one", made["served"]), origins.Hop("one", made["data"])}
        assert two.harvest("one", Link(site.app)).counts.keys() == {"unchanged"}


def test_what_was_here_before_is_not_taken_back(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with website(tmp_path / "one", node="one") as site:
        furnish(site)
        two = Directory.made(tmp_path / "two")
        with two.database.writing() as session:
            origins.introduce(session, ["one"], two.clock.now())
        two.source("one", "oai-pmh", ADDRESS, defaults={}, options={"prefix": "mulu"})
        report = two.harvest("one", Link(site.app))
        assert report.counts == {"rejected": 2, "unchanged": 1}
        assert {said.rule for _, said in report.refusals} == {"came-from-here"}
        assert two.served() == {}
