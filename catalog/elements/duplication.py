"""Duplicate collection (重复采集): the data elements that several agencies collect, who of them
answers for each, and who collects beside. Counted in one pass over the items that are kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog import agencies, audit, notices
from catalog.agencies import AgencyView
from catalog.audit import Event
from catalog.database import lock_logs
from catalog.elements.claims import ACCEPTED
from catalog.elements.linking import said, seen
from catalog.elements.registry import registry
from catalog.errors import Forbidden, NotFound
from catalog.proposals import needed
from catalog.tables import Claim, DuplicateException, Entry, EntryItem
from catalog.viewers import Role, Viewer
from standards.data_elements import DataElement

ROLES = (Role.REVIEWER, Role.AUDITOR, Role.ADMINISTRATOR)
DECIDING = (Role.REVIEWER, Role.ADMINISTRATOR)
AUTHORITY, EXCEPTED, BESIDE, UNSETTLED = "authority", "excepted", "beside", "unsettled"
NOTICE = "duplicate-collection"
LEAST = 2
"""Agencies that make a duplicate."""


@dataclass(frozen=True, slots=True)
class Collector:
    """An agency that collects an element: with how many entries, and how it stands to the one that
    answers for it; ``unsettled`` while nobody does.
    """

    agency: AgencyView
    entries: int
    standing: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An element that several agencies collect."""

    element: DataElement
    collectors: tuple[Collector, ...]

    @property
    def entries(self) -> int:
        """How many entries are affected."""
        return sum(each.entries for each in self.collectors)

    @property
    def settled(self) -> bool:
        """Whether somebody answers for it."""
        return any(each.standing == AUTHORITY for each in self.collectors)

    def count(self, standing: str) -> int:
        """How many of its collectors stand so."""
        return sum(each.standing == standing for each in self.collectors)


def report(session: Session, viewer: Viewer) -> list[Duplicate]:
    """The elements that several agencies collect, those with the most agencies first. Raises
    Forbidden for whoever does not review the directory.
    """
    admit(viewer)
    known, counts = registry(session), _counts(session, viewer)
    organs = agencies.some(session, {agency for each in counts.values() for agency in each})
    answering, excepted = _answering(session), _excepted(session)
    found = [
        Duplicate(
            known.get(code),
            tuple(
                _collector(organs[agency], count, code, answering, excepted)
                for agency, count in sorted(each.items(), key=lambda pair: (-pair[1], pair[0]))
            ),
        )
        for code, each in counts.items()
        if len(each) >= LEAST
    ]
    return sorted(found, key=lambda each: (-len(each.collectors), -each.entries, each.element.code))


def of_element(session: Session, viewer: Viewer, code: str) -> Duplicate:
    """The same for one element. Raises NotFound, also where it is collected once, and Forbidden."""
    found = next((each for each in report(session, viewer) if each.element.code == code), None)
    if found is None:
        raise NotFound(f"duplicate collection of {code}")
    return found


def notify(
    session: Session, actor: Viewer, code: str, chosen: Iterable[str], now: datetime
) -> list[str]:
    """Tell agencies that collect beside the one that answers; those that were told. Raises NotFound
    or Forbidden.
    """
    lock_logs(session)
    duplicate = _to_decide(session, actor, code)
    wanted = set(chosen)
    told = [
        each.agency.code
        for each in duplicate.collectors
        if each.agency.code in wanted and each.standing in (BESIDE, UNSETTLED)
    ]
    name = duplicate.element.name
    details = {"zh": name.zh, "en": name.en, "agencies": len(duplicate.collectors)}
    notices.tell(session, told, NOTICE, code, details, now)
    event = Event("duplicate collection told", None, {"element": code, "agencies": told})
    audit.append(session, actor.name, [event] if told else [], now)
    return told


def declare(
    session: Session, actor: Viewer, code: str, agency: str, reason: str, now: datetime
) -> None:
    """Let an agency go on collecting, for a reason. Raises NotFound, Forbidden or Invalid."""
    lock_logs(session)
    duplicate = _to_decide(session, actor, code)
    if agency not in {each.agency.code for each in duplicate.collectors}:
        raise NotFound(f"{agency} does not collect {code}")
    why = needed(reason)
    row = {"element": code, "agency": agency, "reason": why, "by": actor.name, "at": now}
    session.merge(DuplicateException(**row))
    session.flush()
    told = {"element": code, "agency": agency, "reason": why}
    audit.append(session, actor.name, [Event("duplicate collection excepted", None, told)], now)


def admit(viewer: Viewer) -> None:
    """Go on for those who review, audit or administer the whole directory. Raises Forbidden."""
    if not any(viewer.may(role) for role in ROLES):
        raise Forbidden("duplicate collection is reported to those who review the directory")


def may_decide(viewer: Viewer) -> bool:
    """Whether the viewer tells agencies and declares exceptions: for the whole directory."""
    return any(viewer.may(role) for role in DECIDING)


def _to_decide(session: Session, actor: Viewer, code: str) -> Duplicate:
    if not may_decide(actor):
        raise Forbidden("a reviewer of the whole directory decides on duplicate collection")
    return of_element(session, actor, code)


def _counts(session: Session, viewer: Viewer) -> Mapping[str, Mapping[str, int]]:
    """By element and agency: how many entries carry it."""
    known, told = registry(session), said(session)
    columns = (EntryItem.key, EntryItem.agency, EntryItem.family, EntryItem.declared)
    query = select(*columns, func.count()).where(seen(viewer)).group_by(*columns)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for key, agency, family, declared, count in session.execute(query):
        code, _ = told.means(known, agency, key, family, declared)
        if code:
            found[code][agency] = found[code].get(agency, 0) + count
    return found


def _answering(session: Session) -> set[tuple[str, str]]:
    """The elements with the agencies that answer for them, anywhere."""
    query = (
        select(Claim.element, Claim.agency)
        .join(Entry, Entry.identifier == Claim.entry)
        .where(Claim.state == ACCEPTED, Entry.served.is_not(None))
    )
    return {(row[0], row[1]) for row in session.execute(query)}


def _excepted(session: Session) -> Mapping[tuple[str, str], str]:
    columns = (DuplicateException.element, DuplicateException.agency, DuplicateException.reason)
    return {(row[0], row[1]): row[2] for row in session.execute(select(*columns))}


def _collector(
    organ: AgencyView,
    count: int,
    code: str,
    answering: set[tuple[str, str]],
    excepted: Mapping[tuple[str, str], str],
) -> Collector:
    mine = (code, organ.code)
    if mine in answering:
        return Collector(organ, count, AUTHORITY)
    if mine in excepted:
        return Collector(organ, count, EXCEPTED, excepted[mine])
    settled = any(element == code for element, _ in answering)
    return Collector(organ, count, BESIDE if settled else UNSETTLED)
