"""Undetermined for too long.

Said of served entries whose disclosure is undetermined for more than so many working days (60, in
standards/consistency.yaml): since it was decided to leave it so or, where nothing was ever
decided, since the entry came into the directory.
"""

from __future__ import annotations

from datetime import date
from itertools import takewhile

from catalog.consistency.finding import Finding, Rule, found
from catalog.consistency.served import UNDETERMINED, Served, decided_on
from standards.clocks import local_day
from standards.consistency import data
from standards.workdays import between

NAME = "undetermined-long"


def looks(entry: Served) -> Finding | None:
    """Whether nobody has decided for too long."""
    if entry.summary.disclosure != UNDETERMINED:
        return None
    since = _since(entry)
    days = data().undetermined_days
    if between(since, entry.day) <= days:
        return None
    return found(
        NAME, entry.identifier, (entry.identifier,), since=since.isoformat(), days=str(days)
    )


def _since(entry: Served) -> date:
    """The day of the first decision of those that left it undetermined one after the other."""
    made = [each for each in entry.made if each.axis == "disclosure" and not each.part]
    left = list(takewhile(lambda each: each.value == UNDETERMINED, reversed(made)))
    return decided_on(left[-1]) if left else local_day(entry.created)


RULE = Rule(NAME, looks=looks)
