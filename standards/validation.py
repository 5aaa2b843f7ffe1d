"""The validator: reads raw values into a descriptor and reports every problem at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from typing import Any

from standards.decisions import barred
from standards.descriptor import Descriptor
from standards.problems import Problem, Severity, Text
from standards.profile import Condition, Element, Level, Profile, Use, profile
from standards.reading import REFUSED, Findings, Read, reader
from standards.rules import problem, shown_of

_MOST_UNKNOWN = 50  # warnings of unknown keys: more say nothing new


@dataclass(frozen=True)
class Validation:
    """What validating gave: the descriptor of all that could be read, and every problem."""

    descriptor: Descriptor
    problems: tuple[Problem, ...]

    @cached_property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that bar the descriptor."""
        return tuple(each for each in self.problems if each.is_error)

    @cached_property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that it may live with."""
        return tuple(each for each in self.problems if each.severity == "warning")

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self.errors


def validate(kind: str, raw: Any, level: Level = Level.MINIMAL) -> Validation:
    """Read raw values as a descriptor of the kind, held to the level; never raises for bad data."""
    plan = _plan(kind, level)
    findings = Findings(parts=plan.parts)
    if not isinstance(raw, Mapping):
        wrong = problem("wrong-shape", path="", value=raw, label=plan.label)
        return Validation(Descriptor(kind, {}), (wrong,))
    values: dict[str, Any] = {}
    refused: set[str] = set()
    for step in plan.steps:
        given = raw.get(step.name)
        got = None if given is None else step.read(given, step.name, findings)
        if got is REFUSED:
            refused.add(step.name)
        elif got is not None:
            values[step.name] = got
        elif step.absent is not None:
            findings.problems.append(step.absent)
    if raw.keys() - plan.names.keys():
        _unknown(plan, raw, findings)
    descriptor = Descriptor(kind, values)
    for obligation in plan.obligations:
        findings.problems.extend(obligation.broken(descriptor, refused))
    for first, second in plan.orders:
        _check_order(first, second, descriptor, findings)
    findings.problems.extend(barred(descriptor))
    return Validation(descriptor, tuple(findings.problems))


@cache
def obligations(kind: str) -> Mapping[tuple[str, str], Problem]:
    """What is said of each element that the standard demands at some level and that is lacking, as
    a warning, by rule and path: the same for every record.
    """
    known = profile(kind)
    absent = [_absent(use.element, "warning") for use in known.elements if use.mandatory]
    for condition in known.conditions:
        absent += [each for _, each in _obligation(known, condition, None).absent]
    return {(each.rule, each.path): each for each in absent}


@dataclass(frozen=True, slots=True)
class _Step:
    """One element to read, and the problem that its absence is."""

    name: str
    read: Read
    absent: Problem | None


@dataclass(frozen=True, slots=True)
class _Obligation:
    """A condition with the problem that each absent element is."""

    when: tuple[tuple[str, frozenset[str]], ...]
    absent: tuple[tuple[str, Problem], ...]

    def broken(self, descriptor: Descriptor, refused: set[str]) -> list[Problem]:
        """The problems of a descriptor that meets the condition and lacks what it requires."""
        for path, wanted in self.when:
            if not any(_written(value) in wanted for value in descriptor.all(path)):
                return []
        return [
            lacking
            for path, lacking in self.absent
            if path.partition(".")[0] not in refused and descriptor.get(path) is None
        ]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Everything that validating a kind at a level needs, worked out once."""

    label: Text
    parts: Severity
    steps: tuple[_Step, ...]
    names: Mapping[str, Text]
    obligations: tuple[_Obligation, ...]
    orders: tuple[tuple[Element, Element], ...]


@cache
def _plan(kind: str, level: Level) -> _Plan:
    known = profile(kind)
    return _Plan(
        label=known.label,
        parts=_severity(Level.CORE, level),
        steps=tuple(_step(use, level) for use in known.elements),
        names={use.element.name: use.element.label for use in known.elements},
        obligations=tuple(_obligation(known, each, level) for each in known.conditions),
        orders=tuple(
            (known.element(first), known.element(second)) for first, second in known.orders
        ),
    )


def _step(use: Use, level: Level) -> _Step:
    element = use.element
    absent = _absent(element, _severity(use.mandatory, level)) if use.mandatory else None
    return _Step(element.name, reader(element), absent)


def _absent(element: Element, severity: Severity) -> Problem:
    return problem(
        "required",
        path=element.path,
        clause=element.clause,
        severity=severity,
        label=element.label,
        definition=element.definition,
    )


def _obligation(known: Profile, condition: Condition, level: Level | None) -> _Obligation:
    return _Obligation(
        when=tuple((path, frozenset(values)) for path, values in condition.when),
        absent=tuple(
            (
                path,
                Problem(
                    path=known.element(path).path,
                    rule=condition.rule,
                    clause=condition.clause,
                    severity=_severity(condition.level, level),
                    message=condition.message,
                    suggestion=condition.suggestion,
                ),
            )
            for path in condition.require
        ),
    )


def _severity(mandatory: Level, level: Level | None) -> Severity:
    return "error" if level and level.demands(mandatory) else "warning"


def _unknown(plan: _Plan, raw: Mapping[Any, Any], findings: Findings) -> None:
    labels = {label: text for text in plan.names.values() for label in text} | dict(plan.names)
    for key in [key for key in raw if key not in plan.names][:_MOST_UNKNOWN]:
        name = shown_of(str(key), 60)
        close = get_close_matches(name, labels, n=1)
        nearest = labels[close[0]] if close else None
        findings.problems.append(
            problem("unknown-element", path=name, value=name, kind=plan.label, nearest=nearest)
        )


def _check_order(
    first: Element, second: Element, descriptor: Descriptor, findings: Findings
) -> None:
    low, high = descriptor.get(first.path), descriptor.get(second.path)
    if low is None or high is None:
        return
    if isinstance(low, str):  # a month or year lies before nothing that is within it
        low, high = low[: len(high)], high[: len(low)]
    if low > high:
        findings.say("wrong-order", second, second.path, high, other=first.label, bound=low)


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
