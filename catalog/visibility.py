"""The one visibility policy: who may see which version of which entry, and which of its elements.

It is written once, as a clause over a card's fields. Search takes the clause as it is; here it is
compiled to SQL and evaluated on single entries.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

from sqlalchemy import ColumnElement, and_, false, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from catalog.tables import AgencyAbove, Entry, Version
from catalog.viewers import Role, Viewer
from search.card import Audience, Stage
from search.clauses import EVERYTHING, Any_, Clause, Every, Not, Term
from standards.descriptor import Descriptor
from standards.summary import Summary, redact

OPEN_TO_ALL = ("proactive", "on-request")
OPEN_TO_AGENCIES = ("unconditional", "conditional")

Test: TypeAlias = Callable[[Term], ColumnElement[bool]]


def audience_of(summary: Summary) -> Audience:
    """Who may know of an entry: as was decided, else as the attributes of the resource allow; what
    is not decided stays with the agency.
    """
    if summary.visibility:
        return Audience(summary.visibility)
    if summary.disclosure in OPEN_TO_ALL:
        return Audience.PUBLIC
    if summary.sharing in OPEN_TO_AGENCIES:
        return Audience.AGENCIES
    return Audience.AGENCY


def clause(viewer: Viewer) -> Clause:
    """What the viewer may see. The public: what is served and public. Whoever works for an agency
    also what is served to agencies, and everything in the scope of each role held.
    """
    if viewer.operator or any(grant.agency is None for grant in viewer.grants):
        return EVERYTHING
    audiences = (Audience.PUBLIC.value, Audience.AGENCIES.value)
    open_to = audiences if viewer.signed_in else audiences[:1]
    served = Every((Term("stage", (Stage.SERVED.value,)), Term("audience", open_to)))
    scopes = tuple(sorted({grant.agency for grant in viewer.grants if grant.agency}))
    return Any_((served, Term("agency_path", scopes))) if scopes else served


def condition(viewer: Viewer, stage: Stage) -> ColumnElement[bool]:
    """The same clause as SQL over ``entries`` joined with the stage's row of ``versions``."""

    def test(term: Term) -> ColumnElement[bool]:
        if term.field == "stage":
            return true() if stage.value in term.values else false()
        if term.field == "audience":
            return Version.audience.in_(term.values)
        if term.field == "agency_path":
            below = select(AgencyAbove.agency).where(AgencyAbove.above.in_(term.values))
            return Entry.agency.in_(below)
        raise ValueError(f"the policy does not know {term.field}")

    return compiled(clause(viewer), test)


def compiled(part: Clause, test: Test) -> ColumnElement[bool]:
    """A clause of terms as SQL; ``test`` tells what a single term is."""
    match part:
        case Term():
            return test(part)
        case Every(parts):
            return and_(true(), *(compiled(each, test) for each in parts))
        case Any_(parts):
            return or_(false(), *(compiled(each, test) for each in parts))
        case Not(inner):
            return not_(compiled(inner, test))
        case _:
            raise ValueError(f"no part of a policy: {part}")


def holds(part: Clause, fields: Mapping[str, Collection[str]]) -> bool:
    """Whether a clause of terms holds for fields with these values."""
    match part:
        case Term(name, values):
            return any(value in fields[name] for value in values)
        case Every(parts):
            return all(holds(each, fields) for each in parts)
        case Any_(parts):
            return any(holds(each, fields) for each in parts)
        case Not(inner):
            return not holds(inner, fields)
        case _:
            raise ValueError(f"no part of a policy: {part}")


def visible(viewer: Viewer, stage: Stage, audience: str, agency_path: Sequence[str]) -> bool:
    """Whether the viewer may see a version in this stage, with this audience, of this agency."""
    fields = {"stage": (stage.value,), "audience": (audience,), "agency_path": agency_path}
    return holds(clause(viewer), fields)


def in_scope(viewer: Viewer, agency_path: Sequence[str]) -> bool:
    """Whether the viewer holds a role, any, for the agency: then drafts and history are theirs."""
    return viewer.operator or any(grant.covers(agency_path) for grant in viewer.grants)


def within_scope(
    viewer: Viewer, agency: InstrumentedAttribute[str], roles: Collection[Role] = tuple(Role)
) -> ColumnElement[bool]:
    """The same as SQL over the column that holds an agency's code, for one of the roles."""
    scopes = {grant.agency for grant in viewer.grants if grant.role in roles}
    if viewer.operator or None in scopes:
        return true()
    wanted = sorted(scope for scope in scopes if scope)
    return agency.in_(select(AgencyAbove.agency).where(AgencyAbove.above.in_(wanted)))


def may_write(viewer: Viewer, agency_path: Sequence[str]) -> bool:
    """Whether the viewer may propose entries for the agency."""
    return viewer.may(Role.REGISTRAR, agency_path)


def redacted(viewer: Viewer, descriptor: Descriptor) -> Descriptor:
    """The descriptor without the elements that the viewer may not see."""
    audience = Audience.AGENCIES if viewer.signed_in else Audience.PUBLIC
    return redact(descriptor, audience.value)
