"""Review-by has passed.

Said of an entry of which a decision that stands, on any axis or part, was to be looked at again
by a day that is over. What is withheld without such a day is due a year after it was decided
(Art. 18). What was opened again or is undetermined has nothing to be reviewed.
"""

from __future__ import annotations

from catalog.consistency.finding import Finding, Rule, found
from catalog.consistency.served import UNDETERMINED, Made, Served, decided_on
from catalog.requests.decisions import OPENED
from standards.decision_rules import paths_of
from standards.decisions import Ruling, default_review_by
from standards.problems import Text
from standards.profile import profile

NAME = "review-due"


def looks(entry: Served) -> Finding | None:
    """Whether a decision should have been reviewed; the one that is due longest is told."""
    passed = [
        (due, each.axis)
        for each in entry.standing
        if each.value not in (UNDETERMINED, OPENED)
        if (due := _due(each)) and entry.day.isoformat()[: len(due)] > due
    ]
    if not passed:
        return None
    due, axis = min(passed)
    return found(NAME, entry.identifier, (entry.identifier,), axis=_label(axis), due=due)


def _due(made: Made) -> str:
    if made.review_by:
        return made.review_by
    usual = default_review_by(Ruling(made.axis, made.part, made.value), decided_on(made))
    return usual.isoformat() if usual else ""


def _label(axis: str) -> Text:
    return profile("document").element(paths_of(axis)["value"]).label


RULE = Rule(NAME, looks=looks)
