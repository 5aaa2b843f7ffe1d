"""The run: every served entry once past every rule, then what has to be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from datetime import date

from sqlalchemy.orm import Session

from catalog.consistency.finding import Finding
from catalog.consistency.rules import NAMES, RULES
from catalog.consistency.scratch import scratch
from catalog.consistency.served import Served, decided_on, served
from standards import clocks
from standards.clocks import local_day

Progress = Callable[[int, int], None]


def run(
    session: Session,
    day: date,
    progress: Progress = lambda done, total: None,
    rules: Collection[str] = NAMES,
    late: Counter[str] | None = None,
) -> Iterator[Finding]:
    """Everything that contradicts on a day, in memory that does not grow with the directory.

    ``late`` is given the count, by agency, of what was disclosed proactively too late.
    """
    wanted = [rule for rule in RULES if rule.name in rules]
    looking = [rule.looks for rule in wanted if rule.looks]
    noting = [rule.notes for rule in wanted if rule.notes]
    with scratch() as notes:
        for entry in served(session, day, progress):
            for look in looking:
                if finding := look(entry):
                    yield finding
            for note in noting:
                note(entry, notes)
            if late is not None and disclosed_late(entry):
                late[entry.agency] += 1
        notes.ready()
        for rule in wanted:
            if rule.compares:
                yield from rule.compares(session, notes)


def disclosed_late(entry: Served) -> bool:
    """Whether it was first disclosed proactively after the 20 working days of Art. 26 from its
    creation were over. What came into the directory after that was disclosed elsewhere by then, or
    is late for another reason than its review, and is not counted.
    """
    first = next(
        (
            each
            for each in entry.made
            if each.axis == "disclosure" and not each.part and each.value == "proactive"
        ),
        None,
    )
    created = entry.summary.written or entry.summary.issued
    if first is None or len(created) != 10:
        return False
    last = clocks.due("proactive", date.fromisoformat(created)).day
    return local_day(entry.created) <= last < decided_on(first)
