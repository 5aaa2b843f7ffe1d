"""Plan and guard as pure functions: general rules hold for any fetch."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harvesters import guard
from harvesters.guard import Fetch
from harvesters.plan import PLANNED, Action, Known, plan, renames

SIZES = st.integers(0, 10_000)


@given(fetched=SIZES, live=SIZES, deletions=SIZES, limit=st.floats(0, 1))
def test_deletions_above_the_limit_always_wait(
    fetched: int, live: int, deletions: int, limit: float
) -> None:
    verdict = guard.judge(Fetch(fetched, live, deletions, True, False), limit)
    if verdict.delete:
        assert deletions <= max(1, limit * live)
    else:
        assert verdict.notes


@given(complete=st.booleans(), incremental=st.booleans())
def test_only_a_whole_complete_fetch_infers_deletions(complete: bool, incremental: bool) -> None:
    assert guard.infers(complete, incremental) is (complete and not incremental)


def test_one_deletion_never_waits_even_in_a_small_source() -> None:
    assert guard.judge(Fetch(2, 3, 1, True, False), 0.05).delete
    assert not guard.judge(Fetch(1, 3, 2, True, False), 0.05).delete


def test_an_empty_answer_where_something_was_waits() -> None:
    verdict = guard.judge(Fetch(0, 1, 1, True, False), 1.0)
    assert not verdict.delete
    assert [note.rule for note in verdict.notes] == ["source-empty"]
    assert guard.judge(Fetch(0, 0, 0, True, False), 0.05).delete
    assert guard.judge(Fetch(0, 50, 0, True, True), 0.05).delete, "no changes since the last time"


def test_an_incomplete_fetch_says_so() -> None:
    verdict = guard.judge(Fetch(10, 100, 0, False, False), 0.05)
    assert [note.rule for note in verdict.notes] == ["run-incomplete"]


def test_what_comes_back_under_other_keys_is_reported_as_renamed() -> None:
    verdict = guard.judge(Fetch(100, 100, 100, True, False, renames=100), 0.05)
    assert {note.rule for note in verdict.notes} == {"deletions-wait", "renames-likely"}


@given(
    digest=st.text(max_size=3),
    deleted=st.booleans(),
    barred=st.booleans(),
    known=st.none()
    | st.builds(
        Known, st.text(max_size=3), st.none() | st.just("310A7-000001"), gone=st.booleans()
    ),
)
def test_every_record_has_a_plan(
    digest: str, deleted: bool, barred: bool, known: Known | None
) -> None:
    action = plan(digest, deleted, barred, known)
    held = known is not None and known.entry is not None and not known.gone
    assert action in (*PLANNED, Action.UNCHANGED, Action.REJECTED)
    assert (action is Action.DELETE) == (deleted and held)
    if action is Action.UNCHANGED and not deleted:
        assert known is not None
        assert known.digest == digest


def test_a_withdrawn_record_that_comes_back_is_an_update() -> None:
    assert plan("a", False, False, Known("a", "310A7-000001", gone=True)) is Action.UPDATE


@given(st.lists(st.text(max_size=4), max_size=8), st.lists(st.text(max_size=4), max_size=8))
def test_renames_pair_each_key_at_most_once(old: list[str], new: list[str]) -> None:
    pairs = renames(
        [(f"old{at}", title) for at, title in enumerate(old)],
        [(f"new{at}", title) for at, title in enumerate(new)],
    )
    assert len(set(pairs.values())) == len(pairs)
    for before, after in pairs.items():
        assert before.startswith("old")
        assert after.startswith("new")


def test_renames_do_not_mind_width_spaces_and_brackets() -> None:
    assert renames([("a", "沪府发〔2008〕12号")], [("b", "沪府发(2008) 12号")]) == {"a": "b"}
    assert renames([("a", "——")], [("b", "——")]) == {}, "nothing to compare"
