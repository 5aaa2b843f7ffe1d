"""Every source against what is real and what is hostile: every record is accounted for, what is
good is in, what is bad is kept with its errors, and nothing is deleted."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import openpyxl
import pytest

from catalog.viewers import OPERATOR
from harvesters.fetching import GuardedFetcher, Limits
from harvesters.importing import Import, import_file
from harvesters.plan import Action
from harvesters.report import Report, as_csv, as_json, as_text
from harvesters.sources import SOURCES, known
from standards.profile import Level
from tests.harvesting import CENTRE, OPEN, Directory, counts, rules
from tests.hostile import Answer, Reply, always, hostile
from tests.oai import Item, Repository, error
from tests.parts import fixtures, require

QUICK = Limits(attempts=4, backoff=0.01, seconds=10, silence=3, size=3_000_000)
ALLOWED = {"allow_private": True}


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    return Directory.made(tmp_path)


def imported(directory: Directory, path: Path, **more: object) -> Report:
    wishes = {"acceptance": "automatic", "defaults": OPEN} | more
    wanted = Import(path, CENTRE, **wishes)  # type: ignore[arg-type]
    report = import_file(directory.database, wanted, OPERATOR, directory.clock)
    assert report.accounted, report
    return report


def spoken(report: Report) -> None:
    """A report can be given in every form and language, and names a place and a rule."""
    for language in ("zh", "en"):
        assert as_text(report, language)
        assert list(as_csv(report, language))
    assert json.loads(as_json(report))["accounted"]


# Hostile files


def test_the_sources_are_known_by_their_names() -> None:
    assert {source.name for source in SOURCES} <= known().keys()


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9)).replace("&a0;", "&a;")
    + "]><metadataCollection><metadata><resTitle>&a8;</resTitle></metadata></metadataCollection>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<metadataCollection><metadata><resTitle>&x;</resTitle></metadata></metadataCollection>"
)
HALF = (
    "<政府信息公开目录>"
    "<信息><标题>第一件</标题><索引号>000014349/2009-00001</索引号></信息>\n"
    "<信息><标题>第二件</标题><索引号>000014349/2009-00002</索引号></信息>\n"
    "<信息><标题>第三件</标题><索"
)


@pytest.mark.parametrize("text", [BOMB, OUTSIDE], ids=["bomb", "external entity"])
def test_document_types_are_refused(directory: Directory, tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.xml"
    path.write_text(text, encoding="utf-8")
    report = imported(directory, path)
    assert report.state == "failed"
    assert rules(report) >= {"xml-doctype", "run-incomplete"}
    assert directory.titles() == []
    spoken(report)


def test_xml_that_breaks_off_gives_the_records_before(directory: Directory, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(HALF, encoding="utf-8")
    report = imported(directory, path)
    assert report.state == "failed"
    assert not report.complete
    assert {"第一件", "第二件"} <= set(directory.titles())
    (fault,) = [note for note in report.notes if note.rule == "xml-broken"]
    assert "L3" in fault.path
    spoken(report)


def test_a_broken_file_of_a_folder_deletes_nothing(directory: Directory, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in range(9):
        text = HALF.replace("2009-0000", f"200{number}-0000").rpartition("\n")[0]
        (folder / f"{number}.xml").write_text(f"{text}</政府信息公开目录>", encoding="utf-8")
    name = directory.source("文件夹", "national-xml", str(folder), deletion_limit=1.0)
    assert counts(directory.harvest(name)) == {"created": 18}
    (folder / "0.xml").write_text("<a><b>", encoding="utf-8")
    (folder / "3.xml").unlink()
    report = directory.harvest(name)
    assert counts(report) == {"unchanged": 14, "rejected": 1}
    assert directory.living(name) == 18
    (folder / "0.xml").unlink()
    assert counts(directory.harvest(name)) == {"unchanged": 14, "deleted": 4}


def test_two_files_with_one_identifier_are_told(directory: Directory, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("a", "b"):
        text = f"{HALF.rpartition(chr(10))[0]}</政府信息公开目录>"
        (folder / f"{name}.xml").write_text(text, encoding="utf-8")
    report = directory.harvest(directory.source("文件夹", "national-xml", str(folder)))
    assert counts(report) == {"created": 2, "rejected": 2}
    twins = [line for line in report.lines() if line.action is Action.REJECTED]
    assert all(line.place.startswith("b.xml") for line in twins)
    assert {each.rule for line in twins for each in line.problems} == {"duplicate-key"}


def test_a_truncated_workbook_changes_nothing(directory: Directory, tmp_path: Path) -> None:
    path = tmp_path / "目录.xlsx"
    book = openpyxl.Workbook()
    for row in [("编号", "标题"), ("1", "第一件"), ("2", "第二件")]:
        book.active.append(row)
    book.save(path)
    name = directory.source("表", "spreadsheet", str(path))
    assert counts(directory.harvest(name)) == {"created": 2}
    path.write_bytes(path.read_bytes()[:-200])
    report = directory.harvest(name)
    assert report.state == "failed"
    assert "file-broken" in rules(report)
    assert directory.living(name) == 2
    spoken(report)


def test_wrong_columns_are_named(directory: Directory, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("甲方,乙方\n一,二\n", encoding="utf-8")
    report = imported(directory, path)
    assert report.state == "failed"
    assert "columns-unknown" in rules(report)
    assert "甲方" in as_text(report)
    assert "标题" in as_text(report, "en")


def test_an_unknown_code_names_its_cell_and_what_would_be_right(
    directory: Directory, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("编号,标题,公开属性\n1,甲,主动公开\n2,乙,主动公示\n", encoding="utf-8")
    report = imported(directory, path)
    assert counts(report) == {"created": 1, "rejected": 1}
    table = "".join(as_csv(report, "en")).lstrip("\ufeff")
    (row,) = [row for row in csv.DictReader(StringIO(table)) if row["severity"] == "error"]
    assert row["place"] == "a.csv!C3"
    assert row["element"] == "disclosure.attribute"
    assert row["value"] == "主动公示"
    assert row["clause"]
    assert row["what would be right"]
    (bad,) = [line for line in report.lines() if line.action is Action.REJECTED]
    assert json.loads(bad.raw or "")["公开属性"] == "主动公示"


def test_a_field_of_fifty_megabytes_costs_one_record(directory: Directory, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("编号,标题,摘要\n1,甲,短\n2,乙,")
        for _ in range(50):
            file.write("x" * 1_000_000)
        file.write("\n3,丙,短\n")
    report = imported(directory, path)
    assert counts(report) == {"created": 2, "rejected": 1}
    assert directory.titles() == ["丙", "甲"]
    large = tmp_path / "a.xml"
    with large.open("w", encoding="utf-8") as file:
        file.write(
            "<目录><信息><标题>第一件</标题><索引号>000014349/2009-00001</索引号></信息><信息><摘要>"
        )
        for _ in range(50):
            file.write("x" * 1_000_000)
        file.write("</摘要></信息></目录>")
    report = imported(directory, large)
    assert "第一件" in directory.titles()
    assert report.count(Action.CREATED) == 1


# Hostile servers


def over_http(
    directory: Directory, answers: dict[str, Answer], protocol: str = "oai-pmh", path: str = "/oai"
) -> Report:
    with (
        hostile(answers) as address,
        GuardedFetcher(QUICK, permit=lambda _: True, sleep=lambda _: None) as fetcher,
    ):
        name = directory.source("对方", protocol, address + path, options=ALLOWED)
        return directory.harvest(name, fetcher)


def serving(repository: Repository, flaw: Callable[[dict[str, str]], Reply | None]) -> Answer:
    return lambda asked: flaw(asked) or Reply(repository.answer(asked))


def items(number: int) -> list[Item]:
    return [Item(f"oai:a:{at}", f"关于第{at}号事项的通知") for at in range(number)]


def test_an_answer_that_breaks_off_is_not_the_end_of_the_list(directory: Directory) -> None:
    repository = Repository(items(6))

    def flaw(asked: dict[str, str]) -> Reply | None:
        if asked.get("resumptionToken") == "/2":
            body = repository.answer(asked)
            return Reply(body[: body.index(b"oai:a:3") + 20])
        return None

    report = over_http(directory, {"/oai": serving(repository, flaw)})
    assert report.state == "failed"
    assert not report.complete
    assert counts(report) == {"created": 3}


def test_busy_servers_are_waited_for(directory: Directory) -> None:
    repository, busy = Repository(items(5)), [1, 1]

    def flaw(_: dict[str, str]) -> Reply | None:
        return Reply(status=503, headers={"Retry-After": "1"}) if busy and busy.pop() else None

    assert counts(over_http(directory, {"/oai": serving(repository, flaw)})) == {"created": 5}


def test_a_broken_record_does_not_spoil_its_page(directory: Directory) -> None:
    repository = Repository(items(4), page=4)

    def flaw(asked: dict[str, str]) -> Reply | None:
        body = repository.answer(asked)
        body = body.replace("第1号".encode(), "第&1号".encode())
        return Reply(body.replace("第2号".encode(), b"\xe7\xac2\x01"))

    report = over_http(directory, {"/oai": serving(repository, flaw)})
    assert counts(report) == {"created": 2, "rejected": 2}
    bad = [line for line in report.lines() if line.action is Action.REJECTED]
    assert [line.key for line in bad] == ["oai:a:1", "oai:a:2"]
    assert all(line.raw for line in bad)


@pytest.mark.parametrize("stated", ["2", "900"])
def test_a_wrong_size_is_told_and_less_than_stated_deletes_nothing(
    directory: Directory, stated: str
) -> None:
    repository = Repository(items(5))

    def flaw(asked: dict[str, str]) -> Reply | None:
        wrong = f'completeListSize="{stated}"'.encode()
        return Reply(repository.answer(asked).replace(b'completeListSize="5"', wrong))

    report = over_http(directory, {"/oai": serving(repository, flaw)})
    assert counts(report) == {"created": 5}
    assert "oai-size-differs" in rules(report)
    assert report.complete is (stated == "2")


def test_an_error_of_the_protocol_is_told(directory: Directory) -> None:
    report = over_http(directory, {"/oai": always(error("cannotDisseminateFormat"))})
    (note,) = [note for note in report.notes if note.rule == "oai-error"]
    assert "cannotDisseminateFormat" in note.message.en


def test_a_spreadsheet_may_lie_behind_an_address(directory: Directory) -> None:
    table = always("编号,标题\n1,甲\n".encode(), headers={"Content-Type": "text/csv"})
    report = over_http(directory, {"/目录.csv": table, "/a.csv": table}, "spreadsheet", "/a.csv")
    assert counts(report) == {"created": 1}


# Real records


@pytest.mark.parametrize(("file", "records"), [("documents.csv", 2214), ("datasets.csv", 1647)])
@pytest.mark.parametrize("level", list(Level))
def test_every_real_record_is_accounted_for(
    directory: Directory, file: str, records: int, level: Level
) -> None:
    report = imported(directory, fixtures() / "real" / file, level=level)
    assert report.state == "done"
    assert report.fetched == records
    assert report.count(Action.CREATED) + report.count(Action.REJECTED) == records
    bad = [line for line in report.lines() if line.action is Action.REJECTED]
    assert len(bad) == report.count(Action.REJECTED)
    for line in bad:
        errors = [each for each in line.problems if each.severity == "error"]
        assert errors
        assert line.raw
        for each in errors:
            assert each.clause
            assert "!" in report.place(line, each)
    if level is Level.MINIMAL:
        assert len(bad) <= records * 0.01
        again = imported(directory, fixtures() / "real" / file)
        assert again.count(Action.UNCHANGED) + again.count(Action.REJECTED) == records
        assert again.count(Action.REJECTED) == len(bad)


def test_the_state_council_is_read_alike_from_every_encoding_and_xml(directory: Directory) -> None:
    folder = fixtures()
    files = [
        *sorted((folder / "zh" / "state-council").glob("documents.*sv")),
        folder / "zh" / "state-council" / "documents.xlsx",
        *sorted((folder / "xml-national").glob("state-council-*.xml")),
    ]
    assert len(files) == 7
    wanted = [row["title"] for row in _state_council()]
    for path in files:
        report = imported(directory, path, name="国务院", level=Level.CORE)
        first = path == files[0]
        assert report.state == "done"
        assert counts(report) == {"created" if first else "unchanged": 60}, path.name
    assert directory.titles() == sorted(wanted)


def _state_council() -> list[dict[str, str]]:
    path = fixtures() / "zh" / "state-council" / "documents.json"
    found: list[dict[str, str]] = json.loads(path.read_text("utf-8"))
    return found


# Real servers


@pytest.mark.parametrize(("part", "records", "deleted"), [("oaipmh", 42, 4), ("pycsw", 38, 0)])
def test_a_real_server_is_harvested_twice(
    directory: Directory, part: str, records: int, deleted: int
) -> None:
    name = directory.source("真", "oai-pmh", require(part), options=ALLOWED)
    report = directory.harvest(name)
    assert report.state == "done", as_text(report, "en")
    assert report.complete
    assert report.fetched == records
    assert report.count(Action.CREATED) == records - deleted
    before = directory.served()
    again = directory.harvest(name, full=True)
    assert again.state == "done"
    assert again.count(Action.UNCHANGED) == records
    assert directory.served() == before
    assert directory.harvest(name).state == "done"


@pytest.mark.parametrize("part", ["oaipmh", "pycsw"])
def test_the_state_council_comes_over_oai_pmh(directory: Directory, part: str) -> None:
    fixtures()
    address = require(part).replace("/sample", "/state-council")
    report = directory.harvest(
        directory.source("国务院", "oai-pmh", address, options=ALLOWED, kind="document")
    )
    assert counts(report) == {"created": 60}
    assert directory.titles() == sorted(row["title"] for row in _state_council())
