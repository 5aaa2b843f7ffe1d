"""What is published about decisions: counts by agency, attribute, ground and year, and what is
late; nothing of any entry but that it is counted (政府信息公开条例 Arts. 47 to 49).

Counted are entries that are served and about which it was decided. What is proposed, returned, or
was never decided changes nothing here. A ground in words is counted as another instrument, since
its words might tell what is withheld.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, exists, func, select
from sqlalchemy.orm import Session, aliased

from catalog import changes
from catalog.access import figures
from catalog.access.figures import Yearly
from catalog.access.holding import RUNNING, Kind
from catalog.consistency import keeping
from catalog.requests.decisions import stands
from catalog.requests.model import WITH_REVIEWERS, values
from catalog.tables import AccessRequest, ConsistencyRun, Decision, Entry, Request
from standards.clocks import CHINA, local_day
from standards.grounds import ground

OTHER = "other"
"""A ground in words."""
FIRST_YEAR = 2004
"""Before it no rules of disclosure were in force here."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many entries of an agency have a value on a ground by decisions of a year."""

    agency: str
    axis: str
    value: str
    ground: str
    year: int
    entries: int


@dataclass(frozen=True, slots=True)
class Late:
    """What of an agency's is late."""

    agency: str
    requests: int
    proactive: int
    access: int
    reviews: int


@dataclass(frozen=True, slots=True)
class Published:
    """The figures of a day; ``audited`` is when what was disclosed late was last counted."""

    counts: tuple[Count, ...]
    late: tuple[Late, ...]
    years: tuple[int, ...]
    audited: datetime | None


@dataclass(frozen=True, slots=True)
class Year:
    """What the yearly report tells (Art. 49); complaints are not kept in the directory."""

    year: int
    newly: int
    """Disclosed proactively by a decision of the year, and not before."""
    total: int
    """Disclosed proactively at its end, or now."""
    public: Yearly
    agencies: Yearly


def mark(session: Session, now: datetime) -> tuple[Any, ...]:
    """What the figures depend on: as long as it is the same, so are they."""
    run = session.scalar(select(func.max(ConsistencyRun.finished)))
    latest = select(func.max(Decision.id)).scalar_subquery()
    asked = select(func.count()).select_from(AccessRequest).scalar_subquery()
    answered = select(func.max(AccessRequest.closed_at)).scalar_subquery()
    moved = select(func.max(Request.updated)).scalar_subquery()
    row = session.execute(select(latest, asked, answered, moved)).one()
    return (changes.head(session), *row, run, local_day(now))


def published(session: Session, now: datetime) -> Published:
    """The figures, made of what stands now."""
    today = local_day(now)
    run = keeping.last(session)
    counts = _counts(session)
    return Published(
        counts=counts,
        late=_late(session, today, run.late if run else {}),
        years=tuple(sorted({each.year for each in counts} | {today.year}, reverse=True)),
        audited=run.finished if run else None,
    )


def yearly(session: Session, year: int, now: datetime) -> Year:
    """The figures of a year's report."""
    begin, end = _midnight(year), _midnight(year + 1)
    first = (
        select(func.min(Decision.decided_at).label("at"))
        .join(Entry, Entry.identifier == Decision.entry)
        .where(*_of_axis("disclosure"), Decision.value == "proactive", Entry.served.is_not(None))
        .group_by(Decision.entry)
        .subquery()
    )
    newly = select(func.count()).select_from(first).where(first.c.at >= begin, first.c.at < end)
    later = aliased(Decision)
    replaced = exists().where(later.supersedes == Decision.id, later.decided_at < end)
    total = (
        select(func.count())
        .select_from(Decision)
        .join(Entry, Entry.identifier == Decision.entry)
        .where(*_of_axis("disclosure"), Decision.value == "proactive", Entry.served.is_not(None))
        .where(Decision.decided_at < end, ~replaced)
    )
    return Year(
        year=year,
        newly=session.scalar(newly) or 0,
        total=session.scalar(total) or 0,
        public=figures.yearly(session, year, now, Kind.PUBLIC),
        agencies=figures.yearly(session, year, now, Kind.AGENCY),
    )


def _counts(session: Session) -> tuple[Count, ...]:
    year = _year(session)
    query = (
        select(Entry.agency, Decision.axis, Decision.value, Decision.ground, year, func.count())
        .join(Entry, Entry.identifier == Decision.entry)
        .where(Entry.served.is_not(None), stands(), Decision.part == "")
        .where(Decision.axis.in_(("disclosure", "sharing")))
        .group_by(Entry.agency, Decision.axis, Decision.value, Decision.ground, year)
    )
    told: Counter[tuple[str, str, str, str, int]] = Counter()
    for agency, axis, value, cited, in_year, count in session.execute(query):
        told[agency, axis, value, _public(cited), in_year] += count
    return tuple(Count(*key, entries) for key, entries in sorted(told.items()))


def _late(session: Session, today: date, proactive: Mapping[str, int]) -> tuple[Late, ...]:
    day = today.isoformat()
    requests = _by_agency(
        session,
        Request.agency,
        Request.state.in_(values(WITH_REVIEWERS)),
        Request.due != "",
        Request.due < day,
    )
    access = _by_agency(
        session,
        AccessRequest.agency,
        AccessRequest.state.in_(list(RUNNING)),
        AccessRequest.due < day,
    )
    reviews = (
        select(Entry.agency, func.count(Entry.identifier.distinct()))
        .join(Decision, Decision.entry == Entry.identifier)
        .where(Entry.served.is_not(None), stands(), Decision.review_by != "")
        .where(func.substr(day, 1, func.length(Decision.review_by)) > Decision.review_by)
        .group_by(Entry.agency)
    )
    passed = {row[0]: row[1] for row in session.execute(reviews)}
    agencies = sorted({*requests, *proactive, *access, *passed})
    return tuple(
        Late(
            agency,
            requests.get(agency, 0),
            proactive.get(agency, 0),
            access.get(agency, 0),
            passed.get(agency, 0),
        )
        for agency in agencies
    )


def _by_agency(session: Session, agency: Any, *wanted: ColumnElement[bool]) -> dict[str, int]:
    rows = session.execute(select(agency, func.count()).where(*wanted).group_by(agency))
    return {row[0]: row[1] for row in rows}


def _of_axis(axis: str) -> tuple[ColumnElement[bool], ...]:
    return Decision.axis == axis, Decision.part == ""


def _public(cited: str) -> str:
    return cited if not cited or ground(cited) else OTHER


def _year(session: Session) -> ColumnElement[int]:
    """The year of a decision in China, on either database."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(
            func.extract("year", func.timezone("Asia/Shanghai", Decision.decided_at)), Integer
        )
    return cast(func.strftime("%Y", Decision.decided_at, "+8 hours"), Integer)


def _midnight(year: int) -> datetime:
    return datetime.combine(date(year, 1, 1), time(), CHINA)
