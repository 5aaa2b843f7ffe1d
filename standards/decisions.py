"""Decisions on disclosure, sharing and visibility: what a descriptor rules, and the rules for that.

The rules are data (decisions.yaml), each with its article. They bind when a decision is made; a
drafter may propose less. Only what can never enter the directory is refused at registration.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

from standards.codelists import codelist
from standards.decision_rules import DecisionRule, decision_data, decision_rules, fits
from standards.descriptor import Descriptor
from standards.grounds import article, force, ground
from standards.problems import Problem, Text
from standards.profile import Element, dictionary
from standards.redactions import held, redactions, remains
from standards.rules import fill, shown_of

UNDETERMINED = "undetermined"
FORWARDED = "forwarded-attribute"
_KEPT = 4096
_Said: TypeAlias = tuple[str, ...]
_NONE: Mapping[str, str] = MappingProxyType({})


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
    parts = _part_cases(descriptor, day)
    return _judged(_said(descriptor), day) + tuple(_problems(parts))


@lru_cache(maxsize=_KEPT)
def _judged(said: _Said, day: date) -> tuple[Problem, ...]:
    return tuple(_problems(_whole_cases(said, day)))


def _problems(cases: Iterable[_Case]) -> Iterator[Problem]:
    for case in cases:
        for rule in decision_rules():
            if not rule.elsewhere and rule.applies(case.facts):
                at = rule.broken(case.facts)
                if at:
                    yield _problem(rule, case, at)


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


def bars(problem: Problem) -> bool:
    """Whether what has the problem may not be kept at all, not even as something refused."""
    return problem.rule in _barring()


@cache
def _barring() -> frozenset[str]:
    return frozenset(rule.rule for rule in decision_rules() if rule.bars)


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
    facts = _plain_facts(bool(ruling.part), ruling.axis, ruling.value)
    years = next((years for when, years in decision_data().review if fits(when, facts)), None)
    if years is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def risk(descriptor: Descriptor) -> str:
    """How much depends on a decision to adopt the descriptor: low, medium or high."""
    return _risk(tuple((bool(each.part), each.axis, each.value) for each in rulings(descriptor)))


@lru_cache(maxsize=_KEPT)
def _risk(ruled: tuple[tuple[bool, str, str], ...]) -> str:
    facts = [_plain_facts(*each) for each in ruled]
    for level, lines in decision_data().risk:
        if any(fits(line, each) for line in lines for each in facts):
            return level
    return "low"


def _cases(descriptor: Descriptor, day: date | None) -> tuple[_Case, ...]:
    """The rulings with their facts; without a day it is not looked at what is in force."""
    return _whole_cases(_said(descriptor), day) + tuple(_part_cases(descriptor, day))


def _said(descriptor: Descriptor) -> _Said:
    """What the descriptor says of each fact, in the order of the file. Very many descriptors say
    the same, so what follows from it is kept.
    """
    said = []
    for path, top, below in _fact_paths():
        value = descriptor.values.get(top)
        if below and value is not None:
            value = value.get(below) if isinstance(value, Mapping) else descriptor.get(path)
        said.append("" if value is None else str(value))
    return tuple(said)


@lru_cache(maxsize=_KEPT)
def _whole_cases(said: _Said, day: date | None) -> tuple[_Case, ...]:
    facts = _by_axis(said)
    whole = _values(facts)
    return tuple(
        _case(
            {**told, "value": whole[axis], "axis": axis, "scope": "whole"},
            "",
            whole,
            day,
            decision_data().axes[axis],
        )
        for axis, told in facts.items()
    )


def _by_axis(said: _Said) -> dict[str, dict[str, str]]:
    texts = iter(said)
    return {
        axis: {name: next(texts) for name in paths} for axis, paths in decision_data().axes.items()
    }


def _values(facts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {axis: told["value"] or UNDETERMINED for axis, told in facts.items()}


def _part_cases(descriptor: Descriptor, day: date | None) -> Iterator[_Case]:
    parts = decision_data().parts
    if parts["group"] not in descriptor.values:
        return
    facts = _by_axis(_said(descriptor))
    whole = _values(facts)
    shared = {name: facts[parts["axis"]].get(name, "") for name in parts["shared"]}
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
            "remains": "yes" if remains(descriptor, each) else "no",
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
        evidence={name: given[name] for name in decision_data().evidence if given.get(name)},
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
        "value": _label(decision_data().axes[case.ruling.axis]["value"], case.ruling.value),
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


def _plain_facts(is_part: bool, axis: str, value: str) -> Mapping[str, str]:
    return {"axis": axis, "scope": "part" if is_part else "whole", "value": value}


@cache
def _fact_paths() -> tuple[tuple[str, str, str], ...]:
    """The path of each fact in the order of the file, whole and parted at its first dot."""
    paths = (path for axis in decision_data().axes.values() for path in axis.values())
    return tuple((path, *path.partition(".")[::2]) for path in paths)


@cache
def _ground_paths() -> tuple[str, ...]:
    data = decision_data()
    whole = [paths["ground"] for paths in data.axes.values() if "ground" in paths]
    return (*whole, f"{data.parts['group']}.{data.parts['facts']['ground']}")
