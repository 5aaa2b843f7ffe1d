"""The curation layer: what people correct in harvested entries outlives every harvest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from catalog import registration
from catalog.curation import reading, resolving
from catalog.curation.reading import CurationView
from catalog.errors import Forbidden, Invalid, NotFound
from catalog.registration import Outcome
from catalog.requests import flow
from tests.offices import (
    ANOTHER,
    NEIGHBOUR,
    PUBLIC,
    REGISTRAR,
    REVIEWED,
    REVIEWER,
    Offices,
    sqlite_offices,
    values,
)


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Offices]:
    """The small directory."""
    with sqlite_offices(tmp_path) as made:
        yield made


def _correct(offices: Offices, made: Outcome, note: str = "来源写错了", **more: Any) -> Outcome:
    """A registrar corrects a served entry, a reviewer agrees."""
    return offices.accept(_proposed(offices, made, note, **more))


def _proposed(offices: Offices, made: Outcome, note: str = "", **more: Any) -> Outcome:
    assert made.identifier
    view = offices.find(made.identifier, REGISTRAR)
    hand = (view.pending or view.shown).descriptor.values
    with offices.database.writing() as session:
        return registration.revise(
            session, REGISTRAR, made.identifier, {**hand, **more}, view.revision,
            offices.clock.now(), note=note,
        )  # fmt: skip


def _of(offices: Offices, made: Outcome, viewer: Any = REGISTRAR) -> dict[str, CurationView]:
    assert made.identifier
    with offices.database.reading() as session:
        found = reading.of_entry(session, viewer, made.identifier)
    return {each.path: each for each in found}


def _shown(offices: Offices, made: Outcome, path: str) -> Any:
    return offices.find(made.identifier, REGISTRAR).shown.descriptor.get(path)


def test_a_registrars_correction_outlives_the_next_harvest(offices: Offices) -> None:
    made = offices.sent("1", title="甲")
    _correct(offices, made, "封面上是另一个题目", title="甲（修订）")
    again = offices.sent("1", title="甲", abstract="新的摘要")
    assert again.changed
    assert _shown(offices, made, "title") == "甲（修订）"
    assert _shown(offices, made, "abstract") == "新的摘要"
    kept = _of(offices, made)["title"]
    assert (kept.mode, kept.sourced, kept.now, kept.value) == ("set", "甲", "甲", "甲（修订）")
    assert (kept.reason, kept.author, kept.state) == ("封面上是另一个题目", "wang", "standing")
    assert kept.accepted_by == REVIEWER.name


def test_what_only_waits_or_is_refused_corrects_nothing(offices: Offices) -> None:
    made = offices.sent("1", title="甲")
    waiting = _proposed(offices, made, title="乙")
    assert offices.sent("1", title="丙").changed
    assert _shown(offices, made, "title") == "丙"
    assert waiting.request
    with offices.database.writing() as session:
        revision = offices.find(made.identifier, REVIEWER).revision
        flow.refuse(session, REVIEWER, waiting.request, revision, "不对", offices.clock.now())
    assert _of(offices, made) == {}
    offices.sent("1", title="丁")
    assert _shown(offices, made, "title") == "丁"


def test_what_a_source_says_while_a_correction_waits_is_not_undone_by_it(offices: Offices) -> None:
    made = offices.sent("1", title="甲", abstract="旧的摘要")
    _proposed(offices, made, "题目", title="乙")
    offices.sent("1", title="甲", abstract="新的摘要")
    waiting = offices.find(made.identifier, REGISTRAR)
    offices.accept(Outcome(made.identifier, waiting.revision, "submitted", False, True))
    assert (_shown(offices, made, "title"), _shown(offices, made, "abstract")) == ("乙", "新的摘要")


def test_under_review_a_correction_that_waits_goes_on_with_what_the_source_sends(
    offices: Offices,
) -> None:
    made = offices.sent("1", REVIEWED, title="甲")
    _proposed(offices, made, "题目", title="乙")
    offices.sent("1", REVIEWED, title="甲", abstract="新的摘要")
    pending = offices.find(made.identifier, REGISTRAR)
    assert pending.pending
    assert pending.pending.descriptor.get("title") == "乙"
    offices.accept(Outcome(made.identifier, pending.revision, "submitted", False, True))
    assert (_shown(offices, made, "title"), _shown(offices, made, "abstract")) == ("乙", "新的摘要")
    assert list(_of(offices, made)) == ["title"]


def test_what_a_source_says_anew_while_its_correction_waits_is_a_conflict(
    offices: Offices,
) -> None:
    made = offices.sent("1", REVIEWED, title="甲")
    _proposed(offices, made, "题目", title="乙")
    offices.sent("1", REVIEWED, title="丙")
    pending = offices.find(made.identifier, REGISTRAR)
    offices.accept(Outcome(made.identifier, pending.revision, "submitted", False, True))
    found = _of(offices, made)["title"]
    assert (found.state, found.sourced, found.now, found.value) == ("conflict", "甲", "丙", "乙")


def test_an_addition_joins_what_the_source_lists_next(offices: Offices) -> None:
    made = offices.sent("1", keywords=[{"keyword": ["防汛"]}])
    _correct(offices, made, keywords=[{"keyword": ["防汛", "泵站"]}])
    offices.sent("1", keywords=[{"keyword": ["排水", "防汛"]}])
    assert _shown(offices, made, "keywords") == {"keyword": ["排水", "防汛", "泵站"]}
    assert _of(offices, made)["keywords"].state == "standing"


def test_a_source_that_says_something_new_is_shown_as_a_conflict(offices: Offices) -> None:
    made = offices.sent("1", title="甲")
    _correct(offices, made, title="乙")
    offices.sent("1", title="丙")
    found = _of(offices, made)["title"]
    assert (found.state, found.sourced, found.now, found.value) == ("conflict", "甲", "丙", "乙")
    assert _shown(offices, made, "title") == "乙"
    with offices.database.reading() as session:
        listed = reading.listed(session, REGISTRAR, "conflict").curations
        assert [each.id for each in listed] == [found.id]
        assert reading.listed(session, NEIGHBOUR, "conflict").curations == ()
        with pytest.raises(NotFound):
            reading.of_entry(session, NEIGHBOUR, str(made.identifier))
    offices.sent("1", title="甲")
    assert _of(offices, made)["title"].state == "standing"


def test_a_conflict_is_settled_by_keeping(offices: Offices) -> None:
    made = offices.sent("1", title="甲")
    _correct(offices, made, title="乙")
    offices.sent("1", title="丙")
    number = _of(offices, made)["title"].id
    with offices.database.writing() as session:
        with pytest.raises(NotFound):
            resolving.keep(session, NEIGHBOUR, number, "仍以原件为准", offices.clock.now())
        with pytest.raises(NotFound):
            resolving.keep(session, PUBLIC, number, "仍以原件为准", offices.clock.now())
        with pytest.raises(Invalid):
            resolving.keep(session, REGISTRAR, number, " ", offices.clock.now())
        resolving.keep(session, REGISTRAR, number, "仍以原件为准", offices.clock.now())
    kept = _of(offices, made)["title"]
    assert (kept.state, kept.sourced, kept.value) == ("standing", "丙", "乙")
    offices.sent("1", title="丁")
    assert _of(offices, made)["title"].state == "conflict"


def test_taking_the_sources_value_is_a_proposal_like_any_other(offices: Offices) -> None:
    made = offices.sent("1", title="甲")
    _correct(offices, made, title="乙")
    offices.sent("1", title="丙")
    number = _of(offices, made)["title"].id
    with offices.database.writing() as session:
        outcome = resolving.take(session, REGISTRAR, number, "来源已更正", offices.clock.now())
    assert _shown(offices, made, "title") == "乙"
    with pytest.raises(Forbidden):
        offices.accept(outcome, actor=REGISTRAR)
    offices.accept(outcome)
    assert _shown(offices, made, "title") == "丙"
    assert _of(offices, made) == {}
    with offices.database.reading() as session:
        assert [each.state for each in reading.history(session, REGISTRAR, made.identifier or "")]
    offices.sent("1", title="丁")
    assert _shown(offices, made, "title") == "丁"


def test_what_a_reviewer_decided_is_in_the_same_layer(offices: Offices) -> None:
    made = offices.sent("5", REVIEWED, title="甲")
    offices.accept(made, {"disclosure": values(disclosure="withheld")["disclosure"]})
    kept = _of(offices, made)["disclosure"]
    assert (kept.author, kept.state, kept.sourced) == ("li", "standing", {"attribute": "proactive"})
    offices.sent("5", REVIEWED, title="甲", disclosure="on-request")
    assert _of(offices, made)["disclosure"].state == "conflict"


def test_the_kind_of_a_harvested_entry_is_its_sources_to_say(offices: Offices) -> None:
    made = offices.sent("1", title="甲")
    assert made.identifier
    with offices.database.writing() as session, pytest.raises(Invalid) as refused:
        registration.revise(
            session, REGISTRAR, made.identifier, values("甲"), made.revision, offices.clock.now(),
            kind="non-document",
        )  # fmt: skip
    assert refused.value.problems[0].rule == "kind-of-source"


TITLES = st.sampled_from("甲乙丙丁")
WORDS = st.lists(st.sampled_from(["防汛", "泵站", "排水", "水位"]), unique=True, max_size=3)


class Curated(RuleBasedStateMachine):
    """Any sequence of harvests, corrections and withdrawals of corrections."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self._open = sqlite_offices(Path(self._folder.name))
        self.offices = self._open.__enter__()
        self.said: dict[str, Any] = {"title": "甲", "abstract": "一", "words": ["防汛"]}
        self.corrected: dict[str, Any] = {}
        self.added: list[str] = []
        self.made = self._send()

    def teardown(self) -> None:
        """Close the directory."""
        self._open.__exit__(None, None, None)
        self._folder.cleanup()

    def _send(self) -> Outcome:
        words = self.said["words"]
        more = {"keywords": [{"keyword": words}]} if words else {}
        return self.offices.sent(
            "1", title=self.said["title"], abstract=self.said["abstract"], **more
        )

    @rule(title=TITLES, abstract=st.sampled_from("一二三"), words=WORDS)
    def harvest(self, title: str, abstract: str, words: list[str]) -> None:
        """The source says something else."""
        self.said = {"title": title, "abstract": abstract, "words": words}
        self._send()

    @rule(path=st.sampled_from(["title", "abstract"]), value=st.sampled_from("甲乙丙一二三"))
    def correct(self, path: str, value: str) -> None:
        """An element is made something else; what the source says anyway is no correction."""
        if value == self.expected()[path]:
            return
        _correct(self.offices, self.made, **{path: value})
        self.corrected.pop(path, None)
        if value != self.said[path]:
            self.corrected[path] = value

    @rule(word=st.sampled_from(["泵站", "排水", "河道"]))
    def add(self, word: str) -> None:
        """A keyword is added."""
        now = self.expected()["words"]
        if word in now:
            return
        _correct(self.offices, self.made, keywords=[{"keyword": [*now, word]}])
        self.added = [each for each in [*now, word] if each not in self.said["words"]]

    @precondition(lambda self: self.corrected)
    @rule()
    def withdraw(self) -> None:
        """A correction is taken back."""
        path = sorted(self.corrected)[0]
        found = _of(self.offices, self.made)[path]
        with self.offices.database.writing() as session:
            now = self.offices.clock.now()
            outcome = resolving.take(session, REGISTRAR, found.id, "来源已更正", now)
        if outcome.changed:
            self.offices.accept(outcome, actor=ANOTHER)
        del self.corrected[path]

    def expected(self) -> dict[str, Any]:
        """The source's latest with the corrections that stand over it."""
        words = self.said["words"]
        words = [*words, *(each for each in self.added if each not in words)]
        return {**self.said, "words": words, **self.corrected}

    @invariant()
    def served_is_the_sources_latest_with_what_stands_over_it(self) -> None:
        """As the model has it."""
        served = self.offices.find(self.made.identifier).shown.descriptor
        words = served.all("keywords.keyword")
        shown = {"title": served.get("title"), "abstract": served.get("abstract"), "words": words}
        assert shown == self.expected()
        found = _of(self.offices, self.made)
        said = {"title": self.said["title"], "abstract": self.said["abstract"]}
        assert {path for path in found if path != "keywords"} == set(self.corrected)
        assert {path: found[path].now for path in self.corrected} == {
            path: said[path] for path in self.corrected
        }


Curated.TestCase.settings = settings(
    max_examples=10, stateful_step_count=15, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
TestCurated = Curated.TestCase
