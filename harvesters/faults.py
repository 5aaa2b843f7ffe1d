"""What stops a fetch or spoils one record of it: in both languages, with its rule and a way out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

import yaml

from standards.problems import Problem, Severity, Text
from standards.rules import shown_of
from standards.xmlparser import DocumentType, XmlFault

_LONGEST = 600  # a list of columns is worth showing whole


class HarvestFault(Exception):
    """A fault that ends a fetch; what was read before it is good. `retry` marks passing ones."""

    def __init__(self, problem: Problem, retry: bool = False) -> None:
        super().__init__(problem.message.en)
        self.problem = problem
        self.retry = retry


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of harvesting, as the data file has it."""

    clause: str
    message: Text
    suggestion: Text | None
    inside: bool = False
    """Whether its value says something of this house, and is not shown outside."""


def fault(
    rule: str, *, place: str = "", value: str = "", retry: bool = False, **words: Any
) -> HarvestFault:
    """The fault of that rule at that place; the value and further words are filled in."""
    return HarvestFault(problem(rule, place=place, value=value, **words), retry)


def problem(
    rule: str, *, place: str = "", value: str = "", severity: Severity = "error", **words: Any
) -> Problem:
    """The problem of that rule; the value and further words are filled into its message."""
    known = rules()[rule]
    filled = {"value": shown_of(value, _LONGEST), "place": place, **words}
    return Problem(
        path=place,
        rule=rule,
        clause=known.clause,
        severity=severity,
        message=_filled(known.message, filled),
        suggestion=_filled(known.suggestion, filled) if known.suggestion else None,
        value=shown_of(value, _LONGEST) if value else None,
    )


def xml_problem(error: XmlFault, place: str = "") -> Problem:
    """What is wrong with XML that cannot be read."""
    if isinstance(error, DocumentType):
        return problem("xml-doctype", place=place)
    return problem("xml-broken", place=place, value=error.message)


def outward(told: Problem, location: str = "", name: str = "") -> Problem:
    """A problem as it may be shown outside the house: without values that tell of it, and with
    the name of the source's file instead of where it lies here.
    """
    known = rules().get(told.rule)
    if known is None or not known.inside:
        return told
    if location and location in told.message.zh and not location.startswith("http"):
        message = Text(*(words.replace(location, name) for words in told.message))
        return replace(told, message=message, value=name, path="")
    hidden = problem(told.rule, severity=told.severity, value="…")
    return replace(hidden, path=told.path if not location else "")


@cache
def rules() -> dict[str, Rule]:
    """Every rule of harvesting by its name."""
    data = yaml.safe_load((resources.files("harvesters") / "rules.yaml").read_bytes())
    return {
        name: Rule(
            clause=entry["clause"],
            message=Text(**entry["message"]),
            suggestion=Text(**entry["suggestion"]) if "suggestion" in entry else None,
            inside=entry.get("inside", False),
        )
        for name, entry in data.items()
    }


def _filled(text: Text, words: dict[str, Any]) -> Text:
    return Text(text.zh.format_map(words), text.en.format_map(words))
