"""The findings as those see them who answer for their agencies, and the one click that follows: a
request to decide anew.

A finding is for reviewers, auditors and administrators who hold that role over one of its entries'
agencies and may see every entry in it: then it tells of nothing that is not theirs to know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, not_, select, true, update
from sqlalchemy.orm import Session

from catalog import agencies
from catalog.consistency.finding import MOST
from catalog.consistency.keeping import ROLES, last
from catalog.database import lock_logs
from catalog.errors import Forbidden, NotFound, WrongState
from catalog.requests.model import OPEN, values
from catalog.requests.proposing import ask_anew
from catalog.tables import AgencyAbove, Entry, FindingEntry, FindingRow, Request, Version
from catalog.viewers import Viewer
from catalog.visibility import condition
from search.card import Stage
from standards.consistency import wording
from standards.problems import Text


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry of a finding as it is served now; ``request`` is what was asked because of it."""

    identifier: str
    title: str
    agency: str
    kind: str
    disclosure: str
    disclosure_ground: str
    sharing: str
    sharing_ground: str
    beside: bool
    request: int | None
    open_request: bool
    mine: bool
    """Whether the viewer may ask that it be decided anew."""


@dataclass(frozen=True, slots=True)
class FoundView:
    """A finding with its entries: of many, the first, and how many there are."""

    key: str
    rule: str
    told: Text
    found: datetime
    entries: tuple[FoundEntry, ...]
    total: int
    askable: int
    """For how many of its entries the viewer can ask, none having been asked."""


@dataclass(frozen=True, slots=True)
class Findings:
    """A page of findings; ``next`` is the cursor of the following one."""

    findings: tuple[FoundView, ...]
    total: int
    rules: Mapping[str, int]
    agencies: Mapping[str, int]
    next: str | None = None


def listed(
    session: Session,
    viewer: Viewer,
    rule: str = "",
    agency: str = "",
    size: int = 20,
    cursor: str = "",
) -> Findings:
    """The findings that are not settled, by rule and name, as far as they are the viewer's."""
    scope = _scope(viewer)
    about = _about(agency) if agency else true()
    by_rule = select(FindingRow.rule, func.count()).where(scope, about).group_by(FindingRow.rule)
    rules = {row[0]: row[1] for row in session.execute(by_rule)}
    wanted = and_(scope, about, FindingRow.rule == rule if rule else true())
    page = select(FindingRow).where(wanted, FindingRow.key > cursor)
    rows = session.scalars(page.order_by(FindingRow.key).limit(size + 1)).all()
    shown = rows[:size]
    return Findings(
        findings=tuple(_views(session, viewer, shown)),
        total=rules.get(rule, 0) if rule else sum(rules.values()),
        rules=rules,
        agencies=_by_agency(session, and_(scope, FindingRow.rule == rule if rule else true())),
        next=shown[-1].key if len(rows) > size else None,
    )


def follow(session: Session, viewer: Viewer, key: str, now: datetime) -> dict[str, int]:
    """Ask that the finding's entries be decided anew; the request of each by its identifier.

    An entry is asked about once: not again as long as that request is open, nor after it until the
    audit has run again. Raises NotFound (also for who may not see it), Forbidden or WrongState
    (nothing is left to ask).
    """
    lock_logs(session)
    row = session.scalars(select(FindingRow).where(FindingRow.key == key, _scope(viewer))).first()
    if row is None:
        raise NotFound(f"finding {key}")
    entries = _entries(session, viewer, [key]).get(key, [])
    mine = [each for each in entries if each.mine and not each.beside]
    if not mine:
        raise Forbidden("none of its entries is of an agency of yours")
    waiting = [each for each in mine if _may_ask(session, each)]
    if not waiting:
        raise WrongState(f"finding {key}", "followed")
    asked = {}
    for each in waiting:
        reason = _reason(row, entries[0].agency == each.agency)
        number = ask_anew(session, viewer, each.identifier, key, reason, now)
        session.execute(
            update(FindingEntry)
            .where(FindingEntry.finding == key, FindingEntry.entry == each.identifier)
            .values(request=number)
        )
        asked[each.identifier] = number
    return asked


