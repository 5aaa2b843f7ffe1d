"""The ground is repealed, or does not serve the value.

Said of entries, and of parts withheld in them, whose ground is out of force on the day of the
audit, is no ground for the value it is given for, or forbids it altogether (Art. 14 on what is
disclosed): the rules of decisions that are named under `broken` in standards/consistency.yaml. A
ground in words cites another instrument; it is not judged.
"""

from __future__ import annotations

from catalog.consistency.broken import problems_of
from catalog.consistency.finding import Finding, Rule, found
from catalog.consistency.served import Served

NAME = "ground-repealed"


def looks(entry: Served) -> Finding | None:
    """Whether a ground does not hold any more, or never did."""
    summary = entry.summary
    if not (summary.disclosure_ground or summary.sharing_ground or summary.redactions):
        return None
    told = problems_of(NAME, entry.descriptor, entry.day)
    return told and found(NAME, entry.identifier, (entry.identifier,), problems=told)


RULE = Rule(NAME, looks=looks)
