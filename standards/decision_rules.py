"""The rules for decisions as data (decisions.yaml): what each speaks of, and what breaks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from standards.codelists import codelist
from standards.grounds import GROUNDS, article
from standards.problems import Severity, Text
from standards.profile import text

Matching = tuple[tuple[str, frozenset[str]], ...]
"""Facts of a ruling, each with the values of which it has to have one."""


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """A rule of decisions.yaml."""

    rule: str
    article: str
    severity: Severity
    when: Matching
    unless: Matching
    require: tuple[str, ...]
    any_of: tuple[str, ...]
    order: tuple[str, ...]
    at: str
    bars: bool
    elsewhere: bool
    message: Text
    suggestion: Text | None

    def applies(self, facts: Mapping[str, str]) -> bool:
        """Whether the rule speaks of a ruling with these facts."""
        if not fits(self.when, facts):
            return False
        return not (self.unless and fits(self.unless, facts))

    def broken(self, facts: Mapping[str, str]) -> str:
        """The fact at which a ruling that the rule speaks of breaks it; empty if it keeps it."""
        lacking = next((name for name in self.require if not facts.get(name)), "")
        if not lacking and self.any_of and not any(facts.get(name) for name in self.any_of):
            lacking = self.any_of[0]
        if lacking or self.require or self.any_of:
            return lacking and (self.at or lacking)
        if self.order:
            first, second = (facts.get(name, "") for name in self.order)
            shared = min(len(first), len(second))  # a month lies before nothing that is within it
            return self.at if first[:shared] > second[:shared] else ""
        return self.at


@dataclass(frozen=True, slots=True)
class DecisionData:
    """The whole file."""

    axes: Mapping[str, Mapping[str, str]]
    evidence: tuple[str, ...]
    parts: Mapping[str, Any]
    review: tuple[tuple[Matching, int], ...]
    risk: tuple[tuple[str, tuple[Matching, ...]], ...]
    rules: tuple[DecisionRule, ...]


def decision_rules() -> tuple[DecisionRule, ...]:
    """The rules, in the order of their file."""
    return decision_data().rules


def paths_of(axis: str) -> Mapping[str, str]:
    """The elements that hold what is ruled on an axis, by the fact that each holds."""
    return decision_data().axes[axis]


@cache
def asked_when(path: str) -> tuple[tuple[str, str], ...]:
    """The choices, each a path and a code, after any of which what is at the path is asked for: as
    a rule says, else wherever much depends on the decision."""
    for axis, paths in decision_data().axes.items():
        fact = next((name for name, at in paths.items() if at == path), "value")
        if fact != "value":
            rules = (each for each in decision_rules() if fact in (*each.require, *each.any_of))
            found = [choice for rule in rules for choice in _choices(rule.when, axis)]
            lines = (line for _, lines in decision_data().risk for line in lines)
            return tuple(found or (choice for line in lines for choice in _choices(line, axis)))
    return ()


def _choices(when: Matching, axis: str) -> Iterator[tuple[str, str]]:
    """What has to be chosen on an axis for the facts to fit: a ground where they speak of its
    article, else a value."""
    facts, paths = dict(when), decision_data().axes[axis]
    if axis not in facts.get("axis", ()) or facts.get("scope") == frozenset({"part"}):
        return
    if "article" not in facts:
        yield from ((paths["value"], value) for value in sorted(facts["value"]))
        return
    for code in codelist(GROUNDS).codes:
        if article(code) in facts["article"] and "until" not in code.extra:
            yield paths["ground"], code.code


def fits(when: Matching, facts: Mapping[str, str]) -> bool:
    """Whether every fact has one of the values."""
    return all(facts.get(name, "") in values for name, values in when)


@cache
def decision_data() -> DecisionData:
    """What decisions.yaml says."""
    data = yaml.safe_load((resources.files("standards") / "decisions.yaml").read_bytes())
    return DecisionData(
        axes=data["axes"],
        evidence=tuple(data["evidence"]),
        parts=data["parts"],
        review=tuple((_matching(each["when"]), each["years"]) for each in data["review"]),
        risk=tuple(
            (each["level"], tuple(_matching(line) for line in each["any"])) for each in data["risk"]
        ),
        rules=tuple(_rule(each) for each in data["rules"]),
    )


def _rule(entry: Mapping[str, Any]) -> DecisionRule:
    return DecisionRule(
        rule=entry["rule"],
        article=entry["article"],
        severity=entry.get("severity", "error"),
        when=_matching(entry["when"]),
        unless=_matching(entry.get("unless", {})),
        require=tuple(entry.get("require", ())),
        any_of=tuple(entry.get("any_of", ())),
        order=tuple(entry.get("order", ())),
        at=entry.get("at", ""),
        bars=entry.get("bars", False),
        elsewhere=entry.get("elsewhere", False),
        message=text(entry["message"]),
        suggestion=text(entry["suggestion"]) if "suggestion" in entry else None,
    )


def _matching(when: Mapping[str, Any]) -> Matching:
    return tuple((name, frozenset(map(str, values))) for name, values in when.items())
