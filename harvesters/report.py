"""The report of a run: what became of every record, as text in two languages, JSON and CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import orjson

from catalog.record_problems import name_of
from harvesters.plan import Action
from standards.headings import named
from standards.problems import Problem, Text
from standards.tiers import tier_of, tiers

SHOWN = 20
_INDEX = re.compile(r"\[\d+\]")
OUTCOMES = {
    Action.CREATED: Text("新增", "created"),
    Action.UPDATED: Text("更新", "updated"),
    Action.UNCHANGED: Text("未变", "unchanged"),
    Action.RENAMED: Text("换号", "renamed"),
    Action.DELETED: Text("删除", "deleted"),
    Action.RESTORED: Text("已撤销删除", "restored"),
    Action.REJECTED: Text("退回", "rejected"),
    Action.WAITING: Text("待批准", "waiting for approval"),
    Action.KEPT: Text("保留未删", "kept"),
    Action.CREATE: Text("将新增", "to be created"),
    Action.UPDATE: Text("将更新", "to be updated"),
    Action.DELETE: Text("将删除", "to be deleted"),
    Action.RENAME: Text("将换号", "to be renamed"),
}
STATES = {
    "queued": Text("排队中", "queued"),
    "running": Text("进行中", "running"),
    "interrupted": Text("中断，将继续", "interrupted, will go on"),
    "done": Text("完成", "done"),
    "waiting for approval": Text("待批准", "waiting for approval"),
    "failed": Text("未能取得全部", "could not read everything"),
    "cancelled": Text("已中止", "cancelled"),
    "planned": Text("仅计划，未写入", "planned only, nothing written"),
}
COLUMNS = {
    "place": Text("位置", "place"),
    "key": Text("来源标识", "key"),
    "action": Text("结果", "outcome"),
    "entry": Text("目录条目", "entry"),
    "severity": Text("级别", "severity"),
    "tier": Text("影响", "tier"),
    "since": Text("始于", "since"),
    "element": Text("元素", "element"),
    "label": Text("元素名称", "element's name"),
    "rule": Text("规则", "rule"),
    "clause": Text("条款", "clause"),
    "value": Text("值", "value"),
    "message": Text("问题", "problem"),
    "suggestion": Text("应当怎样", "what would be right"),
}
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet may take for a formula; some read full width so too."""
_SEVERITIES = {"error": Text("错误", "error"), "warning": Text("提醒", "warning")}


@dataclass(frozen=True, slots=True)
class Since:
    """The first run in which a record of a source had a problem at an element, and its day."""

    run: int
    day: str

    def as_dict(self) -> dict[str, Any]:
        """As it is kept with a problem."""
        return {"run": self.run, "since": self.day}


@dataclass(frozen=True, slots=True)
class Line:
    """One record of the run with everything that was said about it."""

    place: str
    key: str
    action: Action
    entry: str | None = None
    problems: tuple[Problem, ...] = ()
    raw: str | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    """Where its problems are, by path, where the reader of the source told."""
    since: Mapping[str, Since] = field(default_factory=dict)
    """Since when it has each problem, by the problem's name."""

    def day(self, problem: Problem) -> str:
        """The day on which the problem was found first; empty where it is not known."""
        found = self.first(problem)
        return found.day if found else ""

    def first(self, problem: Problem) -> Since | None:
        """The first run that found the problem; None where it is not known."""
        return self.since.get(name_of(problem.rule, problem.path))


def cell(place: str, path: str, columns: Mapping[str, Mapping[str, str]]) -> str:
    """Where the element of a record is: its cell, in a source that has cells (``表1!C17``)."""
    sheet, _, row = place.rpartition("!")
    names = _INDEX.sub("", path)
    while names and sheet in columns:
        if names in columns[sheet]:
            return f"{sheet}!{columns[sheet][names]}{row}"
        names = names.rpartition(".")[0]
    return place


