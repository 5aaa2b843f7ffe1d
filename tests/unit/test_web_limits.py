"""Rate limits: how many calls at once, how many in the long run, and for how many callers."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from web.limits import RateLimit


@dataclass
class Watch:
    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_burst_then_the_pace() -> None:
    watch = Watch()
    limit = RateLimit(burst=3, per_minute=60, monotonic=watch)
    assert [limit.wait("a") for _ in range(3)] == [0, 0, 0]
    assert limit.wait("a") == 1
    assert limit.wait("b") == 0
    watch.seconds = 1
    assert limit.wait("a") == 0


def test_who_proved_good_begins_anew() -> None:
    limit = RateLimit(burst=1, per_minute=1, monotonic=Watch())
    limit.wait("a")
    limit.forget("a")
    assert limit.wait("a") == 0


def test_a_flood_of_callers_fills_no_memory() -> None:
    limit = RateLimit(burst=1, per_minute=1, capacity=10, monotonic=Watch())
    for number in range(1000):
        limit.wait(str(number))
    assert len(limit._buckets) == 10


@given(st.lists(st.floats(0, 5), max_size=60))
def test_never_more_than_burst_and_pace_allow(steps: list[float]) -> None:
    watch = Watch()
    limit = RateLimit(burst=4, per_minute=30, monotonic=watch)
    allowed = 0
    for step in steps:
        watch.seconds += step
        allowed += limit.wait("a") == 0
    assert allowed <= 4 + watch.seconds / 2 + 1e-6
