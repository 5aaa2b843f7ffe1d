"""Conditions over a card's fields, told apart from any engine: filters and the visibility policy
are written in these, and each engine (and the database, for the policy) compiles them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from standards.summary import Box


@dataclass(frozen=True, slots=True)
class Term:
    """The field holds one of the values (exact codes)."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The field's value lies within the bounds, both inclusive; ``None`` leaves a side open.

    ISO dates and moments compare as text; an entry without a value is outside every range.
    """

    field: str
    lower: str | None = None
    upper: str | None = None


@dataclass(frozen=True, slots=True)
class Overlaps:
    """The card's box shares at least a point with this one."""

    box: Box


@dataclass(frozen=True, slots=True)
class Within:
    """The card's box lies in this one as a whole, edges included."""

    box: Box


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold; with no part it holds always."""

    parts: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801 - `Any` is taken by typing
    """At least one part holds; with no part it never holds."""

    parts: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Clause


Run: TypeAlias = tuple[str, ...]
"""Tokens that stand side by side."""
Unit: TypeAlias = tuple[tuple[Run, ...], ...]
"""Alternatives; each is runs that all must stand in the text, wherever."""


@dataclass(frozen=True, slots=True)
class Holds:
    """At least ``minimum`` of the units hold: every run of one of its alternatives stands in one
    of the text fields. Made by ``search.ranking`` for the engines; filters and policies have no
    use for it.
    """

    fields: tuple[str, ...]
    units: tuple[Unit, ...]
    minimum: int


Clause: TypeAlias = Term | Range | Overlaps | Within | Every | Any_ | Not | Holds

EVERYTHING: Clause = Every()
NOTHING: Clause = Any_()


def concerns(clause: Clause, field: str) -> bool:
    """Whether the clause asks for anything of the field."""
    match clause:
        case Term() | Range():
            return clause.field == field
        case Every(parts) | Any_(parts):
            return any(concerns(part, field) for part in parts)
        case Not(part):
            return concerns(part, field)
        case Overlaps() | Within():
            return field == "box"
        case Holds():
            return field in clause.fields
