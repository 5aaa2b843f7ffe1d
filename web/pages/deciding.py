"""The fields of a decision on disclosure, sharing and visibility, made from the profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import request

from catalog.requests.effects import ATTRIBUTES
from standards.problems import Problem
from standards.profile import profile
from web.language import current_language
from web.pages import forms, posted
from web.pages.filling import sent
from web.pages.forms import Field


def fields(
    kind: str, values: Mapping[str, Any], problems: Sequence[Problem] = (), more: str = ""
) -> list[Field]:
    """The fields of what is decided; grounds are listed with their law."""
    form = forms.build(kind, values, problems, current_language(), more)
    wanted = set(_groups(kind).values())
    found = (field for part in form.parts for field in part.fields if field.name in wanted)
    return [_with_law(field) for field in found]


def typed(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the groups as they were typed in the form of this request, if it is one."""
    if not request.form:
        return dict(values)
    given = sent(kind).values
    kept = {name: value for name, value in values.items() if name not in _groups(kind).values()}
    return {**kept, **{top: given[top] for top in _groups(kind).values() if top in given}}


def chosen(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What was chosen otherwise than the values have it, by role; a group is told as a whole, and
    one that was emptied is told as empty.
    """
    given = posted.read(profile(kind), request.form)
    return {
        role: given.get(top)
        for role, top in _groups(kind).items()
        if given.get(top) != values.get(top)
    }


def _groups(kind: str) -> dict[str, str]:
    """By role, the element of the profile that carries it."""
    known = profile(kind)
    return {
        role: element.path.partition(".")[0] for role in ATTRIBUTES for element in known.card(role)
    }


def _with_law(field: Field) -> Field:
    """A ground is chosen from the list, not typed."""
    parts = tuple(_with_law(part) for part in field.parts)
    rows = tuple(tuple(_with_law(part) for part in row) for row in field.rows)
    explained = field.control == "combo" and any(option.why for option in field.options[:1])
    control = "select" if explained else field.control
    return replace(field, parts=parts, rows=rows, control=control)
