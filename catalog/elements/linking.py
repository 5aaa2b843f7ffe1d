"""Which items carry a data element. By rule: their name is one of its names and their type goes
with it, or they declare it; that is *proposed*. A person confirms or refuses it once for all items
of an agency with one name; that outlives every harvest and every version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, true
from sqlalchemy.orm import Session

from catalog import agencies, audit
from catalog.agencies import AgencyView
from catalog.audit import Event
from catalog.database import lock_logs
from catalog.elements.registry import Registry, registry
from catalog.errors import Conflict, Forbidden, NotFound
from catalog.proposals import needed
from catalog.tables import Entry, EntryItem, ItemLink, Version
from catalog.viewers import Role, Viewer
from catalog.visibility import clause, condition
from catalog.words import plain
from search.card import Stage
from search.clauses import EVERYTHING, Any_, Clause, Every, Not, Term
from search.ranking import ITEM_KEYS
from search.tokens import title_key
from standards.data_elements import DataElement, families

PROPOSED, CONFIRMED, REFUSED = "proposed", "confirmed", "refused"
ROLES = (Role.REGISTRAR, Role.REVIEWER, Role.ADMINISTRATOR)
MOST = 400


@dataclass(frozen=True, slots=True)
class Link:
    """All items of an agency with one name, and whether they carry an element."""

    agency: AgencyView
    key: str
    name: str
    entries: int
    state: str = PROPOSED
    reason: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Of each agency and name: the element that people say is meant, and those that are not."""

    confirmed: Mapping[tuple[str, str], str]
    refused: frozenset[tuple[str, str, str]]

    def means(
        self, known: Registry, agency: str, key: str, family: str, declared: str
    ) -> tuple[str, str]:
        """The element that items carry, and how that is known; two empty words for none."""
        if confirmed := self.confirmed.get((agency, key)):
            return confirmed, CONFIRMED
        found = known.elements.get(declared) if declared else known.named(key)
        if found is None or not found.active or (found.code, agency, key) in self.refused:
            return "", ""
        fits = bool(declared) or family in families(found)
        return (found.code, PROPOSED) if fits else ("", "")


def key_of(name: str) -> str:
    """Under what an item of that name is kept: the same for every way to write it."""
    return title_key(name)


def said(session: Session) -> Said:
    """What people said of all elements."""
    confirmed, refused = {}, set()
    columns = (ItemLink.element, ItemLink.agency, ItemLink.key, ItemLink.state)
    for element, agency, key, state in session.execute(select(*columns)):
        if state == CONFIRMED:
            confirmed[agency, key] = element
        else:
            refused.add((element, agency, key))
    return Said(confirmed, frozenset(refused))


def holders(known: Registry, told: Said, element: DataElement) -> Clause:
    """The cards whose items carry the element, as far as a card tells: by what items are called,
    and by what people said.
    """
    keys = known.keys(element)
    not_these = [(agency, key) for code, agency, key in told.refused if code == element.code]
    not_these += [pair for pair, code in told.confirmed.items() if code != element.code]
    these = [pair for pair, code in told.confirmed.items() if code == element.code]
    by_rule = [
        Every((Term(ITEM_KEYS, (key,)), Not(Term("agency", others))))
        if others
        else Term(ITEM_KEYS, (key,))
        for key in keys
        for others in (tuple(sorted(agency for agency, each in not_these if each == key)),)
    ]
    return Any_((*by_rule, *(_of_agency(*pair) for pair in sorted(these)[:MOST])))


def _of_agency(agency: str, key: str) -> Clause:
    return Every((Term("agency", (agency,)), Term(ITEM_KEYS, (key,))))


def carrying(known: Registry, element: DataElement) -> ColumnElement[bool]:
    """The rows of items that may carry the element, as SQL: by rule, or by what a person said."""
    by_name = and_(
        EntryItem.key.in_(known.keys(element)),
        EntryItem.declared.in_(("", element.code)),
    )
    by_person = select(ItemLink.key).where(
        ItemLink.element == element.code,
        ItemLink.agency == EntryItem.agency,
        ItemLink.key == EntryItem.key,
    )
    return or_(by_name, EntryItem.declared == element.code, by_person.exists())


def seen(viewer: Viewer) -> ColumnElement[bool]:
    """The rows of items that the viewer may see."""
    open_to = true() if viewer.signed_in else EntryItem.open.is_(True)
    if clause(viewer) == EVERYTHING:
        return open_to
    served = (
        select(Version.number)
        .join(Entry, (Entry.identifier == Version.entry) & (Entry.served == Version.number))
        .where(Entry.identifier == EntryItem.entry, condition(viewer, Stage.SERVED))
    )
    return and_(open_to, served.exists())


