"""Guards against wrong deletions: a fetch not proven complete deletes nothing, and a large or
surprising loss waits for a person."""

from __future__ import annotations

from dataclasses import dataclass

from harvesters.faults import problem
from standards.problems import Problem


@dataclass(frozen=True, slots=True)
class Fetch:
    """What a fetch amounts to. `live` records were held before it; `deletions` of these would go,
    of which a person has restored `undone` before."""

    fetched: int
    live: int
    deletions: int
    complete: bool
    incremental: bool
    undone: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the deletions may go ahead, and what to say about it."""

    delete: bool
    notes: tuple[Problem, ...] = ()


def infers(fetch_complete: bool, incremental: bool) -> bool:
    """Whether a record that was not fetched counts as deleted: only where all were asked for, and
    all that there are were received."""
    return fetch_complete and not incremental


def allowance(limit: float, live: int) -> int:
    """How many deletions need no approval: the source's share of its records, one at least."""
    return max(1, int(limit * live))


def judge(fetch: Fetch, limit: float) -> Verdict:
    """Weigh a fetch; deletions that the source itself declares are weighed like inferred ones."""
    if not fetch.complete:
        return Verdict(False, (_note("run-incomplete"),))
    if not fetch.incremental and not fetch.fetched and fetch.live:
        return Verdict(False, (_note("source-empty", value=str(fetch.live)),))
    if fetch.undone:
        return Verdict(False, (_note("deletions-undone", value=str(fetch.undone)),))
    if fetch.deletions <= allowance(limit, fetch.live):
        return Verdict(True)
    told = {"value": str(fetch.deletions), "live": fetch.live, "limit": f"{limit:.0%}"}
    return Verdict(False, (_note("deletions-wait", **told),))


def _note(rule: str, **words: object) -> Problem:
    return problem(rule, severity="warning", **words)  # type: ignore[arg-type]
