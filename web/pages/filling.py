"""One round of filling in the form: what was typed, what to do with it, and the page again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, g, make_response, render_template, request
from flask.typing import ResponseReturnValue

from catalog.agencies import AgencyView
from catalog.identity import asking
from catalog.identity.asking import Alike
from catalog.viewers import Role, Viewer
from standards import personal
from standards.clocks import local_day
from standards.decisions import judge
from standards.problems import Problem
from standards.profile import profile
from standards.validation import validate
from web import seeing
from web.language import current_language
from web.pages import forms
from web.pages.comparing import Pair
from web.pages.posted import read, whole
from web.pages.words import told
from web.signin import current_viewer, parts

DRAFT, SUBMIT = "draft", "submit"
_MOST_TOLD = 3  # what is told on the next page travels in a cookie


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was sent. ``act`` says which button: save, submit, add or remove a row."""

    kind: str
    values: dict[str, Any]
    act: str
    target: str = ""
    row: int = -1

    @property
    def saves(self) -> bool:
        """Whether something is to be written."""
        return self.act in (DRAFT, SUBMIT) and not g.get("untrusted", False)


@dataclass(frozen=True, slots=True)
class Shell:
    """What stands around the fields: the heading, where it is for, and what went wrong."""

    title: str
    cancel: str
    agencies: Sequence[AgencyView] = ()
    agency: str = ""
    revision: int = 0
    remark: str = ""
    conflict: Sequence[Pair] = ()
    source: str = ""
    """Whose words the form corrects; then it asks why."""
    note: str = ""
    alike: Sequence[Alike] = ()
    """Entries that what was filled in looks like; told once, before it is submitted."""


def sent(kind: str) -> Filled:
    """The form of this request. A row to be taken away is already gone from the values."""
    act, _, rest = request.form.get("act", "").partition(":")
    target, _, number = rest.partition(":")
    filled = Filled(kind, read(profile(kind), request.form), act, target)
    row = whole(number)
    if act == "remove" and row is not None:
        return replace(filled, row=row, values=_without(filled.values, target, row))
    return filled


def page(
    kind: str,
    values: Mapping[str, Any],
    shell: Shell,
    problems: Sequence[Problem] = (),
    more: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    """The form with values and problems."""
    form = forms.build(kind, values, problems, current_language(), more)
    unplaced = [each for each in form.errors if form.anchor(each.path) == "form"]
    html = render_template(
        "form.html", form=form, shell=shell, unplaced=unplaced, resumed=g.get("untrusted", False)
    )
    answer = make_response(html, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def again(filled: Filled, shell: Shell) -> ResponseReturnValue:
    """The form after a row was added or taken away, or after a session had ended; checks nothing
    that the person has not asked for.
    """
    more = filled.target if filled.act == "add" else ""
    return page(filled.kind, filled.values, shell, more=more)


def problems_of(filled: Filled) -> Sequence[Problem]:
    """Everything the validator says of what was typed."""
    return validate(filled.kind, filled.values, forms.LEVEL).problems


def tell_personal(problems: Sequence[Problem]) -> None:
    """Say on the next page what was saved though it holds personal identifiers."""
    for each in [each for each in problems if each.rule == personal.RULE][:_MOST_TOLD]:
        flash(f"{told(each.message)} {told(each.suggestion)}", "ask")


def tell_lacking(filled: Filled) -> None:
    """Say on the next page what a decision on what was submitted still needs."""
    descriptor = validate(filled.kind, filled.values, forms.LEVEL).descriptor
    lacking = judge(descriptor, local_day(parts().clock.now()))
    for each in [each for each in lacking if each.is_error][:_MOST_TOLD]:
        flash(f"{told(each.message)} {told(each.suggestion)}", "ask")


def alike(filled: Filled, agency: str) -> Sequence[Alike]:
    """What is about to be submitted looks like these, and the person was not told of them yet."""
    if filled.act != SUBMIT:
        return ()
    descriptor = validate(filled.kind, filled.values, forms.LEVEL).descriptor
    with parts().database.reading() as db:
        found = asking.looks_like(db, current_viewer(), descriptor, agency)
    seen = set(request.form.getlist("seen"))
    new = [each for each in found if each.identifier not in seen]
    seeing.named(each.identifier for each in new)
    return found if new else ()


def writable(viewer: Viewer, listed: Sequence[AgencyView]) -> list[AgencyView]:
    """The agencies that the viewer may register for."""
    return [agency for agency in listed if viewer.may(Role.REGISTRAR, agency.path)]


def _without(values: dict[str, Any], target: str, row: int) -> dict[str, Any]:
    rows = values.get(target)
    if not isinstance(rows, list):
        return values
    return {**values, target: [each for i, each in enumerate(rows) if i != row]}
