"""Decisions on disclosure, sharing and visibility: what a descriptor rules, and the rules for that.

The rules are data (decisions.yaml), each with its article. They bind when a decision is made; a
drafter may propose less. Only what can never enter the directory is refused at registration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import yaml

from standards.codelists import codelist
from standards.descriptor import Descriptor
from standards.grounds import article, force, ground
from standards.problems import Problem, Severity, Text
from standards.profile import Element, dictionary, text
from standards.redactions import held, redactions
from standards.rules import fill, shown_of

UNDETERMINED = "undetermined"
FORWARDED = "forwarded-attribute"
_NONE: Mapping[str, str] = MappingProxyType({})
Matching = tuple[tuple[str, frozenset[str]], ...]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a descriptor rules on one axis, or (``part``: an element's name, or ``items:NAME``) on a
    part of the resource. ``evidence`` holds what the ground has to be borne out by."""

    axis: str
    part: str
    value: str
    ground: str = ""
    reason: str = ""
    condition: str = ""
    audience: str = ""
    evidence: Mapping[str, str] = field(default_factory=lambda: _NONE, hash=False)
    valid_from: str = ""
    review_by: str = ""


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
class _Data:
    axes: Mapping[str, Mapping[str, str]]
    evidence: tuple[str, ...]
    parts: Mapping[str, Any]
    review: tuple[tuple[Matching, int], ...]
    risk: tuple[tuple[str, tuple[Matching, ...]], ...]
    rules: tuple[DecisionRule, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """A ruling with all that rules ask of it, and where in the descriptor each fact stands."""

    ruling: Ruling
    facts: Mapping[str, str]
    paths: Mapping[str, str]

    @property
    def subject(self) -> str:
        """The fact that says what is decided."""
        return "part" if self.ruling.part else "value"


def rulings(descriptor: Descriptor) -> tuple[Ruling, ...]:
    """What the descriptor rules: one for each axis, then one for each part that is withheld."""
    return tuple(case.ruling for case in _cases(descriptor, None))


def judge(descriptor: Descriptor, day: date) -> tuple[Problem, ...]:
    """Every rule that a decision made on that day to adopt the descriptor would break."""
    return tuple(
        _problem(rule, case, at)
        for case in _cases(descriptor, day)
        for rule in decision_rules()
        if not rule.elsewhere and rule.applies(case.facts)
        if (at := rule.broken(case.facts))
    )


def barred(descriptor: Descriptor) -> tuple[Problem, ...]:
    """Why the descriptor can never enter the directory, not even as a draft; mostly nothing."""
    if not any(descriptor.get(path) for path in _ground_paths()):
        return ()
    return tuple(
        _problem(rule, case, at)
        for case in _cases(descriptor, None)
        for rule in decision_rules()
        if rule.bars and rule.applies(case.facts)
        if (at := rule.broken(case.facts))
    )


def forwarded(descriptor: Descriptor, identifier: str, attribute: str) -> Problem | None:
    """The problem that a document has not the attribute of the one it forwards, which is given by
    its identifier and its attribute (while that is undetermined, there is none)."""
    own = next(case for case in _cases(descriptor, None) if not case.ruling.part)
    if attribute in (UNDETERMINED, "", own.ruling.value):
        return None
    rule = next(each for each in decision_rules() if each.rule == FORWARDED)
    words = {"forwarded": identifier, "theirs": _label(own.paths["value"], attribute)}
    return _problem(rule, own, rule.at, **words)


def default_review_by(ruling: Ruling, day: date) -> date | None:
    """By when a ruling made on that day is to be looked at again if it does not say (Art. 18)."""
    facts = _plain_facts(ruling)
    years = next((years for when, years in _data().review if fits(when, facts)), None)
    if years is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def risk(descriptor: Descriptor) -> str:
    """How much depends on a decision to adopt the descriptor: low, medium or high."""
    facts = [_plain_facts(each) for each in rulings(descriptor)]
    for level, lines in _data().risk:
        if any(fits(line, each) for line in lines for each in facts):
            return level
    return "low"


def decision_rules() -> tuple[DecisionRule, ...]:
    """The rules, in the order of their file."""
    return _data().rules


def paths_of(axis: str) -> Mapping[str, str]:
    """The elements that hold what is ruled on an axis, by the fact that each holds."""
    return _data().axes[axis]


def fits(when: Matching, facts: Mapping[str, str]) -> bool:
    """Whether every fact has one of the values."""
    return all(facts.get(name, "") in values for name, values in when)


def _cases(descriptor: Descriptor, day: date | None) -> Iterator[_Case]:
    """The rulings with their facts; without a day it is not looked at what is in force."""
    said = {
        axis: {name: _text(descriptor.get(path)) for name, path in paths.items()}
        for axis, paths in _data().axes.items()
    }
    whole = {axis: facts["value"] or UNDETERMINED for axis, facts in said.items()}
    for axis, facts in said.items():
        given = {**facts, "value": whole[axis], "axis": axis, "scope": "whole"}
        yield _case(given, "", whole, day, _data().axes[axis])
    parts = _data().parts
    shared = {name: said[parts["axis"]].get(name, "") for name in parts["shared"]}
    for each in redactions(descriptor):
        given = {
            **shared,
            "axis": parts["axis"],
            "scope": "part",
            "value": parts["value"],
            "part": each.part,
            "item": each.item,
            "ground": each.ground,
            "reason": each.reason,
            "held": "yes" if held(descriptor, each) else "no",
        }
        paths = {fact: f"{each.path}.{name}" for fact, name in parts["facts"].items()}
        yield _case(given, each.name, whole, day, paths)


def _case(
    given: Mapping[str, str],
    part: str,
    whole: Mapping[str, str],
    day: date | None,
    paths: Mapping[str, str],
) -> _Case:
    names = ("axis", "value", "ground", "reason", "condition", "audience")
    ruling = Ruling(
        part=part,
        **{name: given.get(name, "") for name in (*names, "valid_from", "review_by")},
        evidence={name: given[name] for name in _data().evidence if given.get(name)},
    )
    return _Case(ruling, {**whole, **given, **_of_ground(ruling, day)}, paths)


def _of_ground(ruling: Ruling, day: date | None) -> Mapping[str, str]:
    code = ground(ruling.ground)
    if code is None:
        return _NONE
    extra = code.extra
    values = extra.get("axis", {}).get(ruling.axis, ())
    undecided = ruling.value == UNDETERMINED
    return {
        "article": article(code),
        "strength": extra.get("strength", ""),
        "serves": "yes" if undecided or ruling.value in values else "no",
        "force": force(code, day) if day else "",
    }


def _problem(rule: DecisionRule, case: _Case, at: str, **words: Text | str) -> Problem:
    path = case.paths.get(at, case.paths[case.subject])
    code = ground(case.ruling.ground)
    replaced = ground(code.extra.get("replaced_by", "")) if code else None
    said: dict[str, Any] = {
        "label": _element(path).label,
        "value": _label(_data().axes[case.ruling.axis]["value"], case.ruling.value),
        "ground": code.label if code else case.ruling.ground,
        "part": _part_label(case.facts),
        "replaced": replaced.label if replaced else None,
        **words,
    }
    return Problem(
        path=path,
        rule=rule.rule,
        clause=rule.article,
        severity=rule.severity,
        message=fill(rule.message, said) or rule.message,
        suggestion=fill(rule.suggestion, said) if rule.suggestion else None,
        value=shown_of(case.facts[at]) if case.facts.get(at) else None,
    )


def _label(path: str, value: str) -> Text | str:
    """The name of a code of the element at a path."""
    code = codelist(_element(path).codelist or "").get(value)
    return code.label if code else value


def _element(path: str) -> Element:
    """The element at a path, in whichever profile has it."""
    top, _, below = path.partition(".")
    element = dictionary()[top.partition("[")[0]]
    return element.child(below) if below else element


def _part_label(facts: Mapping[str, str]) -> Text | str:
    element = dictionary().get(facts.get("part", ""))
    if facts.get("item") or element is None:
        return facts.get("item") or facts.get("part", "")
    return element.label


def _plain_facts(ruling: Ruling) -> Mapping[str, str]:
    scope = "part" if ruling.part else "whole"
    return {"axis": ruling.axis, "scope": scope, "value": ruling.value}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


@cache
def _ground_paths() -> tuple[str, ...]:
    data = _data()
    whole = [paths["ground"] for paths in data.axes.values() if "ground" in paths]
    return (*whole, f"{data.parts['group']}.{data.parts['facts']['ground']}")


@cache
def _data() -> _Data:
    data = yaml.safe_load((resources.files("standards") / "decisions.yaml").read_bytes())
    return _Data(
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
