"""Spreadsheets as bureaus send them: encodings, headers, cells, and what is broken."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.faults import HarvestFault
from harvesters.fetched import Fetched, Job
from harvesters.fetching import FakeFetcher
from harvesters.importing import examine
from harvesters.sources.delimited import encoding_of
from harvesters.sources.sheets import letters
from harvesters.sources.spreadsheet import Spreadsheet

HEADER = ("索引号", "标题", "发文机关", "成文日期")
ROW = ("000014349/2009-00001", "关于加强雨水泵站管理的通知", "上海市水务局", "2009-03-18")


def read(path: Path, **options: Any) -> list[Fetched]:
    job = Job(str(path), None, FakeFetcher({}), **options)
    return [record for page in Spreadsheet().pages(job) for record in page.records]


def rule(path: Path, **options: Any) -> str:
    with pytest.raises(HarvestFault) as caught:
        read(path, **options)
    return caught.value.problem.rule


def text(rows: Sequence[Sequence[str]], separator: str = ",") -> str:
    return "\n".join(separator.join(row) for row in rows) + "\n"


def workbook(path: Path, **sheets: Sequence[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [
        ("utf-8", ","),
        ("utf-8-sig", ","),
        ("gb18030", ","),
        ("utf-16", "\t"),
        ("utf-16-le", "\t"),
        ("gb18030", ";"),
        ("utf-8", "\t"),
        ("utf-8", "|"),
    ],
)
def test_encodings_and_separators_are_found_out(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    path = tmp_path / "目录.csv"
    path.write_bytes(text([HEADER, ROW], separator).encode(encoding))
    (record,) = read(path)
    assert record.values["title"] == ROW[1]
    assert record.key == f"index-number:{ROW[0]}"
    assert record.kind == "document"
    assert record.place == "目录.csv!2"


@given(st.text("上海市水务局关于 ,\"'，。；", min_size=1, max_size=60))
def test_any_chinese_text_survives_the_two_common_encodings(
    tmp_path_factory: Any, cell: str
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    quoted = '"' + cell.replace('"', '""') + '"'
    for encoding in ("utf-8", "gb18030"):
        path = folder / f"{encoding}.csv"
        path.write_bytes(f"标题,备注\n甲{encoding},x\n{quoted},y\n".encode(encoding))
        assert encoding_of(path) in ("utf-8", encoding)
        values = [record.values.get("title", "") for record in read(path)]
        assert values[1] == cell.strip()


def test_a_title_row_real_dates_and_a_second_sheet(tmp_path: Path) -> None:
    moment = datetime.datetime(2018, 12, 21)
    path = workbook(
        tmp_path / "目录.xlsx",
        说明=[["本表由办公室填写"], ["名称", "谁填"]],
        表1=[
            ["公文目录（2018）"],
            [],
            HEADER,
            [*ROW[:3], moment],
            [ROW[0] + "9", "第二件", "", 2018],
        ],
    )
    first, second = read(path)
    assert first.values["written"] == "2018-12-21"
    assert first.place == "表1!4"
    assert second.values["written"] == "2018"


def test_columns_may_begin_further_right_and_below(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表1"
    for at, (heading, value) in enumerate(zip(HEADER, ROW, strict=True)):
        sheet.cell(6, 3 + at, heading)
        sheet.cell(7, 3 + at, value)
    book.save(path)
    job = Job(str(path), None, FakeFetcher({}))
    pages = list(Spreadsheet().pages(job))
    (columns,) = [page.facts["columns"]["表1"] for page in pages if page.facts]
    assert columns["title"] == "D"
    assert [record.place for page in pages for record in page.records] == ["表1!7"]


def test_formulas_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('标题,备注\n=HYPERLINK("http://a"),x\n', encoding="utf-8")
    assert read(path)[0].values["title"] == '=HYPERLINK("http://a")'


def test_a_truncated_workbook_is_told_clearly(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 表1=[HEADER, ROW])
    path.write_bytes(path.read_bytes()[:-300])
    assert rule(path) == "file-broken"
    (tmp_path / "b.xlsx").write_bytes(b"<html>please log in</html>")
    assert rule(tmp_path / "b.xlsx") == "file-broken"
    (tmp_path / "c.xlsx").write_bytes(b"")
    assert rule(tmp_path / "c.xlsx") == "file-broken"


def test_a_swollen_workbook_is_not_unfolded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvesters.sources.workbook.UNFOLDED_LIMIT", 1_000_000)
    path = workbook(tmp_path / "a.xlsx", 表1=[HEADER, ROW])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b"0" * 5_000_000)
    assert rule(path) == "file-swollen"


@pytest.mark.parametrize("far", ["XFD1048576", "ZZ1048576"])
def test_a_cell_far_outside_costs_no_memory(tmp_path: Path, far: str) -> None:
    """A few kilobytes may claim billions of cells, which would end the process that reads them."""
    path = workbook(tmp_path / "a.xlsx", 表1=[HEADER, ROW])
    book = openpyxl.load_workbook(path)
    book["表1"][far] = "x"
    book.save(path)
    assert path.stat().st_size < 20_000
    assert rule(path) == "file-greedy"


def test_wrong_columns_name_what_is_there_and_what_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("甲方,乙方,金额\n一,二,3\n", encoding="utf-8")
    with pytest.raises(HarvestFault) as caught:
        read(path)
    problem = caught.value.problem
    assert problem.rule == "columns-unknown"
    for word in ("甲方", "金额", "标题"):
        assert word in problem.message.zh
        assert word in problem.message.en


def test_a_confirmed_mapping_is_used_and_missed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("文头,代号\n关于泵站的通知,7\n", encoding="utf-8")
    assert rule(path) == "columns-unknown"
    mapping = {"kind": "document", "columns": {"文头": "title"}, "source_key": "代号"}
    (record,) = read(path, mapping=mapping)
    assert record.values == {"title": "关于泵站的通知"}
    assert record.key == "number:7"
    path.write_text("文头二,代号\n关于泵站的通知,7\n", encoding="utf-8")
    assert rule(path, mapping=mapping) == "columns-missing"


def test_a_huge_field_costs_one_record(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("编号,标题,摘要\n1,甲,短\n2,乙,")
        for _ in range(50):
            file.write("长" * 350_000)
        file.write('\n3,丙,短\n4,丁,"')
        for _ in range(20_000):
            file.write("很长的一行文字\n")
        file.write('"\n5,戊,短\n')
    found = read(path)
    assert [record.values.get("title") for record in found] == ["甲", None, "丙", None, "戊"]
    assert [each.rule for record in found for each in record.problems] == ["field-too-large"] * 2
    assert found[1].place == "a.csv!3"


def test_an_open_quote_spoils_its_own_place_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('编号,标题\n1,5" 管道图\n2,乙\n3,"没有闭合\n4,丁\n', encoding="utf-8")
    found = read(path)
    assert [record.values.get("title") for record in found] == ['5" 管道图', "乙", None]
    assert found[2].problems[0].rule == "quote-unclosed"
    assert found[2].place == "a.csv!4"


def test_cells_beyond_the_header_are_a_row_split_wrongly(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("编号,标题,备注\n1,甲,乙,丙\n2,丁,,\n", encoding="utf-8")
    first, second = read(path)
    assert [each.rule for each in first.problems] == ["cells-surplus"]
    assert second.problems == ()


def test_a_bad_byte_spoils_one_record(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    body = text(
        [("编号", "标题"), *((str(n), f"关于第{n}号事项的通知") for n in range(200))]
    ).encode()
    path.write_bytes(body.replace("第7号".encode(), "第".encode() + b"\xff7" + "号".encode()))
    found = read(path)
    assert len(found) == 200
    assert [record.key for record in found if record.problems] == ["number:7"]


def test_empty_rows_and_repeated_headers_are_no_records(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text([HEADER, ROW, ("", "", "", ""), HEADER, ROW]), encoding="utf-8")
    assert len(read(path)) == 2


def test_reading_goes_on_from_a_checkpoint_while_the_file_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvesters.fetched.PAGE", 2)
    path = tmp_path / "a.csv"
    path.write_text(text([("编号", "标题"), *((str(n), f"第{n}件") for n in range(5))]), "utf-8")
    job = Job(str(path), None, FakeFetcher({}))
    pages = [page for page in Spreadsheet().pages(job) if page.records]
    assert [len(page.records) for page in pages] == [2, 2, 1]
    rest = read(path, checkpoint=pages[0].checkpoint)
    assert [record.key for record in rest] == ["number:2", "number:3", "number:4"]
    path.write_text(path.read_text("utf-8") + "9,新\n", "utf-8")
    again = list(
        Spreadsheet().pages(Job(str(path), None, FakeFetcher({}), checkpoint=pages[0].checkpoint))
    )
    assert again[0].again
    assert sum(len(page.records) for page in again) == 6


def test_columns_are_shown_before_an_import(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 表1=[[*HEADER, "颜色"], [*ROW, "红"]])
    examined = examine(path)
    assert examined is not None
    assert examined.columns["标题"] == "title"
    assert examined.unknown == ("颜色",)
    assert examined.samples[0]["颜色"] == "红"
    assert examine(tmp_path / "a.xml") is None


def test_columns_have_letters() -> None:
    assert [letters(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
