"""Standing in for somebody who is away: the deputy reviews as the absent reviewer could, from one
day to another, and every deed says for whom.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog import accounts, audit
from catalog.audit import Event
from catalog.database import lock_logs
from catalog.errors import Forbidden, Invalid, NotFound
from catalog.proposals import said
from catalog.tables import Account, AccountGrant, Delegation
from catalog.viewers import Grant, Role, Viewer
from standards.clocks import local_day

MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who stands in for whom, on which days, both inclusive."""

    number: int
    absent: str
    deputy: str
    begins: str
    ends: str


def delegate(
    session: Session,
    actor: Viewer,
    absent: str,
    deputy: str,
    begins: date,
    ends: date,
    now: datetime,
) -> StandIn:
    """Let somebody stand in for a reviewer: by the reviewer, or an administrator of the directory.

    Raises NotFound, Forbidden or Invalid.
    """
    _own_or_administrator(actor, absent)
    away = accounts.by_username(session, absent)
    accounts.by_username(session, deputy)
    if absent == deputy or not away.holds(Role.REVIEWER):
        zh, en = (
            "请选择另一个人；只有审核员需要代办。",
            "Choose somebody else; only reviewers have deputies.",
        )
        raise Invalid([said("deputy", "deputy", zh, en)])
    if not local_day(now) <= ends or not begins <= ends or (ends - begins).days > MOST_DAYS:
        zh, en = "起止日期有误。", "The days are in the wrong order, past, or too far apart."
        raise Invalid([said("ends", "ends", zh, en)])
    lock_logs(session)
    row = Delegation(
        absent=absent, deputy=deputy, begins=begins.isoformat(), ends=ends.isoformat(), created=now
    )
    session.add(row)
    session.flush()
    told = {"absent": absent, "deputy": deputy, "begins": row.begins, "ends": row.ends}
    audit.append(session, actor.name, [Event("deputy named", None, told)], now)
    return _view(row)


def end(session: Session, actor: Viewer, number: int, now: datetime) -> None:
    """Let it be over before its time: by the absent, the deputy, or an administrator. Raises
    NotFound, also to all others.
    """
    lock_logs(session)
    row = session.get(Delegation, number)
    theirs = row is not None and actor.name in (row.absent, row.deputy)
    if row is None or not (theirs or actor.may(Role.ADMINISTRATOR)):
        raise NotFound(f"delegation {number}")
    session.execute(delete(Delegation).where(Delegation.id == number))
    told = {"absent": row.absent, "deputy": row.deputy}
    audit.append(session, actor.name, [Event("deputy ended", None, told)], now)


def concerning(session: Session, viewer: Viewer) -> list[StandIn]:
    """Those that name the viewer; all of them for an administrator of the directory."""
    query = select(Delegation).order_by(Delegation.begins, Delegation.id)
    if not viewer.may(Role.ADMINISTRATOR):
        own = (Delegation.absent == viewer.name) | (Delegation.deputy == viewer.name)
        query = query.where(own)
    return [_view(row) for row in session.scalars(query)]


def with_absent(session: Session, viewer: Viewer, now: datetime) -> Viewer:
    """The viewer with the reviewers' roles of those for whom they stand in today."""
    return _with(viewer, _lent(session, now, viewer.name))


def everybody(session: Session, now: datetime) -> list[Viewer]:
    """Every open account as it may act today."""
    lent = _lent(session, now)
    return [_with(each, lent) for each in accounts.every(session)]


def _lent(session: Session, now: datetime, deputy: str | None = None) -> dict[str, list[Grant]]:
    """The roles that are lent today, by deputy."""
    today = local_day(now).isoformat()
    query = (
        select(Delegation.deputy, Delegation.absent, AccountGrant.agency)
        .join(Account, Account.username == Delegation.absent)
        .join(AccountGrant, AccountGrant.account == Account.id)
        .where(
            Delegation.begins <= today,
            Delegation.ends >= today,
            Account.active.is_(True),
            AccountGrant.role == Role.REVIEWER.value,
        )
    )
    if deputy is not None:
        query = query.where(Delegation.deputy == deputy)
    found: dict[str, list[Grant]] = {}
    for stands_in, absent, agency in session.execute(query):
        found.setdefault(stands_in, []).append(Grant(Role.REVIEWER, agency, absent))
    return found


def _with(viewer: Viewer, lent: dict[str, list[Grant]]) -> Viewer:
    given = lent.get(viewer.name, ())
    return replace(viewer, grants=(*viewer.grants, *given)) if given else viewer


def _own_or_administrator(actor: Viewer, absent: str) -> None:
    if actor.name != absent and not actor.may(Role.ADMINISTRATOR):
        raise Forbidden("only the absent or an administrator of the directory names a deputy")


def _view(row: Delegation) -> StandIn:
    return StandIn(row.id, row.absent, row.deputy, row.begins, row.ends)
