"""Who may do what with a request for access; everybody else is told that there is none."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from catalog import agencies, audit
from catalog.access import receipts
from catalog.database import lock_logs
from catalog.errors import Forbidden, Invalid, NotFound, WrongState
from catalog.tables import AccessRequest
from catalog.viewers import Role, Viewer
from catalog.words import legible
from standards import personal
from standards.clocks import local_day
from standards.codelists import CodeList
from standards.problems import Problem, Text

CLAUSE_2019 = "《政府信息公开条例》"
SHARING_2016 = "《政务信息资源共享管理暂行办法》"
ARTICLE_29 = f"{CLAUSE_2019}第二十九条"
LONGEST_TEXT = 4000


class Kind(StrEnum):
    """Who asks: anybody, or an agency for its duties."""

    PUBLIC = "public"
    AGENCY = "agency"


class Access(StrEnum):
    """How far a request has come. The first three are the agency's, or the asker's, to go on."""

    RECEIVED = "received"
    CORRECTION = "correction"
    CONSULTING = "consulting"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


OPEN = (Access.RECEIVED, Access.CORRECTION, Access.CONSULTING)
RUNNING = (Access.RECEIVED, Access.CONSULTING)


def held(session: Session, number: str) -> AccessRequest:
    """The request as it stands, for a step that nobody else takes meanwhile."""
    lock_logs(session)
    row = session.get(AccessRequest, number, populate_existing=True)
    if row is None:
        raise missing(number)
    return row


def missing(number: str) -> NotFound:
    """There is no such request, or it is not theirs."""
    return NotFound(f"access request {number}")


def asks(session: Session, viewer: Viewer, row: AccessRequest, code: str = "") -> bool:
    """Whether they are the asking side: the receipt's holder, or of the agency that asked."""
    if row.kind == Kind.PUBLIC:
        return receipts.fits(row.number, code, row.secret)
    return row.asking_agency is not None and works_for(session, viewer, row.asking_agency)


def works_for(session: Session, viewer: Viewer, agency: str) -> bool:
    """Whether they hold a role in the agency or above it; one over the whole directory is none."""
    path = agencies.get(session, agency).path
    return viewer.operator or any(grant.agency in path for grant in viewer.grants)


def answers(session: Session, viewer: Viewer, row: AccessRequest) -> bool:
    """Whether they review what the agency answers, and have not asked themselves."""
    if row.asker and row.asker == viewer.name:
        return False
    return viewer.may(Role.REVIEWER, agencies.get(session, row.agency).path)


def to_answer(session: Session, actor: Viewer, number: str, *states: Access) -> AccessRequest:
    """The request for a step of the answering agency."""
    row = held(session, number)
    if not answers(session, actor, row):
        if not asks(session, actor, row):
            raise missing(number)
        raise Forbidden("nobody answers what they asked for themselves")
    return allowed(row, *states)


def to_ask(
    session: Session, actor: Viewer, number: str, code: str, *states: Access
) -> AccessRequest:
    """The request for a step of who asked."""
    row = held(session, number)
    if not asks(session, actor, row, code):
        raise missing(number)
    return allowed(row, *states)


def allowed(row: AccessRequest, *states: Access) -> AccessRequest:
    """The request, provided that it is in one of the states."""
    if row.state not in states:
        raise WrongState(row.number, row.state)
    return row


def tell(
    session: Session, actor: Viewer, row: AccessRequest, action: str, now: datetime, **details: Any
) -> None:
    """Chain the step to the audit log: days and codes alone, since what people write may name
    somebody and the log keeps it for ever.
    """
    told = {"number": row.number, **details}
    audit.append(session, actor.name, [audit.Event(action, row.entry, told)], now)


def problem(path: str, rule: str, clause: str, zh: str, en: str) -> Problem:
    """Something wrong with what was sent."""
    return Problem(path, rule, clause, "error", Text(zh, en))


def refuse(problems: list[Problem]) -> None:
    """Raise Invalid where anything is wrong."""
    if problems:
        raise Invalid(problems)


def needed(
    problems: list[Problem], path: str, text: str, most: int, clause: str, zh: str, en: str
) -> str:
    """The text trimmed, noting when it is missing or too long."""
    kept = legible(text)
    if not kept:
        problems.append(problem(path, "required", clause, zh, en))
    bounded(problems, path, kept, most)
    return kept


def bounded(problems: list[Problem], path: str, text: str, most: int) -> str:
    """The text trimmed, noting when it is too long."""
    kept = legible(text)
    if len(kept) > most:
        zh, en = f"不能超过 {most} 个字。", f"It has more than {most} characters."
        problems.append(problem(path, "length", "", zh, en))
    return kept


def impersonal(problems: list[Problem], path: str, text: str) -> str:
    """The text, noting where it tells an identifier of a person: it is kept in clear, and shown."""
    if personal.find(text):
        zh = "请不要在这里写证件号码、手机号码和银行卡号。"
        en = "Write no citizen numbers, mobile phone numbers or bank cards here."
        problems.append(problem(path, personal.RULE, personal.CLAUSE, zh, en))
    return text


def chosen(
    problems: list[Problem], path: str, value: str, known: CodeList, clause: str = ""
) -> str:
    """The code, noting when the list does not have it."""
    if known.get(value) is None:
        zh, en = f"请选择{known.label.zh}。", f"Choose one of: {known.label.en}."
        problems.append(problem(path, "code", clause or known.clause, zh, en))
    return value


def day_of(moment: datetime) -> date:
    """The day that counts where the agencies are."""
    return local_day(moment)
