"""What a thing said in the terms of DCAT means as raw values, by the `dcat` terms of the crosswalk.

The counterpart of `dcat.py`: the same paths are walked, patiently. What cannot be read is left out
with a warning, so that one odd date does not cost the whole record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from standards.codelists import codelist
from standards.formats import dcat_parts
from standards.formats.records import Parsed
from standards.formats.things import MOST, Said, Thing, Value, local_name, texts_of
from standards.identifiers import SCHEMES
from standards.problems import Problem
from standards.profile import Element, profile
from standards.reading.codes import match
from standards.reading.dates import iso
from standards.reading.markup import plain
from standards.reading.scalars import usable
from standards.reading.texts import one_line
from standards.reading.unfilled import is_template
from standards.rules import problem

_OURS = "metadata-identifier"  # the directory's own number: never taken from elsewhere
_NUMBERS = ("dct:identifier", "adms:identifier")
_LANGUAGES = ("zh", "en")
_SPOKEN = 4  # letters of a name: shorter ones, and those with digits, are codes


@dataclass(frozen=True, slots=True)
class Resource:
    """A record of a catalog: what it says and by what it is known there. One that is not
    `described` is only named."""

    parsed: Parsed
    identifier: str = ""
    iri: str = ""
    source: str = ""
    described: bool = True


def identifier_of(thing: Thing) -> str:
    """The identifier that a thing says it has."""
    texts = (
        each.text for value in thing.said.get("dct:identifier", ()) for each in _number_texts(value)
    )
    return next((one_line(text) for text in texts if text.strip() and not is_template(text)), "")


def read(thing: Thing, kind: str) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The raw values of a resource, and what was said on the way."""
    reading = _Reading(thing, kind)
    return reading.values(), tuple(reading.problems)


def preferred(values: Iterable[Value]) -> list[Value]:
    """The values in the language that is liked best: Chinese, then English, then the first."""
    given = list(values)
    tags = [each.language.lower() for each in given if isinstance(each, Said) and each.language]
    for wanted in (*_LANGUAGES, *tags[:1]):
        if any(tag.startswith(wanted) for tag in tags):
            return [each for each in given if _speaks(each, wanted)]
    return given


def _speaks(value: Value, wanted: str) -> bool:
    return not isinstance(value, Said) or value.language.lower().startswith(wanted)


