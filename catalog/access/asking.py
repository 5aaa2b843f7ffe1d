"""The asker's steps: asking, correcting, withdrawing (政府信息公开条例 Arts. 27 to 31)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from catalog import entries
from catalog.access import receipts
from catalog.access.applicants import LONGEST_PURPOSE, Person, checked, delivery
from catalog.access.grants import item_names
from catalog.access.holding import (
    ARTICLE_29,
    CLAUSE_2019,
    OPEN,
    SHARING_2016,
    Access,
    Kind,
    bounded,
    day_of,
    impersonal,
    needed,
    problem,
    refuse,
    tell,
    to_ask,
    works_for,
)
from catalog.access.sealing import Sealer
from catalog.access.timing import deadline, reckon
from catalog.database import lock_logs
from catalog.entries import EntryView
from catalog.errors import Forbidden, WrongState
from catalog.tables import AccessRequest, Applicant
from catalog.viewers import Viewer
from catalog.visibility import in_scope
from standards.problems import Problem
from standards.summary import summarize

ARTICLE_12 = f"{SHARING_2016}第十二条"
LONGEST_WHAT = 2000


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked for. ``agency`` asks for its duties; else ``person`` does."""

    what: str = ""
    items: tuple[str, ...] = ()
    form: str = ""
    receiving: str = ""
    person: Person | None = None
    agency: str | None = None
    purpose: str = ""
    """Of an agency."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the asker takes away. The code is shown this once; an agency needs none."""

    number: str
    code: str
    received_at: datetime
    due: date
    provisional: bool


def asks_as(viewer: Viewer, agency_path: Sequence[str]) -> Kind | None:
    """As what they may ask an agency: as anybody, or for the agency in which they hold a role. Who
    works for the one that answers does not ask it; as a person they ask after signing out, so that
    no role and no account is known together with a person.
    """
    if not viewer.signed_in:
        return Kind.PUBLIC
    if in_scope(viewer, agency_path) or not any(grant.agency for grant in viewer.grants):
        return None
    return Kind.AGENCY


def ask(
    session: Session, asker: Viewer, identifier: str, asking: Asking, sealer: Sealer, now: datetime
) -> Receipt:
    """Ask for the resource of an entry. Raises NotFound (also for what they may not know of), Gone,
    Moved, WrongState (not published), Forbidden or Invalid.
    """
    view = entries.find(session, asker, identifier)
    if view.served is None:
        raise WrongState(identifier, view.state)
    row, person = _row(session, asker, view, asking, now)
    lock_logs(session)
    row.number = receipts.mint(session, day_of(now))
    code = receipts.code() if person else ""
    row.secret = receipts.digest(row.number, code) if code else ""
    session.add(row)
    session.flush()
    if person:
        fields = {name: value for name, value in asdict(person).items() if value}
        session.add(Applicant(number=row.number, sealed=sealer.seal(row.number, fields)))
    tell(session, asker, row, "access asked", now, kind=row.kind, due=row.due)
    return Receipt(row.number, code, now, date.fromisoformat(row.due), row.provisional)


def correct(
    session: Session, asker: Viewer, number: str, text: str, now: datetime, code: str = ""
) -> None:
    """Say more precisely what is asked for; the agency's time starts anew (Art. 30)."""
    row = to_ask(session, asker, number, code, Access.CORRECTION)
    problems: list[Problem] = []
    kept = needed(
        problems, "text", text, LONGEST_WHAT, f"{CLAUSE_2019}第三十条",
        "请写明补正的内容。", "Write what is to be corrected.",
    )  # fmt: skip
    impersonal(problems, "text", kept)
    refuse(problems)
    today = day_of(now).isoformat()
    row.correction = {**(row.correction or {}), "text": kept, "on": today}
    row.state, row.begins = Access.RECEIVED, today
    reckon(row)
    tell(session, asker, row, "access corrected", now, due=row.due)


def withdraw(session: Session, asker: Viewer, number: str, now: datetime, code: str = "") -> None:
    """Ask no more. Who asked is deleted at once."""
    row = to_ask(session, asker, number, code, *OPEN)
    row.state, row.closed_by, row.closed_at = Access.WITHDRAWN, asker.name, now
    session.execute(delete(Applicant).where(Applicant.number == number))
    tell(session, asker, row, "access withdrawn", now)


def _row(
    session: Session, asker: Viewer, view: EntryView, asking: Asking, now: datetime
) -> tuple[AccessRequest, Person | None]:
    """The request, provided that nothing is wrong with it, and the person to be kept with it."""
    _allowed(session, asker, view, asking.agency)
    problems: list[Problem] = []
    what = _what(problems, asking, view)
    if asking.agency:
        person, purpose = None, _purpose(problems, asking)
    else:
        given = asking.person or Person()
        delivery(problems, asking.form, asking.receiving, given)
        person, purpose = checked(problems, given), ""
    refuse(problems)
    kind = Kind.AGENCY if asking.agency else Kind.PUBLIC
    begins = day_of(now)
    last = deadline(kind, begins, (), extended=False)
    row = AccessRequest(
        entry=view.identifier,
        agency=view.agency.code,
        title=summarize(view.shown.descriptor).title,
        kind=kind.value,
        asking_agency=asking.agency,
        asker=asker.name if asking.agency else "",
        what=what,
        items=list(dict.fromkeys(asking.items)),
        form=asking.form if person else "",
        receiving=asking.receiving if person else "",
        purpose=purpose,
        state=Access.RECEIVED.value,
        received_at=now,
        begins=begins.isoformat(),
        due=last.day.isoformat(),
        provisional=last.provisional,
        pauses=[],
        granted=[],
    )
    return row, person


def _allowed(session: Session, asker: Viewer, view: EntryView, agency: str | None) -> None:
    """An agency asks by somebody with a role in it, anybody else without a role."""
    kind = asks_as(asker, view.agency.path)
    if kind != (Kind.AGENCY if agency else Kind.PUBLIC):
        raise Forbidden("with a role in an agency one asks for that agency, and never one's own")
    if agency and not works_for(session, asker, agency):
        raise Forbidden(f"no role in {agency}")


def _what(problems: list[Problem], asking: Asking, view: EntryView) -> str:
    zh, en = "请写明要获取的内容，或者勾选信息项。", "Say what you ask for, or choose data items."
    if asking.items:
        kept = bounded(problems, "what", asking.what, LONGEST_WHAT)
    else:
        kept = needed(problems, "what", asking.what, LONGEST_WHAT, ARTICLE_29, zh, en)
    impersonal(problems, "what", kept)
    known = item_names(view.shown.descriptor)
    if set(asking.items) - set(known):
        zh, en = "有的信息项不在这个条目里。", "Some of the data items are not of this entry."
        problems.append(problem("items", "items-known", "", zh, en))
    return kept


def _purpose(problems: list[Problem], asking: Asking) -> str:
    kept = needed(
        problems, "purpose", asking.purpose, LONGEST_PURPOSE, ARTICLE_12,
        "请写明履行什么职责需要使用。", "Say for which of your duties it is needed.",
    )  # fmt: skip
    return impersonal(problems, "purpose", kept)
