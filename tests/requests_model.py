"""What requests and entries should be by now, told simply: the model beside the state machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from catalog.errors import CatalogError, Forbidden, Invalid, NotFound, WrongState
from catalog.viewers import OPERATOR, Grant, Role
from standards.clocks import clock, local_day
from standards.workdays import between
from tests.offices import CENTRE, HEALTH, PUMPS, WATER, values
from tests.people import PEOPLE

PATHS = {
    WATER: (WATER, CENTRE),
    HEALTH: (HEALTH, CENTRE),
    PUMPS: (PUMPS, WATER, CENTRE),
    CENTRE: (CENTRE,),
}
WITH_REVIEWERS, WITH_PROPOSERS = ("submitted", "in-review"), ("draft", "returned")
OPEN = (*WITH_REVIEWERS, *WITH_PROPOSERS)
LEAVING = ("withdraw", "merge")
Refusal = tuple[type[CatalogError], ...]
FINE: Refusal = ()
HIDDEN: Refusal = (Forbidden, NotFound)
AS_SOURCE = "as the source says"
REDACTED = [{"part": "abstract", "ground": "internal-affairs", "reason": "只涉及内部安排。"}]


@dataclass(frozen=True)
class Content:
    """What a version says; ``borne_out``: whether the rules of decisions are kept."""

    title: str
    disclosure: str = "proactive"
    redacted: bool = False
    borne_out: bool = True

    @property
    def values(self) -> dict[str, Any]:
        """As they are proposed."""
        more = {"redactions": REDACTED} if self.redacted else {}
        told = values(self.title, self.disclosure, **more)
        if not self.borne_out:
            del told["disclosure"]["discretion"]
        return told

    @property
    def risk(self) -> str:
        """By what depends on it."""
        if self.disclosure == "withheld" or self.redacted:
            return "high"
        return "medium" if self.disclosure == "on-request" else "low"

    @property
    def elements(self) -> dict[str, Any]:
        """As far as people change them, by name."""
        return {
            "title": self.title,
            "disclosure": (self.disclosure, self.borne_out),
            "redactions": self.redacted,
        }

    def over(self, elements: Mapping[str, Any]) -> Content:
        """With other elements over it, as far as they are not left to the source."""
        made = {**self.elements, **{k: v for k, v in elements.items() if v is not AS_SOURCE}}
        return Content(
            made["title"], made["disclosure"][0], made["redactions"], made["disclosure"][1]
        )

    def with_attributes(self, attributes: Mapping[str, Any]) -> Content:
        """With a reviewer's attributes over it."""
        changed = self
        if group := attributes.get("disclosure"):
            proper = group["attribute"] != "withheld" or "discretion" in group
            changed = replace(changed, disclosure=group["attribute"], borne_out=proper)
        if "redactions" in attributes:
            changed = replace(changed, redacted=bool(attributes["redactions"]))
        return changed


def corrected(said: Content, before: Content, after: Content) -> dict[str, Any]:
    """What somebody made of elements that a source says."""
    return {
        name: AS_SOURCE if value == said.elements[name] else value
        for name, value in after.elements.items()
        if value != before.elements[name]
    }


@dataclass
class Thing:
    """An entry."""

    agency: str
    state: str
    served: Content | None = None
    pending: Content | None = None
    revision: int = 1
    curated: dict[str, Any] = field(default_factory=dict)
    """What stands over what its source says, by element."""
    sent: Content | None = None
    """What its source said last; of what has no source, nothing."""
    latest: tuple[str, Content] | None = None
    """The newest version and who wrote it."""
    by_source: bool = False
    lapsed: tuple[str, ...] = ()
    lapsed_curated: dict[str, Any] = field(default_factory=dict)
    """Who wrote in what waits without a request, since that expired."""


