"""Poison pages: a page that cannot be had is asked for in halves, until only the record at fault is
left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from harvesters.faults import HarvestFault

Found = TypeVar("Found")

MOST = 5
"""So many records one after another that cannot be had are no accident: then it is the server."""

ELSEWHERE = frozenset(
    {
        "address-refused",
        "host-resting",
        "host-unknown",
        "run-cancelled",
        "run-too-large",
        "run-too-slow",
    }
)
"""Faults that no smaller page would mend."""


@dataclass(frozen=True, slots=True)
class Part(Generic[Found]):
    """Some records of a page, counted from `start`: what was found, or the fault of the one."""

    start: int
    count: int
    found: Found | None = None
    fault: HarvestFault | None = None


def halved(
    start: int, count: int, ask: Callable[[int, int], Found], most: int = MOST
) -> Iterator[Part[Found]]:
    """The parts of a page in order; `ask(start, count)` gives one or raises HarvestFault.

    Raises the fault of a page of which nothing can be had, or that no smaller page would mend.
    """
    waiting, lost = [(start, count)], 0
    while waiting:
        first, size = waiting.pop()
        try:
            found = ask(first, size)
        except HarvestFault as error:
            lost += size == 1
            if error.problem.rule in ELSEWHERE or lost >= most:
                raise
            if size == 1:
                yield Part(first, 1, fault=error)
                continue
            half = (size + 1) // 2
            waiting += [(first + half, size - half), (first, half)]
        else:
            lost = 0
            yield Part(first, size, found)
