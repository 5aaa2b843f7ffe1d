"""The agency's time: working days from receipt, longer by what the law leaves out or adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalog.tables import AccessRequest
from standards.clocks import due
from standards.workdays import Deadline, between

ANSWER = {"public": "answer", "agency": "sharing-answer"}
"""The clock of each kind of request."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count: others are consulted, at the most until ``until``."""

    begins: date
    until: date
    clock: str
    reason: str
    result: str = ""

    def without_texts(self) -> Pause:
        """As the asker sees it: who is consulted about what may name somebody."""
        return Pause(self.begins, self.until, self.clock, "")

    def row(self) -> dict[str, str]:
        """As it is kept."""
        return {
            "from": self.begins.isoformat(),
            "until": self.until.isoformat(),
            "clock": self.clock,
            "reason": self.reason,
            "result": self.result,
        }


def pauses(rows: Sequence[Mapping[str, Any]]) -> tuple[Pause, ...]:
    """The pauses as they are kept."""
    return tuple(
        Pause(
            date.fromisoformat(row["from"]),
            date.fromisoformat(row["until"]),
            row["clock"],
            row["reason"],
            row["result"],
        )
        for row in rows
    )


def deadline(kind: str, begins: date, paused: Sequence[Pause], *, extended: bool) -> Deadline:
    """The last day for an answer. What pauses after the usual end makes the extension longer."""
    spans = [(each.begins, each.until) for each in paused]
    usual = due(ANSWER[kind], begins, spans)
    if not extended:
        return usual
    later = due("extension", usual.day, spans)
    return Deadline(later.day, usual.provisional or later.provisional)


def reckon(row: AccessRequest) -> None:
    """Write down when the answer is due, after something that moves it."""
    begins = date.fromisoformat(row.begins)
    found = deadline(row.kind, begins, pauses(row.pauses), extended=row.extension is not None)
    row.due, row.provisional = found.day.isoformat(), found.provisional


def left(due_day: str, today: date) -> int:
    """The working days that are left; below 0 it is overdue."""
    return between(today, date.fromisoformat(due_day))
