"""Which field of a form a problem is about: the validator's paths against the form's names."""

from __future__ import annotations

import re

_INDEX = re.compile(r"\[(\d+)\]")


def at_field(path: str, name: str, inside: bool = False) -> bool:
    """Whether the problem at ``path`` belongs to the field; ``inside`` also takes in its parts.

    The validator leaves the number out where there is one row only, and numbers the values of a
    field that holds several.
    """
    told = _INDEX.sub(r".\1", path)
    return any(_fits(told, known, inside) for known in {name, _unnumbered(name)})


def _fits(told: str, known: str, inside: bool) -> bool:
    if told == known:
        return True
    rest = told.removeprefix(f"{known}.")
    return rest != told and (inside or rest.isdigit())


def _unnumbered(name: str) -> str:
    """The name without the number of a first row."""
    return f"{name}.".replace(".0.", ".").rstrip(".")
