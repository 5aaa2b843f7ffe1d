"""The agency's steps before its answer: asking for a correction, consulting others, taking longer
(政府信息公开条例 Arts. 30 to 34). Only reviewers of the entry's agency take them.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from catalog.access.holding import (
    CLAUSE_2019,
    LONGEST_TEXT,
    RUNNING,
    SHARING_2016,
    Access,
    Kind,
    day_of,
    needed,
    problem,
    refuse,
    tell,
    to_answer,
)
from catalog.access.timing import Pause, pauses, reckon
from catalog.tables import AccessRequest
from catalog.viewers import Viewer
from standards.clocks import clock
from standards.problems import Problem
from standards.workdays import after

CONSULTED = ("third-party", "co-maker")
"""The clocks of those who may be consulted: Art. 32, Art. 34."""


def ask_correction(
    session: Session, actor: Viewer, number: str, asked: str, until: date, now: datetime
) -> None:
    """Ask once, within 7 working days, for what is unclear; meanwhile no time runs (Art. 30)."""
    row = to_answer(session, actor, number, Access.RECEIVED)
    article, today = f"{CLAUSE_2019}第三十条", day_of(now)
    problems: list[Problem] = []
    kept = needed(
        problems, "asked", asked, LONGEST_TEXT, article,
        "请一次性写明要补正的事项。", "Say at once everything that is to be corrected.",
    )  # fmt: skip
    if row.correction:
        zh, en = "补正只能告知一次。", "A correction is asked for once only."
        problems.append(problem("asked", "once", article, zh, en))
    elif today > after(date.fromisoformat(row.begins), clock("correction").days).day:
        zh = "收到申请已经超过 7 个工作日，不能再要求补正。"
        en = "More than 7 working days have passed since it came in."
        problems.append(problem("asked", "in-time", article, zh, en))
    last = after(today, clock("correction-time").days).day
    if not today < until <= last:
        zh = f"补正期限应在今天以后，不晚于 {last.isoformat()}。"
        en = f"The day for the correction lies after today, by {last.isoformat()} at the latest."
        problems.append(problem("until", "reasonable", article, zh, en))
    refuse(problems)
    row.correction = {"asked": kept, "until": until.isoformat(), "asked_on": today.isoformat()}
    row.state = Access.CORRECTION
    tell(session, actor, row, "access correction asked", now, until=until.isoformat())


def consult(
    session: Session, actor: Viewer, number: str, whom: str, reason: str, now: datetime
) -> None:
    """Ask a third party or an agency that made it too, who have 15 working days; the agency's own
    clock stands still for no longer than that (Arts. 32 to 34).
    """
    row = to_answer(session, actor, number, Access.RECEIVED)
    article = f"{CLAUSE_2019}第三十二条"
    problems: list[Problem] = []
    if row.kind != Kind.PUBLIC:
        zh, en = (
            "部门之间的共享申请不因征求意见停止计时。",
            "Between agencies no clock stands still.",
        )
        problems.append(problem("whom", "public-only", f"{SHARING_2016}第十二条", zh, en))
    if whom not in CONSULTED:
        zh, en = "请选择征求谁的意见。", "Choose who is consulted."
        problems.append(problem("whom", "code", article, zh, en))
    kept = needed(
        problems, "consultation", reason, LONGEST_TEXT, article,
        "请写明为什么征求意见。", "Say why they are consulted.",
    )  # fmt: skip
    refuse(problems)
    today = day_of(now)
    pause = Pause(today, after(today, clock(whom).days).day, whom, kept)
    row.pauses = [*row.pauses, pause.row()]
    row.state = Access.CONSULTING
    reckon(row)
    until = pause.until.isoformat()
    tell(session, actor, row, "access consultation begun", now, whom=whom, until=until, due=row.due)


def resume(session: Session, actor: Viewer, number: str, result: str, now: datetime) -> None:
    """The others have answered, or kept silent: the clock goes on."""
    row = to_answer(session, actor, number, Access.CONSULTING)
    problems: list[Problem] = []
    kept = needed(
        problems, "result", result, LONGEST_TEXT, f"{CLAUSE_2019}第三十二条",
        "请写明征求到的意见；逾期未答复的也请写明。", "Say what they answered.",
    )  # fmt: skip
    refuse(problems)
    end_pause(row, kept, day_of(now))
    row.state = Access.RECEIVED
    reckon(row)
    tell(session, actor, row, "access consultation ended", now, due=row.due)


def extend(
    session: Session, actor: Viewer, number: str, reason: str, approved_by: str, now: datetime
) -> None:
    """Take 20 working days more, once, as the head of the office agrees and the asker is told
    (Art. 33).
    """
    row = to_answer(session, actor, number, *RUNNING)
    article = f"{CLAUSE_2019}第三十三条"
    problems: list[Problem] = []
    kept = needed(
        problems,
        "reason",
        reason,
        LONGEST_TEXT,
        article,
        "请写明延长的理由，申请人会看到。",
        "Say why; the asker will read it.",
    )
    head = needed(
        problems, "approved_by", approved_by, 200, article,
        "请写明同意延长的负责人。", "Name the head who agreed.",
    )  # fmt: skip
    if row.kind != Kind.PUBLIC:
        zh, en = "部门之间的共享申请不能延长。", "Between agencies the time is not extended."
        problems.append(problem("reason", "public-only", f"{SHARING_2016}第十二条", zh, en))
    if row.extension:
        zh, en = "只能延长一次。", "It is extended once only."
        problems.append(problem("reason", "once", article, zh, en))
    if day_of(now).isoformat() > row.due:
        zh, en = "答复期限已过，不能再延长。", "It is overdue and cannot be extended any more."
        problems.append(problem("reason", "in-time", article, zh, en))
    refuse(problems)
    today = day_of(now).isoformat()
    row.extension = {"reason": kept, "approved_by": head, "on": today}
    reckon(row)
    tell(session, actor, row, "access extended", now, due=row.due)


def end_pause(row: AccessRequest, result: str, today: date) -> None:
    """End the pause that runs, today or when the time of the others was over."""
    *before, last = pauses(row.pauses)
    ended = Pause(last.begins, min(last.until, today), last.clock, last.reason, result)
    row.pauses = [each.row() for each in (*before, ended)]
    reckon(row)
