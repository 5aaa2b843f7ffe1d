"""What a reader finds wrong on its way: the collector of problems that all readers write to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from standards.problems import Problem, Severity
from standards.profile import Element
from standards.rules import problem


class Refused:
    """What a reader gives back for a value that is there but cannot be used."""


REFUSED: Final = Refused()


class Findings:
    """The problems of one descriptor, in the order in which they were found."""

    __slots__ = ("parts", "problems")

    def __init__(self, parts: Severity = "error") -> None:
        self.problems: list[Problem] = []
        self.parts: Severity = parts
        """How grave it is that a group lacks a part which it must have."""

    def say(
        self, slug: str, element: Element, path: str, value: object = None, **words: object
    ) -> Refused:
        """Note that an element's value breaks a rule; gives back the mark of a refused value."""
        severity = self.parts if slug == "part-required" else None
        self.problems.append(
            problem(
                slug,
                path=path,
                clause=element.clause,
                value=value,
                severity=severity,
                **{
                    "label": element.label,
                    "definition": element.definition,
                    "example": element.example,
                }
                | words,
            )
        )
        return REFUSED


Read = Callable[[Any, str, Findings], Any]
"""Raw value, path, findings -> canonical value, None where nothing is given, or REFUSED."""

Interpret = Callable[[str, str, Findings], Any]
"""The same for the clean text of a single value that is not empty."""
