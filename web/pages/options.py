"""What can be chosen in a field, and how: radio buttons, a list, check marks, a text with hints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from standards.codelists import Code, codelist
from standards.profile import Element
from web.pages.posted import BETWEEN, is_classified
from web.pages.words import told

FEW, SOME = 5, 24
WORDY = 500
"""A code that may be this long is often words of one's own: an instrument cited in full."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose; ``group`` is the heading above it, ``why`` a word of help."""

    value: str
    label: str
    chosen: bool = False
    group: str = ""
    why: str = ""


def control_of(element: Element) -> str:
    """How an element is asked for, by what the profile says of it."""
    if element.children:
        return "rows" if element.many else "group"
    if element.type == "code" and element.codelist:
        return _control_of_code(element, len(codelist(element.codelist).codes))
    if element.type == "boolean":
        return "choice"
    if element.type == "paragraph" or (element.type == "uri" and element.many):
        return "paragraph"
    if element.many:
        return "list"
    return "short" if element.type in ("date", "number", "integer") else "text"


def options_of(element: Element, members: Sequence[Any], language: str) -> tuple[Option, ...]:
    """The choices of an element; a value that is none of them is kept as one more."""
    if is_classified(element):
        options = list(_classes(element, members, language))
    elif element.type == "boolean":
        given = {str(each).lower() for each in members}
        yes, no = bool(given & {"true", "是", "1"}), bool(given & {"false", "否", "0"})
        return (Option("true", _("是"), yes), Option("false", _("否"), no))
    elif element.codelist:
        options = list(_codes(element, members, language))
    else:
        return ()
    return (*options, *_foreign(element, members, options))


def _control_of_code(element: Element, size: int) -> str:
    if element.many:
        return "checks" if size <= SOME else "list"
    if element.max_length >= WORDY:
        return "combo"
    return "choice" if size <= FEW and not codelist(element.codelist or "").open else "select"


def _codes(element: Element, members: Sequence[Any], language: str) -> Iterator[Option]:
    listed = codelist(element.codelist or "")
    matched = {code.code for each in members if (code := listed.match(str(each)))}
    for code in listed.codes:
        if not _offered(element, code) and code.code not in matched:
            continue
        name = code.label.in_language(language)
        yield Option(code.code, name, code.code in matched, why=told(code.meaning))


def _offered(element: Element, code: Code) -> bool:
    """Whether a code can be chosen here: of legal grounds those in force that serve the axis."""
    serves = element.axis is None or element.axis in code.extra.get("axis", (element.axis,))
    return serves and "replaced_by" not in code.extra


def _classes(element: Element, members: Sequence[Any], language: str) -> Iterator[Option]:
    code = next(child for child in element.children if child.codelist_by)
    schemes = codelist(element.child(code.codelist_by or "").codelist or "").codes
    by_list = {scheme.extra.get("codelist"): scheme for scheme in schemes}
    for name in element.codelists:
        scheme, listed = by_list[name], codelist(name)
        title = scheme.label.in_language(language)
        for each in sorted(listed.codes, key=lambda each: each.code):
            path = (listed.path(each.code) or each.label).in_language(language)
            value = f"{scheme.code}{BETWEEN}{each.code}"
            yield Option(value, path.replace("\\", " › "), value in members, title)


def _foreign(
    element: Element, members: Sequence[Any], options: Sequence[Option]
) -> Iterator[Option]:
    """Values of one's own: kept, so that opening a form changes nothing."""
    known = {option.value for option in options}
    listed = codelist(element.codelist) if element.codelist else None
    for each in map(str, members):
        if each not in known and not (listed and listed.match(each)):
            yield Option(each, each.rpartition(BETWEEN)[2], chosen=True)
