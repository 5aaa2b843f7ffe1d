"""From the fields of a sent form to raw values, as the validator reads them.

A field is called by its path with the number of its row in it: ``provider.0.name``.
"""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from standards.profile import MANY, Element, Profile

BETWEEN = "|"
"""Parts the scheme of a class from its code in a choice's value."""
LONGEST_NUMBER = 10
Form = MultiDict[str, str]


def read(known: Profile, form: Form) -> dict[str, Any]:
    """Everything that was filled in; what was left empty is left out."""
    values = {
        use.element.name: _value(use.element, use.element.name, form)
        for use in known.elements
        if not use.assigned
    }
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def whole(text: str) -> int | None:
    """The number that a hidden field or a button was sent with; None for what is no such number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER else None


def is_classified(element: Element) -> bool:
    """Whether the group is a class of a classification: chosen as a whole."""
    return any(child.codelist_by for child in element.children)


def rows_of(name: str, form: Form) -> list[int]:
    """The numbers of a repeatable group's rows in the form, in order."""
    start = f"{name}."
    heads = {key[len(start) :].partition(".")[0] for key in form if key.startswith(start)}
    numbers = (whole(head) for head in heads)
    return sorted(number for number in numbers if number is not None)[:MANY]


def _value(element: Element, name: str, form: Form) -> Any:
    if not element.children:
        return _leaf(element, name, form)
    if not element.many:
        return _group(element, name, form)
    rows = (_row(element, f"{name}.{number}", form) for number in rows_of(name, form))
    return [row for row in rows if row]


def _row(element: Element, name: str, form: Form) -> dict[str, Any]:
    if not is_classified(element):
        return _group(element, name, form)
    scheme, _, word = form.get(name, "").partition(BETWEEN)
    code = next(child for child in element.children if child.codelist_by)
    return {code.codelist_by or "": scheme, code.name: word} if word else {}


def _group(element: Element, name: str, form: Form) -> dict[str, Any]:
    parts = {child.name: _value(child, f"{name}.{child.name}", form) for child in element.children}
    return {part: value for part, value in parts.items() if value not in (None, "", [], {})}


def _leaf(element: Element, name: str, form: Form) -> Any:
    given = [value for value in form.getlist(name) if value.strip()]
    if element.many and len(given) > 1:
        return given
    return given[0] if given else None
