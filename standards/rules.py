"""The rules' words: makes a Problem from a rule's templates in rules.yaml and the words in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from standards.problems import Problem, Severity, Text, excerpt


@dataclass(frozen=True, slots=True)
class Rule:
    """What is said when a rule is broken, with {words} to fill in."""

    slug: str
    severity: Severity
    message: Text
    suggestion: Text | None


@cache
def rules() -> dict[str, Rule]:
    """Every rule of rules.yaml by its slug."""
    data = yaml.safe_load((resources.files("standards") / "rules.yaml").read_bytes())
    return {slug: _rule(slug, entry) for slug, entry in data.items()}


def problem(
    slug: str,
    *,
    path: str,
    clause: str = "",
    value: object = None,
    severity: Severity | None = None,
    **words: object,
) -> Problem:
    """The problem that breaking a rule is; words given as Text speak each language."""
    rule = rules()[slug]
    shown = None if value is None else excerpt(value)
    words["value"] = shown or ""
    return Problem(
        path=path,
        rule=slug,
        clause=clause,
        severity=severity or rule.severity,
        message=fill(rule.message, words) or rule.message,
        suggestion=fill(rule.suggestion, words) if rule.suggestion else None,
        value=shown,
    )


def fill(template: Text, words: dict[str, object]) -> Text | None:
    """A template with its words in each language; None where a word is missing."""
    try:
        return Text(
            template.zh.format_map(_in_language(words, 0)),
            template.en.format_map(_in_language(words, 1)),
        )
    except KeyError:
        return None


def _in_language(words: dict[str, object], index: int) -> dict[str, Any]:
    return {
        name: word[index] if isinstance(word, Text) else word
        for name, word in words.items()
        if word is not None
    }


def _rule(slug: str, entry: dict[str, Any]) -> Rule:
    suggestion = entry.get("suggestion")
    return Rule(
        slug=slug,
        severity=entry.get("severity", "error"),
        message=Text(**entry["message"]),
        suggestion=Text(**suggestion) if suggestion else None,
    )
