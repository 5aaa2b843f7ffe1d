"""The life of an entry as a state machine: whatever people do, in whatever order, what is served
stays served until a review says else, nothing is lost, and the logs tell all of it."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from catalog import audit, changes, entries
from catalog.errors import CatalogError, Forbidden, Gone, NotFound, Stale, WrongState
from catalog.follower import Follower
from catalog.indexing import verify
from catalog.registration import Outcome
from catalog.viewers import PUBLIC, Viewer
from search.memory import MemoryEngine
from tests.offices import COLLEAGUE, NEIGHBOUR, REGISTRAR, REVIEWER, sqlite_offices

ACTORS = (REGISTRAR, COLLEAGUE, NEIGHBOUR, REVIEWER)


@dataclass
class Expected:
    """What the entry should be by now."""

    revision: int
    state: str
    served: str | None
    pending: str | None
    author: str
    versions: int = 1
    gone: bool = False


class Life(RuleBasedStateMachine):
    """People work on entries of the water bureau."""

    made = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.offices = self.stack.enter_context(sqlite_offices(Path(folder)))
        self.engine = MemoryEngine()
        self.follower = Follower(self.offices.database, self.engine, self.offices.clock)
        self.expected: dict[str, Expected] = {}

    def teardown(self) -> None:
        with self.stack, self.offices.database.reading() as session:
            assert audit.verify(session).ok

    @rule(
        target=made,
        title=st.sampled_from("甲乙丙"),
        disclosure=st.sampled_from(("proactive", "withheld")),
    )
    def register(self, title: str, disclosure: str) -> str:
        outcome = self.offices.submitted(title=title, disclosure=disclosure)
        identifier = str(outcome.identifier)
        assert identifier not in self.expected
        self.expected[identifier] = Expected(1, "submitted", None, title, REGISTRAR.name)
        return identifier

    @rule(
        which=made,
        actor=st.sampled_from(ACTORS),
        title=st.sampled_from("丁戊己"),
        submit=st.booleans(),
    )
    def revise(self, which: str, actor: Viewer, title: str, submit: bool) -> None:
        known = self.expected[which]
        done = self._try(which, lambda o: self.offices.revise(o, actor, submit, title=title))
        if done:
            assert actor in (REGISTRAR, COLLEAGUE)
            assert not known.gone
            known.pending, known.author = title, actor.name
            known.state = "submitted" if submit else "draft"
            known.versions += 1

    @rule(which=made, actor=st.sampled_from(ACTORS))
    def submit(self, which: str, actor: Viewer) -> None:
        known = self.expected[which]
        before = known.state
        if self._try(which, lambda o: self.offices.submit(o, actor)):
            assert before in ("draft", "returned")
            known.state = "submitted"

    @rule(which=made, actor=st.sampled_from(ACTORS))
    def accept(self, which: str, actor: Viewer) -> None:
        known = self.expected[which]
        before = known.state
        if self._try(which, lambda o: self.offices.accept(o, actor=actor)):
            assert before == "submitted"
            assert actor in (COLLEAGUE, REVIEWER)
            assert actor.name != known.author
            known.state, known.served, known.pending = "published", known.pending, None

    @rule(which=made, actor=st.sampled_from(ACTORS))
    def send_back(self, which: str, actor: Viewer) -> None:
        known = self.expected[which]
        if self._try(which, lambda o: self.offices.send_back(o, actor=actor)):
            assert known.state == "submitted"
            known.state = "returned"

    @rule(which=made, actor=st.sampled_from(ACTORS))
    def withdraw(self, which: str, actor: Viewer) -> None:
        known = self.expected[which]
        if known.served is not None:
            return  # somebody else has to agree: tests/unit/test_catalog_requests_machine.py
        if self._try(which, lambda o: self.offices.ask_to_withdraw(o, actor=actor)):
            assert not known.gone
            known.state, known.gone, known.served, known.pending = "withdrawn", True, None, None

    @rule(which=made)
    def act_on_what_is_stale(self, which: str) -> None:
        known = self.expected[which]
        old = Outcome(which, known.revision - 1, "", False, True)
        with pytest.raises(Stale) as late:
            self.offices.revise(old)
        assert late.value.current == known.revision

    @rule()
    def follow(self) -> None:
        while self.follower.step():
            pass
        assert verify(self.offices.database, self.engine).ok

    @invariant()
    def everything_is_as_expected(self) -> None:
        with self.offices.database.reading() as session:
            for identifier, known in self.expected.items():
                assert len(entries.history(session, REVIEWER, identifier)) == known.versions
                try:
                    view = entries.find(session, REVIEWER, identifier)
                except Gone:
                    assert known.gone
                    continue
                served, pending = view.served, view.pending
                assert (view.revision, view.state) == (known.revision, known.state)
                assert (served.descriptor.get("title") if served else None) == known.served
                assert (pending.descriptor.get("title") if pending else None) == known.pending
                self._public_sees_what_is_served(identifier, known)

    @invariant()
    def the_logs_tell_each_step(self) -> None:
        steps = sum(known.revision for known in self.expected.values())
        with self.offices.database.reading() as session:
            assert changes.head(session) == steps

    def _public_sees_what_is_served(self, identifier: str, known: Expected) -> None:
        with self.offices.database.reading() as session:
            try:
                view = entries.find(session, PUBLIC, identifier)
            except NotFound:
                return
        assert view.served is not None
        assert view.served.descriptor.get("title") == known.served
        assert (view.state, view.pending, view.remark) == ("published", None, "")

    def _try(self, which: str, step: object) -> bool:
        """Do it on the latest revision; False if it was refused, which leaves all as it was."""
        known = self.expected[which]
        try:
            outcome = step(Outcome(which, known.revision, "", False, True))  # type: ignore[operator]
        except (Forbidden, NotFound, WrongState):
            return False
        except CatalogError as fault:
            raise AssertionError(f"not a refusal that was expected: {fault!r}") from fault
        known.revision += 1
        assert outcome.revision == known.revision
        return True


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
