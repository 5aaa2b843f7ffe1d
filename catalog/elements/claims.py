"""One authoritative source for a data element and a scope (一数一源). An agency claims it with one
entry of its own, a reviewer of the centre decides; nobody decides on their own claim. Of claims
whose scopes overlap one at the most is accepted, whoever decides at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import agencies, audit, entries
from catalog.agencies import AgencyView
from catalog.audit import Event
from catalog.database import lock_logs
from catalog.elements import scopes
from catalog.elements.linking import items_of
from catalog.elements.registry import registry
from catalog.entries import EntryView
from catalog.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from catalog.proposals import needed
from catalog.proposals import said as wrong
from catalog.tables import Claim
from catalog.viewers import Role, Viewer
from catalog.visibility import may_write
from standards.data_elements import DataElement
from standards.problems import Problem, Text

OPEN, ACCEPTED, REFUSED = "open", "accepted", "refused"
REPLACED, ENDED, RETRACTED = "replaced", "ended", "retracted"
STATES = (OPEN, ACCEPTED, REFUSED, REPLACED, ENDED, RETRACTED)
STANDING = (OPEN, ACCEPTED)
PAGE = 100
HIGHEST = 2**31
"""Numbers are below it on every database."""
ROLES = tuple(Role)


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim with the entry by which it is made."""

    number: int
    element: DataElement
    division: str
    entry: EntryView | None
    """None when it has left the directory."""
    agency: AgencyView
    state: str
    reason: str
    by: str
    at: datetime
    decided_by: str = ""
    decision: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contest:
    """A claim and those with which it competes: overlapping scopes of one element."""

    claim: ClaimView
    rivals: tuple[ClaimView, ...]