@dataclass
class Case:
    """A request."""

    entry: str
    purpose: str
    state: str
    proposed_by: str
    authors: list[str]
    steps: list[str] = field(default_factory=lambda: ["agency"])
    step: int = 0
    confirmed_by: list[str] = field(default_factory=list)
    assignee: str = ""
    assigned_at: datetime | None = None
    escalated: bool = False
    finding: bool = False
    version: bool = True
    curated: dict[str, Any] = field(default_factory=dict)
    """What it makes of elements that a source says."""
    into: str = ""
    returned_at: datetime | None = None

    @property
    def barred(self) -> set[str]:
        """Who proposed it, wrote in it, or said yes to it."""
        return {self.proposed_by, *self.authors, *self.confirmed_by}

    @property
    def leaving(self) -> bool:
        """Whether it asks that the entry leave."""
        return self.purpose in LEAVING

    @property
    def is_open(self) -> bool:
        """Whether somebody is to act."""
        return self.state in OPEN

    def put_down(self, **fields: Any) -> None:
        """In nobody's hand, and otherwise so."""
        for name, value in {
            "assignee": "",
            "assigned_at": None,
            "escalated": False,
            **fields,
        }.items():
            setattr(self, name, value)


@dataclass
class Away:
    """Somebody stands in for somebody else."""

    number: int
    absent: str
    deputy: str
    begins: date
    ends: date


