"""Poison pages: only the record at fault is left out, and a dead server is told from one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.faults import HarvestFault, fault
from harvesters.sources.halving import MOST, Part, halved


class Server:
    """Gives a range of numbers unless one of them is poison."""

    def __init__(self, poison: set[int], rule: str = "http-status") -> None:
        self.poison, self.rule, self.asked = poison, rule, 0

    def __call__(self, start: int, count: int) -> list[int]:
        self.asked += 1
        wanted = list(range(start, start + count))
        if self.poison.intersection(wanted):
            raise fault(self.rule, value="500")
        return wanted


@given(st.integers(1, 200), st.sets(st.integers(0, 199).map(lambda n: n * 2), max_size=4))
def test_all_but_the_poison_is_had_in_order(size: int, poison: set[int]) -> None:
    server = Server(poison)
    parts: list[Part[list[int]]] = []
    if size == 1 and 0 in poison:
        return
    parts.extend(halved(0, size, server))
    assert [n for part in parts for n in part.found or ()] == [
        n for n in range(size) if n not in poison
    ]
    assert {part.start for part in parts if part.fault} == {n for n in poison if n < size}
    assert sum(part.count for part in parts) == size
    assert server.asked <= 1 + 4 * 2 * size.bit_length()


def test_a_dead_server_is_not_asked_for_every_record() -> None:
    dead = Server(set(range(1000)))
    with pytest.raises(HarvestFault):
        list(halved(0, 1000, dead))
    assert dead.asked < 30 + MOST


def test_what_a_smaller_page_would_not_mend_is_not_halved() -> None:
    resting = Server({7}, "address-refused")
    with pytest.raises(HarvestFault):
        list(halved(0, 100, resting))
    assert resting.asked == 1