def make(
    session: Session,
    actor: Viewer,
    code: str,
    entry: str,
    division: str,
    reason: str,
    now: datetime,
) -> int:
    """Claim that an entry is the authoritative source; the claim's number. Raises NotFound, Gone,
    Forbidden, Invalid (the entry lacks such an item, no reason) or Conflict (claimed already).
    """
    lock_logs(session)
    element = registry(session).get(code)
    view = entries.find(session, actor, entry)
    if not may_write(actor, view.agency.path):
        raise Forbidden(f"no registrar of {view.agency.code}")
    why = needed(reason)
    if not element.active or not scopes.known(division):
        zh = "没有这个范围，或者数据元已停用。"
        en = "There is no such scope, or the element is retired."
        raise Invalid([_bad("division", zh, en)])
    if view.served is None or entry not in items_of(session, actor, code, [entry]):
        zh = "这个条目没有已发布的信息项对应该数据元。"
        raise Invalid([_bad("entry", zh, "No published item of the entry carries the element.")])
    rivals = _overlapping(session, code, division)
    if any((each.entry, each.division) == (entry, division) for each in rivals):
        raise Conflict(f"{entry} is claimed for {code} already")
    row = Claim(
        element=code, division=division, agency=view.agency.code, entry=entry, state=OPEN,
        reason=why, by=actor.name, at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    told = {"claim": row.id, "element": code, "division": division, "reason": why}
    told["competing"] = [each.id for each in rivals]
    audit.append(session, actor.name, [Event("authority claimed", entry, told)], now)
    return row.id


def decide(
    session: Session,
    actor: Viewer,
    number: int,
    accept: bool,
    reason: str,
    now: datetime,
    replacing: Sequence[int] = (),
) -> None:
    """Accept or refuse a claim. ``replacing`` names the accepted claims that end with it: without
    all that overlap it, accepting is refused, so that nobody ends what they were not shown. Raises
    NotFound, Forbidden, Invalid (no reason), WrongState or Conflict.
    """
    lock_logs(session)
    row = _row(session, number)
    if not may_decide(session, actor, row):
        raise Forbidden(
            "a reviewer of the centre decides, and nobody on a claim of their own",
            Text(
                "由目录中心的审核员决定；自己的主张不能自己决定。",
                "A reviewer of the centre decides; nobody on their own claim.",
            ),
        )
    _in(row, OPEN)
    why = needed(reason)
    ended = []
    if accept:
        rivals = _overlapping(session, row.element, row.division)
        ended = [each for each in rivals if each.state == ACCEPTED]
        if {each.id for each in ended} != set(replacing):
            numbers = ", ".join(str(each.id) for each in ended) or "none"
            raise Conflict(f"accepted claims that it would replace: {numbers}")
        for each in ended:
            _close(each, REPLACED, actor, why, now)
        session.flush()  # before the new one takes their place
    _close(row, ACCEPTED if accept else REFUSED, actor, why, now)
    session.flush()
    told = {"claim": number, "element": row.element, "division": row.division, "reason": why}
    action = "authority accepted" if accept else "authority refused"
    told["replaced"] = [each.id for each in ended]
    audit.append(session, actor.name, [Event(action, row.entry, told)], now)


def end(session: Session, actor: Viewer, number: int, reason: str, now: datetime) -> None:
    """Let an accepted claim hold no longer (a reviewer of the centre), or take back an open one (a
    registrar of its agency). Raises NotFound, Forbidden, Invalid or WrongState.
    """
    lock_logs(session)
    row = _row(session, number)
    path = agencies.get(session, row.agency).path
    allowed = {OPEN: may_write(actor, path), ACCEPTED: _of_centre(actor, path, row.by)}
    if row.state not in allowed:
        _in(row, OPEN, ACCEPTED)
    if not allowed[row.state]:
        raise Forbidden(f"not yours to end: claim {number}")
    why, state = needed(reason), {OPEN: RETRACTED, ACCEPTED: ENDED}[row.state]
    _close(row, state, actor, why, now)
    session.flush()
    told = {"claim": number, "element": row.element, "division": row.division, "reason": why}
    audit.append(session, actor.name, [Event(f"authority {state}", row.entry, told)], now)


def may_decide(session: Session, viewer: Viewer, claim: Claim | ClaimView) -> bool:
    """Whether the viewer decides on the claim."""
    agency = claim.agency if isinstance(claim.agency, str) else claim.agency.code
    return _of_centre(viewer, agencies.get(session, agency).path, claim.by)


def standing(session: Session, viewer: Viewer, code: str) -> list[ClaimView]:
    """The accepted claims of an element whose entries the viewer may see, the widest scope first;
    to everybody else there is none.
    """
    query = select(Claim).where(Claim.element == code, Claim.state == ACCEPTED)
    rows = session.scalars(query.order_by(Claim.division, Claim.id)).all()
    shown = _views(session, viewer, rows)
    return [each for each in shown if each.entry and each.entry.served]


def listed(
    session: Session, viewer: Viewer, state: str = "", code: str = "", before: int = 0
) -> list[Contest]:
    """Claims with their rivals, the latest first, for whoever holds a role: those whose entry they
    may see, and for the whole directory also those whose entry has left it.
    """
    query = select(Claim).order_by(Claim.id.desc()).limit(PAGE)
    if state:
        query = query.where(Claim.state == state)
    if code:
        query = query.where(Claim.element == code)
    if before:
        query = query.where(Claim.id < before)
    rows = session.scalars(query).all()
    wanted = {row.element for row in rows}
    around = session.scalars(
        select(Claim).where(Claim.element.in_(wanted), Claim.state.in_(STANDING)).order_by(Claim.id)
    ).all()
    shown = {each.number: each for each in _views(session, viewer, [*rows, *around])}
    return [_contest(shown[row.id], shown.values()) for row in rows if row.id in shown]


def find(session: Session, viewer: Viewer, number: int) -> Contest:
    """The claim with its rivals. Raises NotFound."""
    row = _row(session, number)
    rivals = _overlapping(session, row.element, row.division)
    shown = {each.number: each for each in _views(session, viewer, [row, *rivals])}
    if number not in shown:
        raise NotFound(f"claim {number}")
    return _contest(shown[number], shown.values())


def _contest(claim: ClaimView, others: Iterable[ClaimView]) -> Contest:
    rivals = [
        each
        for each in others
        if each.number != claim.number
        and each.element.code == claim.element.code
        and each.state in STANDING
        and scopes.overlap(each.division, claim.division)
    ]
    return Contest(claim, tuple(rivals) if claim.state in STANDING else ())


def _overlapping(session: Session, code: str, division: str) -> list[Claim]:
    """The claims that stand for the element with a scope that overlaps."""
    query = select(Claim).where(Claim.element == code, Claim.state.in_(STANDING))
    rows = session.scalars(query.order_by(Claim.id).execution_options(populate_existing=True))
    return [row for row in rows if scopes.overlap(row.division, division)]


def _of_centre(viewer: Viewer, path: Sequence[str], claimant: str) -> bool:
    """Whether the viewer reviews at the top of the directory, and is neither the claimant nor their
    deputy.
    """
    if viewer.operator:
        return True
    return viewer.name != claimant and any(
        grant.role is Role.REVIEWER and grant.covers(path[-1:]) and grant.of != claimant
        for grant in viewer.grants
    )


def _row(session: Session, number: int) -> Claim:
    row = session.get(Claim, number, populate_existing=True) if number < HIGHEST else None
    if row is None:
        raise NotFound(f"claim {number}")
    return row


def _in(row: Claim, *states: str) -> None:
    if row.state not in states:
        raise WrongState(f"claim {row.id}", row.state)


def _close(row: Claim, state: str, actor: Viewer, why: str, now: datetime) -> None:
    row.state, row.decided_by, row.decision, row.decided_at = state, actor.name, why, now


def _bad(field: str, zh: str, en: str) -> Problem:
    return wrong(field, f"claim-{field}", zh, en)


def _views(session: Session, viewer: Viewer, rows: Sequence[Claim]) -> list[ClaimView]:
    known = registry(session)
    shown = {
        each.identifier: each
        for each in entries.some(session, viewer, sorted({row.entry for row in rows}))
    }
    organs = agencies.some(session, {row.agency for row in rows})
    whole = viewer.operator or any(grant.agency is None for grant in viewer.grants)
    fields = ("division", "state", "reason", "by", "at", "decided_by", "decision", "decided_at")
    return [
        ClaimView(
            number=row.id,
            element=known.get(row.element),
            entry=shown.get(row.entry),
            agency=organs[row.agency],
            **{name: getattr(row, name) for name in fields},
        )
        for row in dict.fromkeys(rows)
        if row.entry in shown or whole
    ]
