"""Requests as a state machine: whoever does whatever in whatever order, nobody acts beyond the role
or decides on their own, what is served is altered by acceptances only, the logs tell all of it, and
nothing is ever stuck without someone who can act."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from catalog import audit, registration, review, standing_in, withdrawal
from catalog.errors import (
    Barred,
    CatalogError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Stale,
    WrongState,
)
from catalog.exposure import Tier
from catalog.registration import Outcome, Proposal, SourceKey
from catalog.requests import (
    assigning,
    bulk,
    decisions,
    flow,
    leaving,
    proposing,
    reading,
    routes,
    sweeping,
)
from catalog.tables import Entry, Request, Version
from catalog.versions import descriptor_of
from catalog.viewers import OPERATOR, Role, Viewer
from catalog.visibility import in_scope
from standards.clocks import local_day
from standards.decisions import rulings
from tests import exposed
from tests.offices import AUTOMATIC, CENTRE, HEALTH, PUMPS, REVIEWED, WATER, sqlite_offices
from tests.people import PEOPLE, acting, prepare
from tests.requests_model import (
    FINE,
    OPEN,
    PATHS,
    REDACTED,
    WITH_PROPOSERS,
    WITH_REVIEWERS,
    Away,
    Case,
    Content,
    Model,
    Refusal,
    Thing,
    people,
)

DISCLOSURES = ("proactive", "on-request", "withheld")
SERVING = {"accepted", "registered", "revised", "restored", "withdrawn", "merged"}
TABLES = {
    "requests": 1,
    "entries": 1,
    "versions": 2,
    "decisions": 1,
    "tombstones": 1,
    "changes": 1,
    "audit_events": 1,
    "delegations": 1,
    "review_steps": 2,
    "bulk_reviews": 1,
    "source_records": 2,
}
"""What is looked at, and how many columns are the key."""
Somebody = tuple[str, int]
EVERYBODY = tuple(people())
who = st.tuples(st.sampled_from(EVERYBODY), st.integers(0, 3))
"""Somebody; and mostly rather one of those of whom it is expected to succeed."""
which = st.integers(0, 30)


def _attributes(disclosure: str) -> dict[str, Any]:
    return {"disclosure": Content("", disclosure).values["disclosure"]}


attributes = st.sampled_from(
    (
        *({} for _ in range(4)),
        *map(_attributes, DISCLOSURES),
        {"redactions": REDACTED},
        {"disclosure": {"attribute": "withheld", "ground": "internal-affairs"}},
    )
)


agency_codes = st.sampled_from((WATER, WATER, PUMPS, HEALTH))
asked = precondition(lambda self: self.model.cases)


class Requests(RuleBasedStateMachine):
    """People and sources work on entries of three agencies."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.offices = self.stack.enter_context(sqlite_offices(Path(folder), prepare))
        self.model = Model()
        self.keys: dict[SourceKey, str] = {}
        self.titles = 0
        self.known = self._everything()
        self.shown: dict[Tier, dict[str, exposed.Shown]] = {tier: {} for tier in Tier}
        self.checked = 0

    def teardown(self) -> None:
        with self.stack, self.offices.database.reading() as session:
            assert audit.verify(session).ok

    @initialize(
        served=st.lists(agency_codes, min_size=2, max_size=3),
        waiting=st.lists(st.sampled_from(DISCLOSURES), min_size=1, max_size=3),
        steps=st.sampled_from((("agency",), ("centre",), ("agency", "centre"))),
    )
    def some_are_there(
        self, served: Sequence[str], waiting: Sequence[str], steps: Sequence[str]
    ) -> None:
        self.set_steps("zhao", CENTRE, "high", steps)
        for agency in served:
            self._register(OPERATOR.name, agency, self._content("proactive"), "accept")
        for disclosure in waiting:
            self._register("zhou", WATER, self._content(disclosure), "submit")

    # registrars

    @rule(
        by=who,
        agency=agency_codes,
        disclosure=st.sampled_from(DISCLOSURES),
        submit=st.booleans(),
    )
    def register(self, by: Somebody, agency: str, disclosure: str, submit: bool) -> None:
        actor = self._who(by, lambda name: self.model.may(name, agency, self.today, Role.REGISTRAR))
        self._register(actor, agency, self._content(disclosure), "submit" if submit else "draft")

    @rule(by=who, n=which, disclosure=st.sampled_from(DISCLOSURES), submit=st.booleans())
    def revise(self, by: Somebody, n: int, disclosure: str, submit: bool) -> None:
        entry, content = self._entry(n), self._content(disclosure)
        actor = self._who(
            by, lambda name: not self.model.writing(name, entry, self.today, Role.REGISTRAR)
        )
        expected = self.model.writing(actor, entry, self.today, Role.REGISTRAR)
        if self._try(
            actor,
            expected,
            lambda session, viewer: registration.revise(
                session,
                viewer,
                entry,
                content.values,
                self._revision(entry),
                self.now,
                submit=submit,
            ),
        ):
            self.model.propose(actor, entry, content, submit)
            self.model.things[entry].revision += 1

    @rule(by=who, n=which)
    def submit(self, by: Somebody, n: int) -> None:
        entry = self._entry(n, "draft", "returned")
        thing = self.model.things[entry]
        actor = self._who(
            by, lambda name: not self.model.writing(name, entry, self.today, Role.REGISTRAR)
        )
        expected = self.model.writing(actor, entry, self.today, Role.REGISTRAR)
        if not expected and (thing.pending is None or thing.state not in ("draft", "returned")):
            expected = (WrongState,)
        if self._try(
            actor,
            expected,
            lambda session, viewer: registration.submit(
                session, viewer, entry, self._revision(entry), self.now
            ),
        ):
            assert thing.pending
            self.model.propose(actor, entry, thing.pending, submit=True)
            thing.revision += 1

    @asked
    @rule(by=who, n=which)
    def recall(self, by: Somebody, n: int) -> None:
        number, case = self._request(n)
        actor = self._who(
            by, lambda name: not self.model.proposing(name, case, self.today, *WITH_REVIEWERS)
        )
        expected = self.model.proposing(actor, case, self.today, *WITH_REVIEWERS)
        if case.leaving and not expected:
            expected = (WrongState,)
        if self._try(
            actor,
            expected,
            lambda session, viewer: flow.recall(
                session, viewer, number, self._revision(case.entry), self.now
            ),
        ):
            case.put_down(state="draft", step=0, confirmed_by=[])
            self.model.things[case.entry].state = "draft"
            self.model.things[case.entry].revision += 1

    @asked
    @rule(by=who, n=which)
    def cancel(self, by: Somebody, n: int) -> None:
        number, case = self._request(n)
        actor = self._who(by, lambda name: not self.model.proposing(name, case, self.today, *OPEN))
        expected = self.model.proposing(actor, case, self.today, *OPEN)
        if self._try(
            actor,
            expected,
            lambda session, viewer: flow.cancel(
                session, viewer, number, self._revision(case.entry), "", self.now
            ),
        ):
            self.model.close(case, "cancelled")

    @rule(by=who, n=which, values=attributes)
    def propose_attributes(self, by: Somebody, n: int, values: Mapping[str, Any]) -> None:
        entry = self._entry(n, "published")
        thing = self.model.things[entry]
        actor = self._who(
            by,
            lambda name: (
                not self.model.writing(name, entry, self.today, Role.REGISTRAR, Role.REVIEWER)
            ),
        )
        expected = self.model.writing(actor, entry, self.today, Role.REGISTRAR, Role.REVIEWER)
        if not expected and thing.served is None:
            expected = (WrongState,)
        if not expected and thing.pending:
            expected = (Conflict,)
        if self._try(
            actor,
            expected,
            lambda session, viewer: proposing.propose_attributes(
                session, viewer, entry, values, self._revision(entry), "情况变了", self.now
            ),
        ):
            assert thing.served
            content = thing.served.with_attributes(values)
            self.model.propose(actor, entry, content, True, "attributes")
            thing.revision += 1

    # asking

    @rule(by=who, n=which)
    def withdraw(self, by: Somebody, n: int) -> None:
        entry = self._entry(n)
        actor = self._who(
            by,
            lambda name: (
                not self._asking(name, entry, free=self.model.things[entry].served is None)
            ),
        )
        expected = self._asking(actor, entry, free=self.model.things[entry].served is None)
        at_once = self.model.things[entry].served is None or actor == OPERATOR.name
        if self._try(
            actor,
            expected,
            lambda session, viewer: review.withdraw(
                session, viewer, entry, self._revision(entry), "重复登记", self.now
            ),
        ):
            if at_once:
                self.model.bury(entry)
                self.model.things[entry].revision += 1
            else:
                self.model.ask(actor, entry, "withdraw")

    @rule(by=who, n=which, m=which)
    def merge(self, by: Somebody, n: int, m: int) -> None:
        entry, into = self._entry(n, "published"), self._entry(m, "published")
        other = self.model.things[into]
        actor = self._who(
            by,
            lambda name: (
                not self.model.writing(name, entry, self.today, Role.REGISTRAR, Role.REVIEWER)
            ),
        )
        expected = self.model.writing(actor, entry, self.today, Role.REGISTRAR, Role.REVIEWER)
        if not expected and not self.model.may(actor, other.agency, self.today):
            expected = (Forbidden, NotFound)
        if not expected and (other.served is None or into == entry):
            expected = (WrongState,)
        expected = expected or self._asking(actor, entry, free=False)
        if self._try(
            actor,
            expected,
            lambda session, viewer: review.merge(
                session, viewer, entry, into, self._revision(entry), "同一资源", self.now
            ),
        ):
            if actor == OPERATOR.name:
                self.model.bury(entry)
                self.model.things[entry].revision += 1
            else:
                self.model.ask(actor, entry, "merge", into)

    @asked
    @rule(by=who, n=which)
    def ask_again(self, by: Somebody, n: int) -> None:
        number, case = self._request(n, "returned")
        actor = self._who(by, lambda name: not self.model.proposing(name, case, self.today, *OPEN))
        expected = self.model.proposing(actor, case, self.today, *OPEN)
        if not expected and not (case.leaving and case.state == "returned"):
            expected = (WrongState,)
        if self._try(
            actor,
            expected,
            lambda session, viewer: leaving.ask_again(
                session, viewer, number, self._revision(case.entry), "仍须撤下", self.now
            ),
        ):
            case.state = "submitted"
            case.authors = list(dict.fromkeys([*case.authors, actor]))
            self.model.things[case.entry].revision += 1

    @rule(by=who, n=which)
    def ask_anew(self, by: Somebody, n: int) -> None:
        entry = self._entry(n, "published")
        thing = self.model.things[entry]
        asking = (Role.AUDITOR, Role.REVIEWER, Role.ADMINISTRATOR)
        actor = self._who(by, lambda name: not self.model.writing(name, entry, self.today, *asking))
        expected = self.model.writing(actor, entry, self.today, *asking)
        if not expected and thing.served is None:
            expected = (WrongState,)
        there = self.model.about_content(entry)
        if (
            self._try(
                actor,
                expected,
                lambda session, viewer: proposing.ask_anew(
                    session, viewer, entry, "review-by-passed", "复审日期已过", self.now
                ),
            )
            and not there
        ):
            number = len(self.model.cases) + 1
            self.model.cases[number] = Case(
                entry, "attributes", "returned", actor, [], finding=True, version=False
            )

    # reviewers

    @asked
    @rule(by=who, n=which, values=attributes)
    def accept(self, by: Somebody, n: int, values: Mapping[str, Any]) -> None:
        number, case = self._request(n, *WITH_REVIEWERS)
        actor = self._who(by, lambda name: not self.model.accepting(name, case, self.today, values))
        expected = self.model.accepting(actor, case, self.today, values)
        barred = case.barred
        if self._try(
            actor,
            expected,
            lambda session, viewer: flow.accept(
                session, viewer, number, self._revision(case.entry), self.now, values
            ),
        ):
            assert actor == OPERATOR.name or actor not in barred
            self.model.accept(actor, case, {} if case.leaving else values)

    @asked
    @rule(by=who, n=which)
    def send_back(self, by: Somebody, n: int) -> None:
        number, case = self._request(n, *WITH_REVIEWERS)
        actor = self._who(by, lambda name: not self.model.deciding(name, case, self.today))
        expected = self.model.deciding(actor, case, self.today)
        if self._try(
            actor,
            expected,
            lambda session, viewer: flow.send_back(
                session, viewer, number, self._revision(case.entry), "请补充", self.now
            ),
        ):
            case.put_down(state="returned", step=0, confirmed_by=[])
            case.returned_at = self.now
            thing = self.model.things[case.entry]
            thing.state = thing.state if case.leaving else "returned"
            thing.revision += 1

    @asked
    @rule(by=who, n=which)
    def refuse(self, by: Somebody, n: int) -> None:
        number, case = self._request(n, *WITH_REVIEWERS)
        actor = self._who(by, lambda name: not self.model.deciding(name, case, self.today))
        expected = self.model.deciding(actor, case, self.today)
        if self._try(
            actor,
            expected,
            lambda session, viewer: flow.refuse(
                session, viewer, number, self._revision(case.entry), "不属实", self.now
            ),
        ):
            self.model.close(case, "refused")

    @asked
    @rule(by=who, n=which)
    def take(self, by: Somebody, n: int) -> None:
        number, case = self._request(n, *WITH_REVIEWERS)
        actor = self._who(by, lambda name: not self._reviewing(name, case))
        expected = self._reviewing(actor, case)
        if (
            self._try(
                actor,
                expected,
                lambda session, viewer: assigning.take(session, viewer, number, self.now),
            )
            and case.assignee != actor
        ):
            case.state, case.assignee, case.assigned_at = "in-review", actor, self.now

    @asked
    @rule(by=who, n=which, to=st.sampled_from((*PEOPLE, "")))
    def assign(self, by: Somebody, n: int, to: str) -> None:
        number, case = self._request(n, *WITH_REVIEWERS)
        actor = self._who(
            by,
            lambda name: (
                not self._managing(name, case, WITH_REVIEWERS, Role.REVIEWER, Role.ADMINISTRATOR)
            ),
        )
        expected = self._managing(actor, case, WITH_REVIEWERS, Role.REVIEWER, Role.ADMINISTRATOR)
        if not expected and not self.model.may_decide(to, case, self.today):
            expected = (Forbidden,) if to else (NotFound,)
        if self._try(
            actor,
            expected,
            lambda session, viewer: assigning.assign(session, viewer, number, to, self.now),
        ):
            case.state, case.assignee, case.assigned_at = "in-review", to, self.now

    @asked
    @rule(by=who, n=which)
    def release(self, by: Somebody, n: int) -> None:
        number, case = self._request(n, "in-review")
        actor = self._who(by, lambda name: name in (case.assignee, "zhao"))
        own = actor and actor == case.assignee and self.model.sees(actor, case, self.today)
        expected = self._managing(actor, case, ("in-review",), Role.ADMINISTRATOR)
        if own:
            expected = FINE if case.state == "in-review" else (WrongState,)
        if self._try(
            actor,
            expected,
            lambda session, viewer: assigning.release(
                session, viewer, number, "请他人办理", self.now
            ),
        ):
            case.state, case.assignee, case.assigned_at = "submitted", "", None

    @asked
    @rule(by=who, n=which)
    def comment(self, by: Somebody, n: int) -> None:
        number, case = self._request(n)
        actor = self._who(by, lambda name: self.model.sees(name, case, self.today))
        expected = FINE if self.model.sees(actor, case, self.today) else (NotFound,)
        self._try(
            actor,
            expected,
            lambda session, viewer: flow.comment(session, viewer, number, "请看附件", self.now),
        )

    @asked
    @rule(
        by=who,
        chosen=st.lists(which, min_size=1, max_size=4),
        between=st.booleans(),
        n=which,
    )
    def decide_on_many(self, by: Somebody, chosen: Sequence[int], between: bool, n: int) -> None:
        """Selected, opened and accepted; meanwhile perhaps somebody mends one of them."""
        picked = dict(self._request(each, *WITH_REVIEWERS) for each in chosen)
        cases = list(picked.values())
        touched = [case.entry for case in cases]
        actor = self._who(by, lambda name: self.model.may_decide(name, cases[0], self.today))
        mine = all(self.model.may_decide(actor, case, self.today) for case in cases)
        twice = len(set(touched)) < len(touched) or any(case.into in touched for case in cases)
        expected = FINE if mine and not twice else (Invalid,)
        drawn: list[bulk.Bulk] = []
        if not self._try(
            actor,
            expected,
            lambda session, viewer: drawn.append(
                bulk.select_many(session, viewer, list(picked), self.now)
            ),
        ):
            return
        (many,) = drawn
        risky = [number for number, case in picked.items() if self._risk(case) == "high"]
        assert set(risky) <= set(many.sample)
        assert len(many.sample) >= min(len(picked), len(risky) + bulk.LEAST)
        self._try(
            actor,
            (WrongState,),
            lambda session, viewer: bulk.accept(session, viewer, many.number, self.now),
        )
        seen = {case.entry: self._revision(case.entry) for case in cases}
        for number in many.sample:
            self._try(
                actor,
                FINE,
                lambda session, viewer, one=number: bulk.opened(session, viewer, many.number, one),
            )
        if between:
            self.revise(("zhou", 0), n, "withheld", True)
        refusals: Refusal = ()
        for case in cases:
            stale: Refusal = (Stale,) if self._revision(case.entry) != seen[case.entry] else FINE
            refusals = refusals or stale or self.model.accepting(actor, case, self.today, {})
        if self._try(
            actor,
            refusals,
            lambda session, viewer: _accept_many(session, viewer, many.number, self.now),
        ):
            for case in cases:
                self.model.accept(actor, case, {})

    # sources

    @rule(
        source=st.sampled_from((AUTOMATIC, REVIEWED)),
        key=st.sampled_from("ab"),
        disclosure=st.sampled_from(DISCLOSURES),
        borne_out=st.booleans(),
        same=st.booleans(),
    )
    def harvest(self, source: str, key: str, disclosure: str, borne_out: bool, same: bool) -> None:
        origin, automatic = SourceKey(source, key), source == AUTOMATIC
        entry = self.keys.get(origin)
        content = self._content(disclosure, borne_out or disclosure != "withheld")
        if entry and same:
            content = self.model.things[entry].sent or content
        proposal = Proposal("document", content.values, WATER, source=origin, accept=automatic)
        before = len(self.model.cases)
        (outcome,) = self._registered("wang", proposal)
        if entry is None:
            entry = self._new(
                outcome, WATER, content, "wang", automatic and content.borne_out, True
            )
            self.keys[origin] = entry
            self.model.things[entry].sent = content
        else:
            assert self.model.receive("wang", entry, content, automatic) == outcome.changed
        assert len(self.model.cases) >= before

    @rule(source=st.sampled_from((AUTOMATIC, REVIEWED)), key=st.sampled_from("ab"))
    def delete_at_source(self, source: str, key: str) -> None:
        entry = self.keys.get(SourceKey(source, key))
        self._try(
            "wang",
            FINE,
            lambda session, viewer: withdrawal.retire(
                session, viewer, source, [key], "来源已删除", self.now
            ),
        )
        if entry and self.model.things[entry].state != "withdrawn":
            self.model.bury(entry, by_source=True)
            self.model.things[entry].revision += 1

    # arrangements and time

    @rule(
        actor=st.sampled_from(("zhao", "zhao", "li")),
        agency=st.sampled_from((WATER, PUMPS, CENTRE)),
        risk=st.sampled_from(("low", "medium", "high")),
        steps=st.sampled_from(((), ("agency",), ("centre",), ("agency", "centre"))),
    )
    def set_steps(self, actor: str, agency: str, risk: str, steps: Sequence[str]) -> None:
        expected = FINE if actor == "zhao" else (Forbidden,)
        if self._try(
            actor,
            expected,
            lambda session, viewer: routes.choose(
                session, viewer, agency, risk, steps, 5, self.now
            ),
        ):
            self.model.routes[agency, risk] = list(steps)

    @rule(
        by=st.sampled_from(("", "zhao", "wang")),
        absent=st.sampled_from(tuple(PEOPLE)),
        deputy=st.sampled_from(("deng", "zhou", "wang", "he", "li")),
        days=st.integers(0, 9),
    )
    def delegate(self, by: str, absent: str, deputy: str, days: int) -> None:
        actor = by or absent
        expected: Refusal = FINE if actor in ("zhao", absent) else (Forbidden,)
        reviews = any(grant.role is Role.REVIEWER for grant in PEOPLE[absent])
        if not expected and (absent == deputy or not reviews):
            expected = (Invalid,)
        begins, ends = self.today + timedelta(days % 2), self.today + timedelta(days)
        if not expected and ends < begins:
            expected = (Invalid,)
        made: list[standing_in.StandIn] = []
        if self._try(
            actor,
            expected,
            lambda session, viewer: made.append(
                standing_in.delegate(session, viewer, absent, deputy, begins, ends, self.now)
            ),
        ):
            self.model.away.append(Away(made[0].number, absent, deputy, begins, ends))

    @precondition(lambda self: self.model.away)
    @rule(n=which, by=st.sampled_from(("absent", "deputy", "zhao", "sun")))
    def end_delegation(self, n: int, by: str) -> None:
        away = self.model.away[n % len(self.model.away)]
        actor = getattr(away, by, by)
        expected = FINE if actor in (away.absent, away.deputy, "zhao") else (NotFound,)
        if self._try(
            actor,
            expected,
            lambda session, viewer: standing_in.end(session, viewer, away.number, self.now),
        ):
            self.model.away.remove(away)

    @rule(days=st.sampled_from((1, 3, 6, 6, 20, 100)))
    def let_time_pass(self, days: int) -> None:
        self.offices.clock.advance(timedelta(days=days))
        dues = {row.id: row.due for row in self._rows(Request)}
        self._try(
            OPERATOR.name,
            FINE,
            lambda session, _: sweeping.sweep(session, self.now),
            sweeping.SWEEPER,
        )
        self.model.sweep(self.now, dues)
        self._somebody_can_act()

    @asked
    @rule(n=which)
    def act_on_what_is_stale(self, n: int) -> None:
        number, case = self._request(n)
        with pytest.raises(Stale), self.offices.database.writing() as session:
            flow.accept(session, OPERATOR, number, self._revision(case.entry) - 1, self.now)

    # what always holds

    @invariant()
    def requests_and_entries_are_as_expected(self) -> None:
        rows = {row.id: row for row in self._rows(Request)}
        assert rows.keys() == self.model.cases.keys()
        for number, case in self.model.cases.items():
            row = rows[number]
            told = (row.entry, row.what, row.state, row.proposed_by, row.merge_into or "")
            assert told == (case.entry, case.purpose, case.state, case.proposed_by, case.into)
            assert (set(row.authors), row.confirmed_by) == (set(case.authors), case.confirmed_by)
            assert (row.version is not None) == case.version
            if case.is_open:
                assert (row.steps, row.step) == (case.steps, case.step)
                assert (row.assignee, row.escalated) == (case.assignee, case.escalated)
        versions = {(row.entry, row.number): row for row in self._rows(Version)}
        for row in self._rows(Entry):
            thing = self.model.things[row.identifier]
            assert (row.state, row.revision) == (thing.state, thing.revision)
            served = versions.get((row.identifier, row.served))
            pending = versions.get((row.identifier, row.pending))
            assert (_content_of(served), _content_of(pending)) == (
                _said(thing.served),
                _said(thing.pending),
            )
            self._agrees_with_its_requests(row)

    @invariant()
    def what_is_served_is_what_was_decided(self) -> None:
        with self.offices.database.reading() as session:
            rows = session.execute(
                select(Entry.identifier, Version).join(
                    Version, (Version.entry == Entry.identifier) & (Version.number == Entry.served)
                )
            ).all()
            standing = decisions.standing(session, [row.identifier for row in rows])
            everything = session.scalars(select(decisions.Decision.supersedes)).all()
        superseded = [each for each in everything if each is not None]
        assert len(set(superseded)) == len(superseded)
        for entry, version in rows:
            ruled = {(each.axis, each.part): each for each in rulings(descriptor_of(version))}
            decided = {(each.axis, each.part): each for each in standing.get(entry, [])}
            for key in ruled.keys() | decided.keys():
                ruling, decision = ruled.get(key), decided.get(key)
                if ruling is None:
                    assert decided[key].value in ("undetermined", "opened")
                elif decision is None:
                    assert ruling.value == "undetermined"
                else:
                    assert (decision.value, decision.ground) == (ruling.value, ruling.ground)
                    assert dict(decision.evidence) == dict(ruling.evidence)

    @invariant()
    def each_tier_was_shown_what_the_policy_lets_it_see(self) -> None:
        if len(self.known["changes"]) == self.checked:
            return
        self.checked = len(self.known["changes"])
        with self.offices.database.reading() as session:
            for tier, shown in self.shown.items():
                shown.update(exposed.as_the_policy_says(session, tier))
                exposed.check(session, tier, shown)

    @invariant()
    def the_logs_have_no_gaps(self) -> None:
        for log in ("changes", "audit_events"):
            assert sorted(self.known[log]) == list(range(1, len(self.known[log]) + 1))

    def _agrees_with_its_requests(self, row: Entry) -> None:
        cases = self.model.open_of(row.identifier)
        assert len([case for case in cases if case.leaving]) <= 1
        case = self.model.about_content(row.identifier)
        if row.state == "withdrawn":
            assert not cases
        elif case and case.version:
            assert row.pending is not None
            assert row.state == ("submitted" if case.state == "in-review" else case.state)
        elif row.pending is None:
            assert row.state == "published"
        else:
            assert row.state == "draft"  # kept when its request expired

    def _somebody_can_act(self) -> None:
        """After time has passed, of each open request; the operator always may besides."""
        with self.offices.database.reading() as session:
            everybody = standing_in.everybody(session, self.now)
            for number, case in self.model.cases.items():
                path = PATHS[self.model.things[case.entry].agency]
                if case.state in WITH_PROPOSERS:
                    assert any(each.may(Role.REGISTRAR, path) for each in everybody)
                elif case.is_open:
                    inside = [each for each in everybody if in_scope(each, path)]
                    free = [each for each in inside if reading.get(session, each, number).mine]
                    assert free or (case.escalated and "zhao" in case.barred)
                    assert reading.get(session, OPERATOR, number).mine

    # how it is tried

    @property
    def now(self) -> datetime:
        return self.offices.clock.now()

    @property
    def today(self) -> date:
        return local_day(self.now)

    def _try(
        self,
        name: str,
        expected: Refusal,
        step: Callable[[Session, Viewer], object],
        acts: str = "",
    ) -> bool:
        """Do it. What is refused is refused as expected and changes nothing at all; of what is done
        each change stands in the audit log.
        """
        viewer, before = acting(self.offices, name), self.known
        try:
            with self.offices.database.writing() as session:
                step(session, viewer)
        except expected:
            assert self._everything() == before
            return False
        except CatalogError as fault:
            raise AssertionError(f"{name}: {fault!r} where {expected} was expected") from fault
        assert not expected, f"{name} did what was to be refused with {expected}"
        self._is_told(before, acts or name)
        return True

    def _is_told(self, before: Mapping[str, Mapping[Any, Any]], actor: str) -> None:
        after = self.known = self._everything()
        new = [
            row for key, row in after["audit_events"].items() if key not in before["audit_events"]
        ]
        assert {row.actor for row in new} <= {actor}
        told = {json.loads(row.details).get("request") for row in new}
        for number, row in after["requests"].items():
            if before["requests"].get(number) != row:
                assert number in told
        for entry, row in after["entries"].items():
            old = before["entries"].get(entry)
            actions = {each.action for each in new if each.entry == entry}
            if old != row:
                assert actions
            if (old.served if old else None) != row.served:
                assert actions & SERVING
        for fixed in ("versions", "decisions", "audit_events", "changes"):
            assert before[fixed].items() <= after[fixed].items()

    def _everything(self) -> dict[str, dict[Any, Any]]:
        with self.offices.database.reading() as session:
            return {
                table: {
                    row[0] if keys == 1 else row[:keys]: row
                    for row in session.execute(text(f"SELECT * FROM {table}"))
                }
                for table, keys in TABLES.items()
            }

    def _register(self, name: str, agency: str, content: Content, how: str) -> None:
        proposal = Proposal(
            "document", content.values, agency, submit=how != "draft", accept=how == "accept"
        )
        (outcome,) = self._registered(name, proposal)
        if not self.model.may(name, agency, self.today, Role.REGISTRAR):
            assert outcome.rejected
            return
        self._new(outcome, agency, content, name, how == "accept", how != "draft")

    def _registered(self, name: str, proposal: Proposal) -> list[Outcome]:
        outcomes: list[Outcome] = []
        self._try(
            name,
            FINE,
            lambda session, viewer: outcomes.extend(
                registration.register(session, viewer, [proposal], self.now)
            ),
        )
        return outcomes

    def _new(
        self, outcome: Outcome, agency: str, content: Content, name: str, served: bool, submit: bool
    ) -> str:
        entry = str(outcome.identifier)
        assert entry not in self.model.things
        thing = Thing(agency, "published", content if served else None, latest=(name, content))
        self.model.things[entry] = thing
        if not served:
            self.model.propose(name, entry, content, submit)
        return entry

    def _content(self, disclosure: str, borne_out: bool = True) -> Content:
        self.titles += 1
        return Content(f"第{self.titles}号", disclosure, borne_out=borne_out)

    def _who(self, by: Somebody, fits: Callable[[str], bool]) -> str:
        """Who acts: mostly one of those of whom it is expected to succeed."""
        name, luck = by
        apt = [each for each in EVERYBODY if fits(each)] if luck else []
        return apt[EVERYBODY.index(name) % len(apt)] if apt else name

    def _entry(self, n: int, *states: str) -> str:
        """An entry, if possible in one of the states."""
        things = self.model.things
        liked = [each for each, thing in things.items() if thing.state in states] or list(things)
        return liked[n % len(liked)]

    def _request(self, n: int, *states: str) -> tuple[int, Case]:
        """A request, if possible in one of the states."""
        cases = list(self.model.cases.items())
        liked = [each for each in cases if each[1].state in (states or OPEN)]
        return (liked or cases)[n % len(liked or cases)]

    def _revision(self, entry: str) -> int:
        return self.model.things[entry].revision

    def _asking(self, actor: str, entry: str, free: bool) -> Refusal:
        asking = (Role.REGISTRAR, Role.REVIEWER)
        if refusal := self.model.writing(actor, entry, self.today, *asking):
            return refusal
        asked = any(case.leaving for case in self.model.open_of(entry))
        return (Conflict,) if asked and not free and actor != OPERATOR.name else FINE

    def _reviewing(self, actor: str, case: Case) -> Refusal:
        """As for deciding, whoever has it in hand."""
        if not self.model.sees(actor, case, self.today):
            return (NotFound,)
        if case.state not in WITH_REVIEWERS:
            return (WrongState,)
        return FINE if self.model.may_decide(actor, case, self.today) else (Forbidden,)

    def _managing(self, actor: str, case: Case, states: Sequence[str], *roles: Role) -> Refusal:
        if not self.model.sees(actor, case, self.today):
            return (NotFound,)
        if case.state not in states:
            return (WrongState,)
        agency = self.model.things[case.entry].agency
        return FINE if self.model.may(actor, agency, self.today, *roles) else (Forbidden,)

    def _risk(self, case: Case) -> str:
        pending = self.model.things[case.entry].pending
        return "high" if case.leaving or pending is None else pending.risk

    def _rows(self, table: type[Any]) -> list[Any]:
        with self.offices.database.reading() as session:
            return list(session.scalars(select(table)))


def _accept_many(session: Session, viewer: Viewer, number: int, now: datetime) -> None:
    """Accept a selection; of several that bar it, the first is told."""
    try:
        bulk.accept(session, viewer, number, now)
    except Barred as barred:
        raise next(iter(barred.causes.values())) from None


def _said(content: Content | None) -> tuple[str, str, bool] | None:
    return (content.title, content.disclosure, content.redacted) if content else None


def _content_of(version: Version | None) -> tuple[str, str, bool] | None:
    if version is None:
        return None
    return version.title, version.disclosure, bool(version.values.get("redactions"))


TestRequests = Requests.TestCase
TestRequests.settings = settings(max_examples=35, stateful_step_count=40, deadline=None)
