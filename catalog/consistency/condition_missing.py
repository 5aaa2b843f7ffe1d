"""Conditional without a condition.

Said of entries that are shared conditionally, when no condition is stated or what is stated says
nothing (无, 暂无, —); and whatever else the rules of decisions demand there as an error, such as
the audience once that is one (the rules are named under `broken` in standards/consistency.yaml).
"""

from __future__ import annotations

from catalog.consistency.broken import problems_of
from catalog.consistency.finding import Finding, Rule, found
from catalog.consistency.served import Served
from standards.consistency import says_nothing
from standards.decision_rules import paths_of
from standards.descriptor import Descriptor

NAME = "condition-missing"


def looks(entry: Served) -> Finding | None:
    """Whether a condition is lacking."""
    if entry.summary.sharing != "conditional":
        return None
    descriptor = entry.descriptor
    if says_nothing(entry.said("sharing", "condition")):
        descriptor = _without_condition(descriptor)
    told = problems_of(NAME, descriptor, entry.day)
    return told and found(NAME, entry.identifier, (entry.identifier,), problems=told)


def _without_condition(descriptor: Descriptor) -> Descriptor:
    group, _, name = paths_of("sharing")["condition"].partition(".")
    kept = {key: value for key, value in descriptor.values[group].items() if key != name}
    return Descriptor(descriptor.kind, {**descriptor.values, group: kept})


RULE = Rule(NAME, looks=looks)
