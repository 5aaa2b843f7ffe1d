"""What is wrong with each record, since when, where, and what is mended; chosen records again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from catalog import record_problems
from catalog.record_problems import Wanted
from harvesters import noting
from harvesters.plan import Action
from harvesters.report import Line, Report
from tests.harvesting import Directory, counts, rules
from tests.oai import Item, Repository

XML = """<?xml version="1.0" encoding="UTF-8"?>
<metadataCollection>
{}
</metadataCollection>
"""
RECORD = """<metadata kind="document">
  <resTitle>{title}</resTitle>
  <docNum>{number}</docNum>
  <pubDate>{issued}</pubDate>
</metadata>"""
NUMBERS = ("沪水务〔2008〕11号", "沪水务〔2008〕12号", "沪水务〔2008〕13号")


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Directory]:
    made = Directory.made(tmp_path)
    yield made
    made.database.dispose()


def sent(folder: Path, *dates: str) -> str:
    """A file with one record for each date."""
    records = [
        RECORD.format(title=f"防汛通知{at}", number=NUMBERS[at], issued=issued)
        for at, issued in enumerate(dates)
    ]
    path = folder / "water.xml"
    path.write_text(XML.format("\n".join(records)), encoding="utf-8")
    return str(path)


def standing(directory: Directory, source: str, **wanted: object) -> list[Line]:
    """The records of the source that have problems now."""
    with directory.database.reading() as session:
        rows = record_problems.page(session, source, Wanted(**wanted))  # type: ignore[arg-type]
    return list(noting.lines(rows))


def refused(report: Report) -> list[Line]:
    """The records that a run rejected."""
    return [line for line in report.lines() if line.action is Action.REJECTED]


def test_a_problem_has_its_place_and_its_day(directory: Directory, tmp_path: Path) -> None:
    name = directory.source("water", "national-xml", sent(tmp_path, "2008-05-01", "2008-02-30"))
    first = directory.harvest(name)
    (line,) = refused(first)
    (wrong,) = [each for each in line.problems if each.is_error]
    assert (wrong.path, wrong.rule) == ("issued", "bad-date")
    place = "water.xml/metadataCollection/metadata[2]/pubDate L11"
    assert first.place(line, wrong) == place
    directory.clock.moment += timedelta(days=3)
    (line,) = refused(directory.harvest(name))
    since = line.since["bad-date issued"]
    assert since.run == first.run
    (line,) = standing(directory, name, tier="blocks")
    assert line.since["bad-date issued"] == since


def test_what_is_new_and_mended_is_told(directory: Directory, tmp_path: Path) -> None:
    name = directory.source("water", "national-xml", sent(tmp_path, "2008-05-01", "2008-02-30"))
    before = directory.harvest(name).news
    assert before["tiers"]["blocks"] == 1
    assert before["tiers"]["obligations"] > 0
    sent(tmp_path, "someday", "2008-02-28")
    after = directory.harvest(name).news
    assert after["tiers"]["blocks"] == 1
    assert [each[2] for each in after["first"]] == ["bad-date issued"]
    assert after["new"] == 1
    assert directory.harvest(name).news["new"] == 0


def test_what_has_left_the_source_is_forgotten(directory: Directory, tmp_path: Path) -> None:
    name = directory.source("water", "national-xml", sent(tmp_path, *["2008-02-30"] * 3))
    directory.harvest(name)
    sent(tmp_path, "2008-02-30")
    directory.harvest(name)
    assert len(standing(directory, name)) == 1


def test_chosen_records_alone_are_read_again(directory: Directory, tmp_path: Path) -> None:
    dates = ("2008-02-30", "2008-02-31", "2008-05-01")
    name = directory.source("water", "national-xml", sent(tmp_path, *dates))
    directory.harvest(name)
    sent(tmp_path, "2008-02-28", "2008-02-28")
    key = f"document-number:{NUMBERS[0]}"
    one = directory.harvest(name, only=[key])
    assert counts(one) == {"created": 1}
    assert rules(one) >= {"only-some"}
    assert not one.complete
    assert directory.living(name) == 2, "nothing is deleted, though one record is gone"
    assert [line.key for line in standing(directory, name, tier="blocks")] == [
        f"document-number:{NUMBERS[1]}"
    ]
    assert counts(directory.harvest(name, only="rejected")) == {"created": 1}
    assert standing(directory, name, tier="blocks") == []


def test_a_record_whose_key_came_of_its_fault_is_found_again(
    directory: Directory, tmp_path: Path
) -> None:
    table = tmp_path / "water.csv"
    table.write_text("标题,摘要,发布日期\n防汛通知,甲,2008-02-30\n", encoding="utf-8")
    name = directory.source("sheet", "spreadsheet", str(table), kind="document")
    directory.harvest(name)
    (line,) = standing(directory, name)
    assert line.key.startswith("content:")
    table.write_text("标题,摘要,发布日期\n防汛的通知,甲,2008-02-28\n", encoding="utf-8")
    assert counts(directory.harvest(name, only=[line.key])) == {"created": 1}
    assert standing(directory, name, tier="blocks") == []


def test_a_server_is_asked_for_chosen_records_one_by_one(directory: Directory) -> None:
    items = [Item(f"oai:water:{at}", f"通知{at}" * 1000) for at in range(6)]
    repository = Repository(items)
    name = directory.source("water", "oai-pmh", "https://water.example/oai", kind="document")
    first = directory.harvest(name, repository)
    (line, *_) = first.lines()
    (wrong,) = [each for each in line.problems if each.is_error]
    assert first.place(line, wrong).startswith("ListRecords[1]/record[1]/dc:title L")
    items[0].title = items[1].title = "防汛通知"
    items[2].deleted = True
    repository.asked.clear()
    keys = ["oai:water:0", "oai:water:2", "oai:water:gone"]
    again = directory.harvest(name, repository, only=keys)
    assert counts(again) == {"created": 1, "unchanged": 1}
    assert [each["verb"] for each in repository.asked] == ["GetRecord"] * 3
    assert len(standing(directory, name, tier="blocks")) == 4
    assert counts(directory.harvest(name, repository, only="rejected"))["created"] == 1
