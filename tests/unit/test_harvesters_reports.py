"""Reports: every form and language says the same, safely, and every record is accounted for."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from harvesters import keys
from harvesters.faults import problem
from harvesters.keys import LENGTH, key
from harvesters.plan import Action
from harvesters.report import COLUMNS, Line, Report, as_csv, as_dict, as_json, as_text, cell
from harvesters.standing import MOST_NOTES, Standing
from standards.problems import Problem, Text

WRONG = Problem(
    path="disclosure.attribute",
    rule="unknown-code",
    clause="条例第13条",
    severity="error",
    message=Text("不在代码表中", "not in the code list"),
    suggestion=Text("写“主动公开”", "write proactive"),
    value="=cmd()",
)
COLUMN = {"columns": {"表1": {"title": "B", "disclosure": "C"}}}


def report(*lines: Line, fetched: int | None = None) -> Report:
    counts: dict[Action, int] = {}
    for line in lines:
        counts[line.action] = counts.get(line.action, 0) + 1
    return Report(
        source="水务",
        run=7,
        state="done",
        complete=True,
        fetched=len(lines) if fetched is None else fetched,
        missing=0,
        counts=counts,
        notes=(problem("run-incomplete", severity="warning"),),
        remarks=((3, WRONG),),
        facts=COLUMN,
        lines=lambda: iter(lines),
    )


BAD = Line("表1!17", "number:1", Action.REJECTED, None, (WRONG,), '{"公开属性": "=cmd()"}')
GOOD = Line("表1!18", "number:2", Action.CREATED, "310A7-000001")


def test_problems_name_their_cell() -> None:
    assert cell("表1!17", "disclosure.attribute", COLUMN["columns"]) == "表1!C17"
    assert cell("表1!17", "title", COLUMN["columns"]) == "表1!B17"
    assert cell("表1!17", "provider[0].name", COLUMN["columns"]) == "表1!17"
    assert cell("a.xml/目录/信息[3] L5", "title", {}) == "a.xml/目录/信息[3] L5"


def test_text_is_plain_in_both_languages() -> None:
    chinese, english = (as_text(report(BAD, GOOD), language) for language in ("zh", "en"))
    assert "表1!C17" in chinese
    assert "不在代码表中" in chinese
    assert "主动公开" in chinese
    assert "每条都有着落" in chinese
    assert "not in the code list" in english
    assert "1 created" in english or "created 1" in english


def test_a_sum_that_does_not_add_up_is_said() -> None:
    assert not report(GOOD, fetched=2).accounted
    assert "some records have no outcome" in as_text(report(GOOD, fetched=2), "en")


def test_json_holds_everything() -> None:
    told = json.loads(as_json(report(BAD, GOOD)))
    assert told["accounted"] is True
    assert told["counts"] == {"rejected": 1, "created": 1}
    (record,) = told["records"]
    assert record["problems"][0]["place"] == "表1!C17"
    assert record["raw"]
    assert told == json.loads(json.dumps(as_dict(report(BAD, GOOD))))


def test_csv_runs_no_formula() -> None:
    table = "".join(as_csv(report(BAD, GOOD), "en"))
    assert table.startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(table.lstrip("\ufeff")))
    assert list(row) == [column.en for column in COLUMNS.values()]
    assert row["value"] == "'=cmd()"
    assert row["place"] == "表1!C17"


def test_a_standing_survives_its_checkpoint() -> None:
    standing = Standing(at={"token": "/2"}, fetched=4, facts={"moment": "x"})
    standing.count(Action.CREATED, 3)
    standing.note([problem("run-incomplete"), problem("run-incomplete")])
    warning = problem("agency-unknown", value="甲", severity="warning")
    standing.remark([warning, warning])
    standing.miss_agency("乙", 2)
    kept = Standing.from_dict(json.loads(json.dumps(standing.as_dict())))
    assert kept == standing
    assert len(kept.notes) == 1
    assert Standing.from_dict({}) == Standing()


def test_notes_are_bounded() -> None:
    standing = Standing()
    standing.note([problem("host-unknown", value=str(n)) for n in range(MOST_NOTES * 2)])
    assert len(standing.notes) == MOST_NOTES


@given(st.text(max_size=2000), st.text(max_size=2000))
def test_keys_are_bounded_and_tell_texts_apart(one: str, other: str) -> None:
    first, second = (key("document", {}, own=f"x{text}") for text in (one, other))
    assert len(first) < LENGTH + 50
    if first == second:
        assert one.split() == other.split()


def test_keys_prefer_the_sources_own_number_then_the_standards() -> None:
    values = {"title": "甲", "index_number": "000014349/2009-00001", "document_number": "沪府发1号"}
    assert key("document", values, own="7") == "number:7"
    assert key("document", values) == "index-number:000014349/2009-00001"
    del values["index_number"]
    assert key("document", values) == "document-number:沪府发1号"
    del values["document_number"]
    assert key("document", values).startswith("content:")
    assert key("document", values) == key("document", {**values, "abstract": "别的摘要"})
    assert key("document", values) != key("document", {"title": "乙"})


def test_what_keys_are_made_of_is_said_in_words_and_only_where_something_was_read() -> None:
    assert keys.notes(Counter()) == ()
    (said,) = keys.notes(Counter({"document-number": 3, "content": 1}))
    assert said.message.zh == "识别记录的依据：发文字号（3 条）、内容（1 条）。"
    assert said.message.en.endswith("Document number (3), what they say (1).")


def test_nothing_read_gives_no_sums() -> None:
    lines = as_text(report(), "en").splitlines()
    assert lines[1] == "  0 fetched (complete)"
    assert "3 warnings" in lines[-1]
