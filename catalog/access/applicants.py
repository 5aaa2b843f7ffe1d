"""Who asks: what the law wants to know of a person, and who may look at it once it is sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from catalog.access.holding import (
    ARTICLE_29,
    OPEN,
    Access,
    answers,
    asks,
    bounded,
    chosen,
    held,
    missing,
    needed,
    problem,
    tell,
)
from catalog.access.sealing import Sealer
from catalog.errors import Forbidden, WrongState
from catalog.tables import Applicant
from catalog.viewers import Viewer
from standards.codelists import codelist
from standards.identifiers import citizen_number, credit_code
from standards.problems import Problem, Text

LONGEST_LINE, LONGEST_PURPOSE = 200, 1000
NUMBERS = {"credit-code": credit_code.problem, "citizen": citizen_number.problem}
"""Papers whose numbers have a check digit."""
CONTACTS = {
    "address": Text("通信地址", "an address"),
    "email": Text("电子邮箱", "an e-mail address"),
    "phone": Text("电话或传真号码", "a phone or fax number"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks (Art. 29 (1)): a name, a proof of identity, a contact; and, where they wish to tell
    it, what for: the Regulation of 2019 asks nobody for that.
    """

    name: str = ""
    paper: str = ""
    paper_number: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    purpose: str = ""


def checked(problems: list[Problem], given: Person) -> Person:
    """The person as it is kept, noting what is missing or wrong."""
    paper = chosen(problems, "paper", given.paper, codelist("identity-papers"), ARTICLE_29)
    person = Person(
        name=needed(
            problems, "name", given.name, LONGEST_LINE, ARTICLE_29,
            "请填写姓名或者名称。", "Give your name.",
        ),
        paper=paper,
        paper_number=needed(
            problems, "paper_number", given.paper_number, LONGEST_LINE, ARTICLE_29,
            "请填写证件号码。", "Give the number of your document.",
        ),
        phone=bounded(problems, "phone", given.phone, LONGEST_LINE),
        email=bounded(problems, "email", given.email, LONGEST_LINE),
        address=bounded(problems, "address", given.address, LONGEST_LINE),
        purpose=bounded(problems, "purpose", given.purpose, LONGEST_PURPOSE),
    )  # fmt: skip
    _right_number(problems, person)
    if not (person.phone or person.email or person.address):
        zh, en = "请至少填写一种联系方式。", "Give at least one way to reach you."
        problems.append(problem("phone", "contact", ARTICLE_29, zh, en))
    return person


def _right_number(problems: list[Problem], person: Person) -> None:
    right = NUMBERS.get(person.paper)
    wrong = right(person.paper_number) if right and person.paper_number else None
    if wrong:
        problems.append(problem("paper_number", "check-digit", ARTICLE_29, wrong.zh, wrong.en))


def delivery(problems: list[Problem], form: str, receiving: str, person: Person) -> None:
    """The form and the way of receiving, and the contact that the way needs."""
    chosen(problems, "form", form, codelist("access-forms"), ARTICLE_29)
    chosen(problems, "receiving", receiving, codelist("access-receiving"), ARTICLE_29)
    way = codelist("access-receiving").get(receiving)
    contact = way.extra.get("needs") if way else None
    if way and contact and not getattr(person, contact):
        zh = f"选择{way.label.zh}时，请填写{CONTACTS[contact].zh}。"
        en = f"To receive it {way.label.en.lower()}, give {CONTACTS[contact].en}."
        problems.append(problem(contact, "delivery", ARTICLE_29, zh, en))


def applicant(
    session: Session, actor: Viewer, number: str, sealer: Sealer, now: datetime
) -> Person:
    """Who asked, for the reviewers who deal with it; each look is an audit event. Raises NotFound,
    Forbidden, WrongState (deleted, or none of a person), Unreadable.
    """
    row = held(session, number)
    if not answers(session, actor, row):
        if not asks(session, actor, row):
            raise missing(number)
        raise Forbidden("only those who answer see who asked")
    kept = session.get(Applicant, number)
    if kept is None or row.state not in (*OPEN, Access.ANSWERED):
        raise WrongState(number, row.state)
    person = Person(**sealer.open(number, kept.sealed))
    tell(session, actor, row, "applicant seen", now)
    return person
