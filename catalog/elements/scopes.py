"""Within what an authoritative source answers: a division covers those below it, and an empty code
everything.
"""

from __future__ import annotations

from standards.codelists import codelist
from standards.problems import Text

DIVISIONS = "divisions"
EVERYWHERE = Text("全部范围", "everywhere")


def known(division: str) -> bool:
    """Whether there is such a scope."""
    return not division or codelist(DIVISIONS).get(division) is not None


def covers(one: str, other: str) -> bool:
    """Whether the scope holds the other one whole."""
    if not one or one == other:
        return True
    return one in {each.code for each in codelist(DIVISIONS).ancestors(other)}


def overlap(one: str, other: str) -> bool:
    """Whether the scopes have anything in common."""
    return covers(one, other) or covers(other, one)


def name(division: str) -> Text:
    """What the scope is called."""
    code = codelist(DIVISIONS).get(division)
    return code.label if code else EVERYWHERE if not division else Text(division, division)