def of_element(session: Session, viewer: Viewer, code: str) -> list[Link]:
    """The agencies and names whose items carry the element or may, as far as the viewer sees such
    items; what was refused with them. Raises NotFound.
    """
    known, told = registry(session), said(session)
    wanted = known.get(code)
    query = (
        select(EntryItem.agency, EntryItem.key, EntryItem.family, EntryItem.declared,
               func.min(EntryItem.name), func.count())
        .where(carrying(known, wanted), seen(viewer))
        .group_by(EntryItem.agency, EntryItem.key, EntryItem.family, EntryItem.declared)
    )  # fmt: skip
    found: dict[tuple[str, str], tuple[str, int]] = {}
    for agency, key, family, declared, name, count in session.execute(query):
        meant, _ = told.means(known, agency, key, family, declared)
        if meant == code or (code, agency, key) in told.refused:
            _, before = found.get((agency, key), ("", 0))
            found[agency, key] = (name, before + count)
    return _links(session, code, found)


def decide(
    session: Session,
    actor: Viewer,
    code: str,
    agency: str,
    key: str,
    state: str,
    reason: str,
    now: datetime,
) -> Link:
    """Confirm or refuse that the items carry the element, or leave it to the rule again
    (``proposed``). Raises NotFound, Forbidden, Invalid (no reason of a refusal) or Conflict (they
    are said to carry another one).
    """
    lock_logs(session)
    wanted = registry(session).get(code)
    organ = agencies.get(session, agency)
    if not may_decide(actor, organ):
        raise Forbidden(f"no registrar or reviewer of {agency}")
    name = session.scalar(
        select(EntryItem.name).where(EntryItem.agency == agency, EntryItem.key == key).limit(1)
    )
    if name is None:
        raise NotFound(f"no item of {agency} is called so")
    why = needed(reason) if state == REFUSED else plain(reason)
    other = said(session).confirmed.get((agency, key), code)
    if state == CONFIRMED and other != code:
        raise Conflict(f"{name} of {agency} is said to be {other}")
    session.execute(
        delete(ItemLink).where(
            ItemLink.element == code, ItemLink.agency == agency, ItemLink.key == key
        )
    )
    if state != PROPOSED:
        session.add(
            ItemLink(
                element=code, agency=agency, key=key, name=name, state=state, reason=why,
                by=actor.name, at=now,
            )
        )  # fmt: skip
        session.flush()
    event = {"element": wanted.code, "agency": agency, "item": name, "reason": why}
    audit.append(session, actor.name, [Event(f"item link {state}", None, event)], now)
    links = of_element(session, actor, code)
    return next(
        (each for each in links if (each.agency.code, each.key) == (agency, key)),
        Link(organ, key, name, 0, state, why, actor.name, now),
    )


def may_decide(viewer: Viewer, organ: AgencyView) -> bool:
    """Whether the viewer says what the agency's items mean."""
    return any(viewer.may(role, organ.path) for role in ROLES)


def entries_of(session: Session, viewer: Viewer, code: str, agency: str) -> list[str]:
    """The entries of an agency that carry the element, by identifier."""
    known, told = registry(session), said(session)
    query = select(EntryItem).where(
        EntryItem.agency == agency, carrying(known, known.get(code)), seen(viewer)
    )
    return sorted(
        {
            row.entry
            for row in session.scalars(query)
            if told.means(known, row.agency, row.key, row.family, row.declared)[0] == code
        }
    )


def _links(
    session: Session, code: str, found: Mapping[tuple[str, str], tuple[str, int]]
) -> list[Link]:
    rows = {
        (row.agency, row.key): row
        for row in session.scalars(select(ItemLink).where(ItemLink.element == code))
    }
    organs = agencies.some(session, {agency for agency, _ in found})
    made = [
        _link(organs[agency], key, name, count, rows.get((agency, key)))
        for (agency, key), (name, count) in found.items()
    ]
    return sorted(made, key=lambda each: (-each.entries, each.agency.code, each.name))


def _link(organ: AgencyView, key: str, name: str, count: int, row: ItemLink | None) -> Link:
    if row is None:
        return Link(organ, key, name, count)
    return Link(organ, key, name, count, row.state, row.reason, row.by, row.at)


def items_of(
    session: Session, viewer: Viewer, code: str, entries: Sequence[str]
) -> dict[str, list[tuple[str, str]]]:
    """Of some entries: the items that carry the element, each with how that is known."""
    known, told = registry(session), said(session)
    wanted = known.get(code)
    query = select(EntryItem).where(
        EntryItem.entry.in_(entries), carrying(known, wanted), seen(viewer)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for row in session.scalars(query.order_by(EntryItem.entry, EntryItem.name)):
        meant, how = told.means(known, row.agency, row.key, row.family, row.declared)
        if meant == code:
            found.setdefault(row.entry, []).append((row.name, how))
    return found