class _Reading:
    """The reading of one thing."""

    def __init__(self, thing: Thing, kind: str) -> None:
        self.thing, self.kind = thing, kind
        self.problems: list[Problem] = []

    def values(self) -> dict[str, Any]:
        """Every element that the thing says something of."""
        found = self._numbers()
        for use in profile(self.kind).elements:
            element, path = use.element, use.element.term("dcat")
            if path is None or element.type == "identifier":
                continue
            special = dcat_parts.SPECIAL.get(path)
            raw = (
                special(self.thing, element, self.say)
                if special is not None
                else self.element(element, list(self.thing.at(path)))
            )
            if raw:
                found[element.name] = raw
        return found

    def element(self, element: Element, values: Sequence[Value]) -> Any:
        """The raw value of an element from what its term leads to."""
        chosen = preferred(values[:MOST])
        if element.children:
            return _together(element, [self._group(element, each) for each in chosen])
        read = [self._leaf(element, each) for each in chosen]
        texts = list(dict.fromkeys(text for text in read if text))
        if element.type == "paragraph":
            return "\n".join(texts)
        return texts if element.many else next(iter(texts), None)

    def say(self, rule: str, element: Element, value: str) -> None:
        """Note what was wrong with a value."""
        found = problem(
            rule,
            path=element.path,
            clause=element.clause,
            value=value,
            label=element.label,
            definition=element.definition,
            example=element.example,
        )
        if found not in self.problems:
            self.problems.append(found)

    def _numbers(self) -> dict[str, Any]:
        """Each number at the first element whose scheme it fits, else at the open one."""
        found: dict[str, Any] = {}
        for term in _NUMBERS:
            for value in self.thing.said.get(term, ())[:MOST]:
                text = next((one_line(each.text) for each in _number_texts(value)), "")
                element = (
                    None if usable(text) or is_template(text) else self._bearer(text, term, found)
                )
                if element is not None and len(text) <= element.max_length:
                    found[element.name] = text
        return found

    def _bearer(self, text: str, term: str, taken: Mapping[str, Any]) -> Element | None:
        """The element that holds a number; one of no known scheme goes to that of its own term."""
        elements = [use.element for use in profile(self.kind).elements if _wanted(use.element)]
        free = [each for each in elements if each.name not in taken and text]
        fitting = (each for each in free if _fits(each, text))
        open_ones = (each for each in free if each.open and each.term("dcat") == term)
        return next(fitting, None) or (next(open_ones, None) if term == _NUMBERS[0] else None)

    def _group(self, group: Element, value: Value) -> dict[str, Any]:
        """One occurrence of a group: its parts by their terms; a plain text is its chief part."""
        chief_term = (group.term("dcat") or "").rpartition("/")[2]
        chief = next((each for each in group.children if each.term("dcat") == chief_term), None)
        chief = chief or (group.child(group.from_text) if group.from_text else None)
        row: dict[str, Any] = {}
        for child in group.children:
            term = child.term("dcat")
            if child is chief and (isinstance(value, Said) or term == chief_term):
                raw = self._leaf(child, value)
            elif isinstance(value, Said) or term is None:
                raw = None
            else:
                raw = self.element(child, list(value.at(term)))
            if raw:
                row[child.name] = raw
        if chief is not None and chief.name not in row:
            named = self._called(chief, value)
            if named is None:
                return row if chief.codelist is None and not chief.mandatory else {}
            row[chief.name] = named
        return row

    def _called(self, chief: Element, value: Value) -> str | None:
        """A chief part that nothing names may be read from the address of its node."""
        if isinstance(value, Thing) and chief.type == "text" and value.iri:
            name = local_name(value.iri)
            letters = sum(each.isalpha() for each in name)
            return name if letters >= _SPOKEN and not any(each.isdigit() for each in name) else None
        return None

    def _leaf(self, element: Element, value: Value) -> str | None:
        if element.type == "code" and element.codelist:
            return self._code(element, value)
        if element.type == "uri":
            return dcat_parts.address(dcat_parts.address_of(value), element, self.say)
        said = next(iter(preferred(texts_of(value))), None)
        text = plain(said.text).strip() if isinstance(said, Said) else ""
        wrong = "unfilled" if is_template(text) else _UNREADABLE.get(element.type, _never)(text)
        if wrong:
            self.say(wrong, element, text)
        elif text and (element.type != "identifier" or _fits(element, text)):
            return text
        return None

    def _code(self, element: Element, value: Value) -> str | None:
        texts = [one_line(each.text) for each in texts_of(value)]
        for text in texts:
            for form in (text, *dcat_parts.forms(text)):
                found = match(element.codelist or "", form)
                if found is not None:
                    return found.code
        if not texts or is_template(texts[0]):
            return None
        if codelist(element.codelist or "").open and len(texts[0]) <= element.max_length:
            return texts[0]
        if element.mandatory:  # the chief part of a group: the whole says something else
            return None
        self.say("left-out", element, texts[0])
        return None


def _together(element: Element, rows: Sequence[Mapping[str, Any]]) -> Any:
    """The rows of a group; of one that occurs once, one row with what all of them say."""
    given = [dict(row) for row in rows if row]
    if element.many:
        return [row for at, row in enumerate(given) if row not in given[:at]][:MOST]
    whole: dict[str, Any] = {}
    for row in given:
        for name, raw in row.items():
            if not element.child(name).many:
                whole.setdefault(name, raw)
                continue
            held = whole.setdefault(name, [])
            more = raw if isinstance(raw, list) else [raw]
            held.extend(each for each in more if each not in held)
    return whole


def _number_texts(value: Value) -> Iterable[Said]:
    if isinstance(value, Thing):
        yield from (each for each in value.all("skos:notation") if isinstance(each, Said))
    yield from texts_of(value)


def _bad_date(text: str) -> str | None:
    return "left-out" if text and iso(text) is None else None


def _never(_text: str) -> str | None:
    return None


def _wanted(element: Element) -> bool:
    has_scheme = element.scheme is not None and element.scheme != _OURS
    return has_scheme and element.term("dcat") in _NUMBERS


def _fits(element: Element, text: str) -> bool:
    scheme = SCHEMES[element.scheme or ""]
    return scheme.problem(scheme.normalise(text)) is None


_UNREADABLE: Mapping[str, Callable[[str], str | None]] = {"date": _bad_date}
"""What is wrong with the text of a type, as a rule; other types are left to the validator."""