@dataclass
class Model:
    """All of it."""

    things: dict[str, Thing] = field(default_factory=dict)
    cases: dict[int, Case] = field(default_factory=dict)
    routes: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    away: list[Away] = field(default_factory=list)

    # who may do what

    def grants(self, name: str, today: date) -> list[Grant]:
        """The roles of somebody, also those lent."""
        lent = [
            Grant(grant.role, grant.agency, each.absent)
            for each in self.away
            if each.deputy == name and each.begins <= today <= each.ends
            for grant in PEOPLE[each.absent]
            if grant.role is Role.REVIEWER
        ]
        return [*PEOPLE.get(name, ()), *lent]

    def may(self, name: str, agency: str, today: date, *roles: Role) -> bool:
        """Whether somebody holds one of the roles (any, if none is named) over an agency."""
        return name == OPERATOR.name or any(
            (not roles or grant.role in roles) and grant.covers(PATHS[agency])
            for grant in self.grants(name, today)
        )

    def may_decide(self, name: str, case: Case, today: date, agency: str = "") -> bool:
        """Whether somebody may say yes or no now, by a role that is not that of somebody barred."""
        if case.state not in WITH_REVIEWERS or name in case.barred:
            return case.state in WITH_REVIEWERS and name == OPERATOR.name
        path = PATHS[agency or self.things[case.entry].agency]
        scope = path if agency or case.steps[case.step] == "agency" else path[-1:]
        return name == OPERATOR.name or any(
            grant.of not in case.barred
            and (
                (grant.role is Role.REVIEWER and grant.covers(scope))
                or (case.escalated and grant.role is Role.ADMINISTRATOR and grant.covers(path))
            )
            for grant in self.grants(name, today)
        )

    def sees(self, name: str, case: Case, today: date) -> bool:
        """Whether somebody may know of the request."""
        return self.may(name, self.things[case.entry].agency, today)

    # what should come of what they try

    def writing(self, name: str, entry: str, today: date, *roles: Role) -> Refusal:
        """Acting on an entry that is not gone, in one of the roles."""
        thing = self.things[entry]
        if not self.may(name, thing.agency, today):
            return HIDDEN
        if not self.may(name, thing.agency, today, *roles):
            return (Forbidden,)
        return (WrongState,) if thing.state == "withdrawn" else FINE

    def deciding(self, name: str, case: Case, today: date) -> Refusal:
        """Saying yes or no."""
        if not self.sees(name, case, today):
            return (NotFound,)
        if case.state not in WITH_REVIEWERS:
            return (WrongState,)
        if not self.may_decide(name, case, today):
            return (Forbidden,)
        own = case.assignee in {name, *(each.of for each in self.grants(name, today))}
        free = not case.assignee or case.escalated or name == OPERATOR.name
        return FINE if own or free else (WrongState,)

    def proposing(self, name: str, case: Case, today: date, *states: str) -> Refusal:
        """Doing something as whoever proposes."""
        if not self.sees(name, case, today):
            return (NotFound,)
        if not case.is_open:
            return (WrongState,)
        agency = self.things[case.entry].agency
        own = name in case.authors or (name == case.proposed_by and not case.version)
        if not own and not self.may(name, agency, today, Role.REGISTRAR):
            return (Forbidden,)
        return FINE if case.state in states else (WrongState,)

    def accepting(
        self, name: str, case: Case, today: date, attributes: Mapping[str, Any]
    ) -> Refusal:
        """Saying yes."""
        if refusal := self.deciding(name, case, today):
            return refusal
        if not case.leaving:
            pending = self.things[case.entry].pending
            assert pending is not None
            decided, _ = self.decided(case, attributes)
            return FINE if decided.borne_out else (Invalid,)
        if case.purpose == "withdraw":
            return FINE
        other = self.things[case.into]
        if not self.may(name, other.agency, today):
            return HIDDEN
        if not self.may_decide(name, case, today, other.agency):
            return (Forbidden,)
        return FINE if other.served else (WrongState,)

    # what they do

    def route(self, agency: str, risk: str) -> list[str]:
        """The steps for a risk: the agency's own or those of the nearest above."""
        for code in PATHS[agency]:
            if steps := self.routes.get((code, risk)):
                return steps
        return ["agency"]

    def about_content(self, entry: str) -> Case | None:
        """The open request about what an entry says."""
        found = [each for each in self.open_of(entry) if not each.leaving]
        assert len(found) <= 1
        return found[0] if found else None

    def open_of(self, entry: str) -> list[Case]:
        """The open requests of an entry."""
        return [each for each in self.cases.values() if each.entry == entry and each.is_open]

    def propose(
        self, name: str, entry: str, content: Content, submit: bool, purpose: str = "",
        by_source: bool = False,
    ) -> None:  # fmt: skip
        """A version that waits, and its request."""
        thing, case = self.things[entry], self.about_content(entry)
        curated, hand = {}, thing.pending or thing.served
        if thing.sent and hand and not by_source:
            curated = corrected(thing.sent, hand, content)
        purpose = purpose or ("modify" if thing.served else "file")
        if case and case.finding:
            purpose = "attributes"
        if case is None:
            case = Case(entry, purpose, "", name, [name])
            case.authors = list(dict.fromkeys([name, *thing.lapsed]))
            case.curated = thing.lapsed_curated
            self.cases[len(self.cases) + 1] = case
        case.authors = list(dict.fromkeys([*case.authors, name]))
        case.put_down(
            purpose=purpose,
            state="submitted" if submit else "draft",
            steps=list(self.route(thing.agency, content.risk)),
            step=0,
            confirmed_by=[],
            curated={**case.curated, **curated},
            version=True,
        )
        thing.pending, thing.state, thing.lapsed = content, case.state, ()
        thing.lapsed_curated = {}
        thing.latest = (name, content)

    def ask(self, name: str, entry: str, purpose: str, into: str = "") -> None:
        """That an entry leave."""
        steps = list(self.route(self.things[entry].agency, "high"))
        self.cases[len(self.cases) + 1] = Case(
            entry, purpose, "submitted", name, [name], steps, version=False, into=into
        )
        self.things[entry].revision += 1

    def accept(self, name: str, case: Case, attributes: Mapping[str, Any]) -> None:
        """A yes that is allowed."""
        thing = self.things[case.entry]
        thing.revision += 1
        if not case.leaving:
            assert thing.pending is not None
            content, case.curated = self.decided(case, attributes)
            if content != thing.pending:
                self._by_reviewer(name, case, content)
            thing.pending = content
        if case.step + 1 < len(case.steps):
            case.put_down(state="submitted", step=case.step + 1)
            case.confirmed_by = [*case.confirmed_by, name]
            return
        case.put_down(state="accepted")
        if case.leaving:
            self.bury(case.entry)
            return
        thing.curated = {
            path: value
            for path, value in {**thing.curated, **case.curated}.items()
            if value is not AS_SOURCE
        }
        thing.served, thing.pending, thing.state = thing.pending, None, "published"

    def decided(self, case: Case, attributes: Mapping[str, Any]) -> tuple[Content, dict[str, Any]]:
        """What a yes with these attributes makes of what waits, and of elements of a source; with
        the last yes over what that says by now.
        """
        thing = self.things[case.entry]
        assert thing.pending
        content = thing.pending.with_attributes(attributes)
        if thing.sent is None:
            return content, {}
        curated = {**case.curated, **corrected(thing.sent, thing.pending, content)}
        if curated and case.step + 1 >= len(case.steps):
            content = thing.sent.over({**thing.curated, **curated})
        return content, curated

    def _by_reviewer(self, name: str, case: Case, content: Content) -> None:
        done = case.steps[: case.step + 1]
        wanted = {*case.steps, *self.route(self.things[case.entry].agency, content.risk)}
        missing = [each for each in ("agency", "centre") if each in wanted and each not in done]
        case.steps = [*done, *missing]
        self.things[case.entry].latest = (name, content)
        if missing:
            case.authors = list(dict.fromkeys([*case.authors, name]))

    def close(self, case: Case, state: str) -> None:
        """Refused or cancelled."""
        thing = self.things[case.entry]
        case.put_down(state=state)
        if case.purpose == "file" and thing.served is None:
            self.bury(case.entry)
        elif case.version:
            thing.state, thing.pending = "published", None
        thing.revision += 1

    def bury(self, entry: str, by_source: bool = False) -> None:
        """Gone, with all that was asked about it."""
        thing = self.things[entry]
        thing.state, thing.served, thing.pending = "withdrawn", None, None
        thing.by_source, thing.lapsed = by_source, ()
        for case in self.open_of(entry):
            case.state, case.assignee, case.assigned_at = "cancelled", "", None

    def receive(self, name: str, entry: str, content: Content, automatic: bool) -> bool:
        """The same record of a source again; whether anything came of it."""
        thing = self.things[entry]
        gone = thing.state == "withdrawn"
        if gone and not thing.by_source:
            return False
        same, thing.sent = thing.sent == content, content
        case = self.about_content(entry)
        waiting = case.curated if case else thing.lapsed_curated
        laid = content.over({**thing.curated, **({} if automatic else waiting)})
        assert thing.latest
        author, newest = thing.latest
        if not gone and (same or laid == newest):
            return False
        thing.revision += 1
        thing.latest = (name, laid)
        if not (automatic and laid.borne_out):
            self.propose(name, entry, laid, submit=True, by_source=True)
        elif thing.pending is not None and (waiting or author != name):
            thing.served = laid
        else:
            if case and thing.pending is not None:
                case.put_down(state="cancelled")
            thing.pending = None
            thing.served, thing.state = laid, "published"
        return True

    def sweep(self, now: datetime, dues: Mapping[int, str]) -> None:
        """What time does."""
        today = local_day(now)
        for number, case in self.cases.items():
            if case.state in WITH_REVIEWERS:
                held = case.assigned_at
                nobody = not any(self.may_decide(name, case, today) for name in PEOPLE)
                if held and between(local_day(held), today) > clock("escalation").days:
                    case.state, case.assignee, case.assigned_at = "submitted", "", None
                if nobody or dues[number] < today.isoformat():
                    case.escalated = True
            elif case.state == "returned" and case.returned_at and not case.finding:
                waited = between(local_day(case.returned_at), today)
                if waited > clock("draft-expiry").days:
                    self._expire(case)

    def _expire(self, case: Case) -> None:
        case.put_down(state="expired")
        if not case.leaving:
            thing = self.things[case.entry]
            thing.state, thing.lapsed = "draft", tuple(case.authors)
            thing.lapsed_curated = case.curated
            thing.revision += 1


def people() -> Iterable[str]:
    """Everybody by name, the public and the operator too."""
    return (*PEOPLE, "", OPERATOR.name)
