"""A sheet as rows of text, whatever kind of file it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from standards.problems import Problem

FIELD_LIMIT = 200_000
"""The most characters of one cell that are read; no element may hold as many."""


HEADER_WITHIN = 20
"""How far down a header is looked for: titles and notes may stand above it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its number as a person sees it; the cells are text, stripped."""

    number: int
    cells: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A named sheet whose rows can be read again and again; `first` is its first column, from 0."""

    name: str
    rows: Callable[[], Iterator[Row]]
    first: int = 0
    ragged: bool = False
    """Whether surplus cells mean that a row was split wrongly, as in CSV."""

    def place(self, number: int, column: int | None = None) -> str:
        """Where a row or a cell is: ``表1!17`` or ``表1!C17``."""
        return f"{self.name}!{'' if column is None else letters(self.first + column)}{number}"


def letters(column: int) -> str:
    """The letters of a column counted from 0: A, B, … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def as_text(value: object) -> str:
    """A cell's value as a person would type it; dates in ISO form, whole numbers without point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).strip()
