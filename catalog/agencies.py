"""The agencies: a tree, with the codes and names by which people know them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from catalog import audit, changes, exposure
from catalog.changes import What
from catalog.database import lock_counters, lock_logs
from catalog.errors import Conflict, Forbidden, NotFound
from catalog.tables import Agency, AgencyAbove, Entry
from catalog.viewers import Role, Viewer
from standards.reading.texts import fold

MOST_FORMER = 10


@dataclass(frozen=True, slots=True)
class AgencyView:
    """An agency; ``path`` names its code and then those of all above it, nearest first."""

    code: str
    name: str
    short_names: tuple[str, ...] = ()
    credit_code: str = ""
    division: str = ""
    parent: str | None = None
    path: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    """What it was called before, the latest first: people still ask for it by these."""


@dataclass(frozen=True, slots=True)
class AgencyNode:
    """An agency with those directly below it."""

    agency: AgencyView
    below: tuple[AgencyNode, ...] = field(default=())


def add(session: Session, actor: Viewer, agency: AgencyView, now: datetime) -> AgencyView:
    """Put an agency under its parent (its ``path`` is worked out)."""
    above = paths(session, [agency.parent])[agency.parent] if agency.parent else ()
    _administrator(actor, above)
    lock_logs(session)
    if session.get(Agency, agency.code):
        raise Conflict(f"the agency code is taken: {agency.code}")
    session.add(
        Agency(
            code=agency.code,
            name=agency.name,
            short_names=list(agency.short_names),
            credit_code=agency.credit_code,
            division=agency.division,
            parent=agency.parent,
            serial=0,
            created=now,
        )
    )
    session.flush()
    path = (agency.code, *above)
    rows = [
        {"agency": agency.code, "above": each, "distance": distance}
        for distance, each in enumerate(path)
    ]
    session.execute(insert(AgencyAbove), rows)
    told = {"code": agency.code, "name": agency.name, "parent": agency.parent}
    audit.append(session, actor.name, [audit.Event("agency added", None, told)], now)
    return replace(agency, path=path)


def rename(
    session: Session,
    actor: Viewer,
    code: str,
    name: str,
    short_names: Sequence[str],
    now: datetime,
) -> AgencyView:
    """Give an agency other names; its entries are told to every follower."""
    before = get(session, code)
    _administrator(actor, before.path)
    lock_logs(session)
    lock_counters(session)
    former = _former(before, name)
    named = {"name": name, "short_names": list(short_names), "former_names": list(former)}
    session.execute(update(Agency).where(Agency.code == code).values(**named))
    entries = session.scalars(select(Entry.identifier).where(Entry.agency == code)).all()
    seqs = changes.append(session, [(entry, What.AGENCY) for entry in entries], now)
    moved = [
        {"identifier": entry, "changed": seq} for entry, seq in zip(entries, seqs, strict=True)
    ]
    if moved:
        session.execute(update(Entry), moved)
        exposure.renew(session, code, now)
    told = {"code": code, "name": name, "before": before.name}
    audit.append(session, actor.name, [audit.Event("agency renamed", None, told)], now)
    return replace(before, name=name, short_names=tuple(short_names), former_names=former)


def _former(before: AgencyView, name: str) -> tuple[str, ...]:
    """The names that the agency had and has no more, the latest of them."""
    had = dict.fromkeys((before.name, *before.former_names))
    return tuple(each for each in had if each != name)[:MOST_FORMER]


def get(session: Session, code: str) -> AgencyView:
    """The agency with the code; raises NotFound."""
    found = some(session, [code])
    if code not in found:
        raise NotFound(f"agency {code}")
    return found[code]


def some(session: Session, codes: Collection[str]) -> dict[str, AgencyView]:
    """The agencies with the codes; unknown codes are left out."""
    if not codes:
        return {}
    rows = session.scalars(select(Agency).where(Agency.code.in_(set(codes)))).all()
    above = paths(session, [row.code for row in rows])
    return {row.code: _view(row, above[row.code]) for row in rows}


def every(session: Session) -> list[AgencyView]:
    """All agencies, by code."""
    rows = session.scalars(select(Agency).order_by(Agency.code)).all()
    above = known_paths(session)
    return [_view(row, above[row.code]) for row in rows]


def tree(session: Session) -> tuple[AgencyNode, ...]:
    """All agencies, each below its parent, by code."""
    children: dict[str | None, list[AgencyView]] = {}
    for agency in every(session):
        children.setdefault(agency.parent, []).append(agency)

    def nodes(parent: str | None) -> tuple[AgencyNode, ...]:
        found = children.get(parent, ())
        return tuple(AgencyNode(agency, nodes(agency.code)) for agency in found)

    return nodes(None)


def paths(session: Session, codes: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """Of each agency: its code and those above it. Raises NotFound."""
    found = known_paths(session, codes)
    for code in codes:
        if code not in found:
            raise NotFound(f"agency {code}")
    return found


def known_paths(
    session: Session, codes: Collection[str] | None = None
) -> Mapping[str, tuple[str, ...]]:
    """The same, without the unknown ones; of all agencies when none is named."""
    query = select(AgencyAbove.agency, AgencyAbove.above).order_by(
        AgencyAbove.agency, AgencyAbove.distance
    )
    if codes is not None:
        query = query.where(AgencyAbove.agency.in_(set(codes)))
    found: dict[str, tuple[str, ...]] = {}
    for agency, above in session.execute(query):
        found[agency] = (*found.get(agency, ()), above)
    return found


def match(session: Session, name: str) -> AgencyView | None:
    """The agency that a text means: its code, credit code, full or short name; None if unsure."""
    wanted = fold(name)
    if not wanted:
        return None
    found = [agency for agency in every(session) if wanted in _names(agency)]
    return found[0] if len(found) == 1 else None


def _names(agency: AgencyView) -> set[str]:
    names = (agency.code, agency.credit_code, agency.name, *agency.short_names)
    return {fold(name) for name in names if name}


def _administrator(actor: Viewer, path: Sequence[str]) -> None:
    if not actor.may(Role.ADMINISTRATOR, path):
        raise Forbidden("only an administrator manages agencies")


def _view(row: Agency, path: tuple[str, ...]) -> AgencyView:
    return AgencyView(
        code=row.code,
        name=row.name,
        short_names=tuple(row.short_names),
        credit_code=row.credit_code,
        division=row.division,
        parent=row.parent,
        path=path,
        former_names=tuple(row.former_names),
    )