def label_of(each: Problem) -> Text:
    """What the element of a problem is called."""
    return named(each.path) or Text(each.path, each.path)


@dataclass(frozen=True)
class Report:
    """What a run did. `lines` reads the records anew at each call, so that size does not matter.

    `missing` records were not sent any more; every record fetched or missing has one outcome.
    """

    source: str
    run: int
    state: str
    complete: bool
    fetched: int
    missing: int
    counts: Mapping[Action, int]
    notes: tuple[Problem, ...] = ()
    remarks: tuple[tuple[int, Problem], ...] = ()
    """Warnings by rule and element: how many records they concern, and the first of them."""
    refusals: tuple[tuple[int, Problem], ...] = ()
    """The same of errors."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    news: Mapping[str, Any] = field(default_factory=dict)
    lines: Callable[[], Iterator[Line]] = lambda: iter(())

    def place(self, line: Line, problem: Problem) -> str:
        """Where in the source a problem of a record is."""
        if told := line.places.get(problem.path):
            return told
        return cell(line.place, problem.path, self.facts.get("columns", {}))

    def count(self, action: Action) -> int:
        """How many records had that outcome."""
        return self.counts.get(action, 0)

    @property
    def accounted(self) -> bool:
        """Whether the outcomes add up to what was fetched and what was missing."""
        return sum(self.counts.values()) == self.fetched + self.missing


def as_text(report: Report, language: str = "zh") -> str:
    """For a terminal: the sums, the notes, and the first records that were turned down."""
    said = _Words(language)
    numbered = Text(f"，第 {report.run} 次", f", run {report.run}") if report.run else Text("", "")
    head = said(
        Text(
            f"采集源 {report.source}{numbered.zh}：{STATES[report.state].zh}",
            f"Source {report.source}{numbered.en}: {STATES[report.state].en}",
        )
    )
    lines = [head, _sums(report, said)]
    lines += [f"  · {_sentence(note, said)}" for note in report.notes]
    lines += _tiers(report, said)
    lines += [_remark(number, first, said) for number, first in report.remarks[:SHOWN]]
    bad = (line for line in report.lines() if line.action is Action.REJECTED)
    for line in islice(bad, SHOWN):
        lines.append(f"  ✗ {line.place}  {line.key}")
        lines += [
            f"      {report.place(line, each)} {_labelled(each, said)}" + _days(line, each, said)
            for each in line.problems
            if each.is_error
        ]
    if (more := report.count(Action.REJECTED) - SHOWN) > 0:
        lines.append(said(Text(f"  …… 另有 {more} 条退回", f"  … and {more} more rejected")))
    return "\n".join(lines) + "\n"


def as_dict(report: Report) -> dict[str, Any]:
    """Everything as JSON values, every record that has something to say included."""
    return {
        **summary(report),
        "records": [_record(report, line) for line in _spoken(report)],
    }


def summary(report: Report) -> dict[str, Any]:
    """The sums and notes as JSON values."""
    return {
        "source": report.source,
        "run": report.run,
        "state": report.state,
        "complete": report.complete,
        "fetched": report.fetched,
        "missing": report.missing,
        "counts": {action.value: count for action, count in report.counts.items()},
        "accounted": report.accounted,
        "notes": [note.as_dict() for note in report.notes],
        "warnings": [{"records": n, "first": first.as_dict()} for n, first in report.remarks],
        "facts": dict(report.facts),
        "news": dict(report.news),
    }


def as_json(report: Report) -> bytes:
    """The report as a JSON document."""
    return orjson.dumps(as_dict(report), option=orjson.OPT_INDENT_2)


def as_csv(report: Report, language: str = "zh") -> Iterator[str]:
    """One row for each problem of each record, for a spreadsheet; begins with a byte order mark."""
    said = _Words(language)
    yield "\ufeff" + _row([said(column) for column in COLUMNS.values()])
    for line in _spoken(report):
        own = [line.key, said(OUTCOMES[line.action]), line.entry or ""]
        for each in line.problems:
            told = [
                *(report.place(line, each), *own),
                said(_SEVERITIES[each.severity]),
                said(tier_of(each).label),
                line.day(each),
                each.path,
                said(label_of(each)),
                *(each.rule, each.clause, each.value or "", said(each.message)),
                said(each.suggestion) if each.suggestion else "",
            ]
            yield _row(told)


class _Words:
    """Chooses the language."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __call__(self, text: Text) -> str:
        return text.in_language(self._language)