def _scope(viewer: Viewer) -> ColumnElement[bool]:
    """Findings that are not settled, are the viewer's to know of, and hold nothing that is not."""
    open_ = FindingRow.settled.is_(None)
    grants = [grant for grant in viewer.grants if grant.role in ROLES]
    if viewer.operator or any(grant.agency is None for grant in grants):
        return open_
    below = select(AgencyAbove.agency).where(
        AgencyAbove.above.in_([grant.agency for grant in grants])
    )
    return and_(
        open_,
        _has(Entry.agency.in_(below)),
        not_(_has(not_(condition(viewer, Stage.SERVED)))),
    )


def _about(agency: str) -> ColumnElement[bool]:
    """Findings with an entry of the agency, or of one below it, to be decided anew."""
    below = select(AgencyAbove.agency).where(AgencyAbove.above == agency)
    return _has(and_(Entry.agency.in_(below), FindingEntry.beside.is_(False)))


def _has(test: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a finding has an entry that is as told; one that is served no more counts as such
    with the version it has not, so that nothing is shown of it.
    """
    return exists(
        select(FindingEntry.entry)
        .join(Entry, Entry.identifier == FindingEntry.entry)
        .outerjoin(Version, (Version.entry == Entry.identifier) & (Version.number == Entry.served))
        .where(FindingEntry.finding == FindingRow.key, func.coalesce(test, True))
    )


def _by_agency(session: Session, wanted: ColumnElement[bool]) -> dict[str, int]:
    """In how many findings each agency has entries to be decided anew."""
    query = (
        select(Entry.agency, func.count(FindingRow.key.distinct()))
        .join(FindingEntry, FindingEntry.entry == Entry.identifier)
        .join(FindingRow, FindingRow.key == FindingEntry.finding)
        .where(wanted, FindingEntry.beside.is_(False))
        .group_by(Entry.agency)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _views(session: Session, viewer: Viewer, rows: Sequence[FindingRow]) -> list[FoundView]:
    entries = _entries(session, viewer, [row.key for row in rows])
    return [
        FoundView(
            key=row.key,
            rule=row.rule,
            told=Text(**row.told),
            found=row.found,
            entries=tuple(entries.get(row.key, ())[: 2 * MOST]),
            total=len(entries.get(row.key, ())),
            askable=sum(
                each.mine and not each.beside and _may_ask(session, each)
                for each in entries.get(row.key, ())
            ),
        )
        for row in rows
    ]


def _entries(session: Session, viewer: Viewer, keys: Sequence[str]) -> dict[str, list[FoundEntry]]:
    """The entries of findings as they are served now, in order; those that left are left out."""
    query = (
        select(FindingEntry, Entry.agency, Version, Request.state)
        .join(Entry, Entry.identifier == FindingEntry.entry)
        .join(Version, (Version.entry == Entry.identifier) & (Version.number == Entry.served))
        .outerjoin(Request, Request.id == FindingEntry.request)
        .where(FindingEntry.finding.in_(keys))
        .order_by(FindingEntry.finding, FindingEntry.place)
    )
    rows = session.execute(query).all()
    paths = agencies.paths(session, {row.agency for row in rows})
    found: dict[str, list[FoundEntry]] = {}
    for row in rows:
        version, path = row.Version, paths[row.agency]
        found.setdefault(row.FindingEntry.finding, []).append(
            FoundEntry(
                identifier=version.entry,
                title=version.title,
                agency=row.agency,
                kind=version.kind,
                disclosure=version.disclosure,
                disclosure_ground=version.disclosure_ground,
                sharing=version.sharing,
                sharing_ground=version.sharing_ground,
                beside=row.FindingEntry.beside,
                request=row.FindingEntry.request,
                open_request=row.state in values(OPEN),
                mine=viewer.operator or any(viewer.may(role, path) for role in ROLES),
            )
        )
    return found


def _may_ask(session: Session, entry: FoundEntry) -> bool:
    """Whether nothing was asked about it, or what was asked is done with and has not helped."""
    if entry.request is None:
        return True
    if entry.open_request:
        return False
    row, run = session.get(Request, entry.request), last(session)
    return bool(row and row.closed_at and run and run.finished and run.finished > row.closed_at)


def _reason(row: FindingRow, own: bool) -> str:
    """What the agency is told: of entries of another agency nothing but the rule."""
    rule = wording(row.rule)
    return f"{rule.label.zh}：{row.told['zh'] if own else rule.explanation.zh}"
