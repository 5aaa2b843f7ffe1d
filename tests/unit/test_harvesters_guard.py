"""Plan and guard as pure functions: general rules hold for any fetch."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harvesters import guard
from harvesters.guard import Fetch
from harvesters.plan import PLANNED, Action, Known, plan
from harvesters.renaming import Look, Pairs, folded, matched

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


def test_what_a_person_restored_is_not_deleted_by_itself() -> None:
    verdict = guard.judge(Fetch(99, 100, 1, True, False, undone=1), 0.05)
    assert not verdict.delete
    assert {note.rule for note in verdict.notes} == {"deletions-undone"}


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


LOOKS = st.lists(
    st.builds(
        Look,
        number=st.integers(1, 99),
        key=st.text(max_size=2),
        likeness=st.sampled_from([b"a", b"b", b"c"]),
        agency=st.sampled_from(["x", "y"]),
        numbers=st.sampled_from([(), ("1",), ("2",)]),
    ),
    max_size=6,
    unique_by=(lambda look: look.number, lambda look: look.key),
)


@given(LOOKS, LOOKS)
def test_renames_pair_each_record_at_most_once(old: list[Look], new: list[Look]) -> None:
    pairs = Pairs()
    matched(old, new, pairs)
    both = pairs.certain | pairs.likely
    assert len(both) == len(pairs.certain) + len(pairs.likely)
    assert len({number for number, _ in both.values()}) == len(both)
    by_number = {look.number: look for look in new}
    for look in old:
        if look.number in both:
            other = by_number[both[look.number][0]]
            assert other.agency == look.agency
            assert other.key == both[look.number][1]


def test_only_who_is_alone_on_both_sides_is_renamed_for_certain() -> None:
    twins = [Look(1, "a", b"same", "x"), Look(2, "b", b"same", "x")]
    pairs = Pairs()
    matched(twins, [Look(9, "c", b"same", "x")], pairs)
    assert (pairs.certain, pairs.likely) == ({}, {1: (9, "c")})
    pairs = Pairs()
    other = Look(9, "c", b"other", "x", ("no 2",))
    matched([Look(1, "a", b"same", "x", ("no 1",))], [other], pairs)
    assert (pairs.certain, pairs.likely) == ({}, {}), "another number is another record"


def test_titles_do_not_mind_width_spaces_and_brackets() -> None:
    assert folded("沪府发〔2008〕12号") == folded("沪府发(2008) 12号")
    assert folded("——") == "", "nothing to compare"
