"""Guards against wrong deletions: a fetch not proven complete deletes nothing, and a large or
surprising loss waits for a person."""

from __future__ import annotations

from dataclasses import dataclass

from harvesters.faults import problem
from standards.problems import Problem


@dataclass(frozen=True, slots=True)
class Fetch:
    """What a fetch amounts to. `live` records were held before it; `deletions` of these would go,
    of which `renames` reappear under another key."""

    fetched: int
    live: int
    deletions: int
    complete: bool
    incremental: bool
    renames: int = 0


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
    notes = [] if fetch.complete else [_note("run-incomplete")]
    if fetch.complete and not fetch.incremental and not fetch.fetched and fetch.live:
        return Verdict(False, (*notes, _note("source-empty", value=str(fetch.live))))
    if fetch.deletions <= allowance(limit, fetch.live):
        return Verdict(True, tuple(notes))
    told = {"value": str(fetch.deletions), "live": fetch.live, "limit": f"{limit:.0%}"}
    notes.append(_note("deletions-wait", **told))
    if looks_renamed(fetch.deletions, fetch.renames):
        notes.append(_note("renames-likely", value=str(fetch.renames)))
    return Verdict(False, tuple(notes))


def looks_renamed(deletions: int, renames: int) -> bool:
    """Whether most of what vanished came back under another key."""
    return renames > 1 and renames * 2 >= deletions


def _note(rule: str, **words: object) -> Problem:
    return problem(rule, severity="warning", **words)  # type: ignore[arg-type]
