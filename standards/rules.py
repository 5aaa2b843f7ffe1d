"""The rules' words: makes a Problem from a rule's templates in rules.yaml and the words in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from reprlib import Repr
from typing import Any

import yaml

from standards.personal import LONGEST, mask
from standards.problems import EXCERPT, Problem, Severity, Text, excerpt


@dataclass(frozen=True, slots=True)
class Rule:
    """What is said when a rule is broken, with {words} to fill in."""

    slug: str
    severity: Severity
    message: Text
    suggestion: Text | None
    obligation: bool = False


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
    """The problem that breaking a rule is; words given as Text speak each language.

    Whatever the rule, a personal identifier in what was given is shown masked.
    """
    rule = rules()[slug]
    shown = None if value is None else shown_of(value)
    words["value"] = shown or ""
    return Problem(
        path=mask(path),
        rule=slug,
        clause=clause,
        severity=severity or rule.severity,
        message=fill(rule.message, words) or rule.message,
        suggestion=fill(rule.suggestion, words) if rule.suggestion else None,
        value=shown,
    )


def shown_of(value: object, limit: int = EXCERPT) -> str:
    """The beginning of a value as it may be shown: with its personal identifiers masked."""
    text = value if isinstance(value, str) else _SHORT.repr(value)
    return excerpt(mask(text[: limit + LONGEST + 1]), limit)


class _Masking(Repr):
    """Bounded in depth and width; it leaves out the middle of a text, which is masked before."""

    def repr_str(self, x: str, level: int) -> str:
        return super().repr_str(mask(x), level)


_SHORT = _Masking()


def fill(template: Text, words: dict[str, object]) -> Text | None:
    """A template with its words in each language, what is personal in them masked; None where a
    word is missing."""
    try:
        return Text(
            mask(template.zh.format_map(_in_language(words, 0))),
            mask(template.en.format_map(_in_language(words, 1))),
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
        obligation=entry.get("obligation", False),
    )