def _sums(report: Report, said: _Words) -> str:
    parts = [
        f"{said(OUTCOMES[action])} {count}" for action, count in report.counts.items() if count
    ]
    whole = Text("不完整", "not complete")
    if report.complete:
        part = report.facts.get("incremental")
        whole = Text("增量", "changes only") if part else Text("完整", "complete")
    fetched = said(Text(f"取得 {report.fetched} 条", f"{report.fetched} fetched"))
    if report.missing:
        fetched += said(Text(f"，消失 {report.missing} 条", f", {report.missing} missing"))
    account = (
        Text("每条都有着落", "every record accounted for")
        if report.accounted
        else Text("尚有记录没有结果", "some records have no outcome")
    )
    shape = Text("  {0}（{1}）", "  {0} ({1})")
    head = said(shape).format(fetched, said(whole))
    if not parts:
        return head
    sums = said(Text("，", ", ")).join(parts)
    return said(Text("{0}：{1}；{2}", "{0}: {1}; {2}")).format(head, sums, said(account))


def _tiers(report: Report, said: _Words) -> list[str]:
    """How many problems of each tier the source has now, and what has changed."""
    found = report.news.get("tiers", {})
    if not any(found.values()):
        return []
    parts = [f"{said(tier.label)} {found.get(tier.name, 0)}" for tier in tiers()]
    new, mended = report.news.get("new", 0), report.news.get("mended", 0)
    told = Text(f"；新增 {new}，已改正 {mended}", f"; {new} new, {mended} mended")
    return [f"  · {said(Text('，', ', ')).join(parts)}{said(told)}"]


def _labelled(each: Problem, said: _Words) -> str:
    """What is wrong, led by the element's name where the message does not say it."""
    label, sentence = said(label_of(each)), _sentence(each, said)
    return sentence if label in said(each.message) else f"{label}: {sentence}"


def _days(line: Line, each: Problem, said: _Words) -> str:
    day = line.day(each)
    return said(Text(f"（{day} 起）", f" (since {day})")) if day else ""


def _remark(number: int, first: Problem, said: _Words) -> str:
    many = "warning" if number == 1 else "warnings"
    told = Text(f"  ! {number} 条提醒", f"  ! {number} {many}")
    return f"{said(told)} {_labelled(first, said)}"


def _sentence(each: Problem, said: _Words) -> str:
    hint = f" → {said(each.suggestion)}" if each.suggestion else ""
    return f"{said(each.message)}{hint} [{each.clause}]"


def _spoken(report: Report) -> Iterator[Line]:
    return (line for line in report.lines() if line.problems or line.action is Action.REJECTED)


def _record(report: Report, line: Line) -> dict[str, Any]:
    return {
        "place": line.place,
        "key": line.key,
        "outcome": line.action.value,
        "entry": line.entry,
        "problems": [
            {
                **each.as_dict(),
                "label": label_of(each)._asdict(),
                "tier": tier_of(each).name,
                "place": report.place(line, each),
                "since": line.day(each) or None,
            }
            for each in line.problems
        ],
        "raw": line.raw,
    }


def _row(cells: list[str]) -> str:
    """One line of CSV; a cell that a spreadsheet would take for a formula is made plain text."""
    buffer = io.StringIO()
    safe = [f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells]
    csv.writer(buffer, lineterminator="\r\n").writerow(safe)
    return buffer.getvalue()
