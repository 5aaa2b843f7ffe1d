"""The agency's answer (政府信息公开条例 Arts. 33 to 37), by reviewers of the entry's agency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from catalog.access.grants import GRANTING, shared, unshareable
from catalog.access.handling import end_pause
from catalog.access.holding import (
    CLAUSE_2019,
    LONGEST_TEXT,
    RUNNING,
    SHARING_2016,
    Access,
    Kind,
    bounded,
    chosen,
    day_of,
    needed,
    problem,
    refuse,
    tell,
    to_answer,
)
from catalog.errors import Invalid
from catalog.tables import AccessRequest, Applicant
from catalog.viewers import Viewer
from standards.codelists import codelist
from standards.problems import Problem


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer: an outcome of Art. 36 and, as it needs them, ground, granted items, end date."""

    outcome: str
    reply: str
    ground: str = ""
    items: tuple[str, ...] = ()
    valid_until: date | None = None


def answer(
    session: Session, actor: Viewer, number: str, given: Answer, keep_days: int, now: datetime
) -> None:
    """Answer for good; who asked is kept for so many days more."""
    row = to_answer(session, actor, number, *RUNNING)
    problems: list[Problem] = []
    outcome = chosen(problems, "outcome", given.outcome, codelist("access-outcomes"))
    known = codelist("access-outcomes").get(outcome)
    if known and row.kind not in known.extra["asked_by"]:
        zh, en = "这种答复不适用于这类申请。", "This answer does not fit this kind of request."
        problems.append(
            problem("outcome", "asked-by", f"{CLAUSE_2019}{known.extra['article']['zh']}", zh, en)
        )
    reply = needed(
        problems, "reply", given.reply, LONGEST_TEXT, f"{CLAUSE_2019}第三十六条",
        "请写明答复的内容。", "Write the answer.",
    )  # fmt: skip
    ground = _ground(problems, given, known.extra if known else {})
    grants = outcome in GRANTING
    if grants:
        problems += _grant_problems(session, row, given, day_of(now))
    refuse(problems)
    if row.state == Access.CONSULTING:
        end_pause(row, "", day_of(now))
    row.outcome, row.ground, row.reply = outcome, ground, reply
    if grants:
        row.granted = list(dict.fromkeys(given.items))
    if grants and row.kind == Kind.AGENCY and given.valid_until:
        row.valid_until = given.valid_until.isoformat()
    _end(session, actor, row, Access.ANSWERED, keep_days, now)
    tell(
        session, actor, row, "access answered", now,
        outcome=outcome, granted=len(row.granted), valid_until=row.valid_until,
    )  # fmt: skip


def close(session: Session, actor: Viewer, number: str, keep_days: int, now: datetime) -> None:
    """Close what was not corrected in time: the asker has given it up (Art. 30)."""
    row = to_answer(session, actor, number, Access.CORRECTION)
    until = (row.correction or {}).get("until", "")
    if day_of(now).isoformat() <= until:
        zh, en = "补正期限还没有过。", "The time for the correction is not over yet."
        raise Invalid([problem("until", "past", f"{CLAUSE_2019}第三十条", zh, en)])
    _end(session, actor, row, Access.CLOSED, keep_days, now)
    tell(session, actor, row, "access closed", now)


def _ground(problems: list[Problem], given: Answer, rules: Mapping[str, Any]) -> str:
    ground = bounded(problems, "ground", given.ground, 500)
    if rules.get("ground") and not ground:
        zh, en = "请选择不予公开的法定依据。", "Choose the legal ground."
        problems.append(problem("ground", "ground", _article(rules), zh, en))
    return ground if rules.get("ground") else ""


def _article(rules: Mapping[str, Any]) -> str:
    return f"{CLAUSE_2019}{rules['article']['zh']}"


def _grant_problems(
    session: Session, row: AccessRequest, given: Answer, today: date
) -> list[Problem]:
    """What keeps an agency from granting: a granted item is one of the entry's that may be shared,
    and access of another agency has its end.
    """
    problems = []
    if unshareable(session, row.entry, given.items):
        zh, en = "有的信息项不在这个条目里。", "Some of the data items are not of this entry."
        problems.append(problem("items", "items-known", "", zh, en))
    if row.kind == Kind.PUBLIC:
        return problems
    article = f"{SHARING_2016}第十二条"
    summary = shared(session, row.entry)
    if summary is None:
        zh = "条目没有发布或者不予共享，不能同意。"
        en = "The entry is not published or not shared; it cannot be granted."
        problems.append(problem("outcome", "shared", article, zh, en))
    elif summary.items and not given.items:
        zh, en = "请勾选同意提供的信息项。", "Choose the data items that are granted."
        problems.append(problem("items", "required", article, zh, en))
    if given.valid_until is None or given.valid_until < today:
        zh, en = "请填写使用期限，不早于今天。", "Give the last day of use, today or later."
        problems.append(problem("valid_until", "future", article, zh, en))
    return problems


def _end(
    session: Session, actor: Viewer, row: AccessRequest, state: Access, keep: int, now: datetime
) -> None:
    row.state, row.closed_by, row.closed_at = state, actor.name, now
    session.execute(
        update(Applicant)
        .where(Applicant.number == row.number)
        .values(delete_after=now + timedelta(days=keep))
    )
