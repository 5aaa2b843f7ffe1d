"""The facets and the chosen filters of a search, each value a plain link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from flask import request

from search.filters import BY_NAME, FILTERS
from search.filters.filter import Filter
from search.query import Bucket
from standards.codelists import Code, codelist
from web.labels import LISTS
from web.pages import address
from web.pages.words import list_label, name_of

OPEN = 8
"""Values of a facet that are shown at once; the others are folded."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet, with the address that puts it in or takes it out."""

    label: str
    count: int
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter's values among what was found."""

    name: str
    label: str
    first: tuple[Choice, ...]
    more: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use, in words, with the address without it."""

    sentence: str
    url: str


def facets(found: Mapping[str, Sequence[Bucket]], names: Sequence[str], total: int) -> list[Facet]:
    """The facets that help to narrow: those with a value that not all of what was found has."""
    made = (_facet(name, found.get(name, ()), total) for name in names)
    return [facet for facet in made if facet.first]


def chips(
    values: Mapping[str, Sequence[str]],
    language: str,
    hidden: Sequence[str] = (),
    fields: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> list[Chip]:
    """The filters in use, but for those that the page sets itself. ``fields`` are those of its
    form that stand for a filter's parameter, and go with it."""
    told = []
    for each in FILTERS:
        used = {name: values[name] for name in each.parameters if values.get(name)}
        if used and each.name not in hidden:
            gone = (*each.parameters, *fields.get(each.name, ()))
            told.append(Chip(_sentence(each, used, language), address.without(*gone)))
    return told


def _sentence(used: Filter, values: Mapping[str, Sequence[str]], language: str) -> str:
    """The filter in words; the names of agencies, themes and states are the directory's."""
    if len(used.parameters) > 1 or used.told:
        return used.sentence(values, language)
    names = [name_of(used.name, value) for value in values[used.parameters[0]]]
    told = (" or " if language == "en" else "、").join(names)
    return f"{list_label(used.name)}{': ' if language == 'en' else '：'}{told}"


def _facet(name: str, buckets: Sequence[Bucket], total: int) -> Facet:
    parameter = BY_NAME[name].parameters[0]
    chosen = set(request.args.getlist(parameter))
    choices = [
        Choice(
            name_of(name, bucket.value),
            bucket.count,
            address.toggled(parameter, bucket.value),
            bucket.value in chosen,
        )
        for bucket in _worth_showing(name, buckets, chosen, total)
        if bucket.count < total or bucket.value in chosen
    ]
    choices.sort(key=lambda choice: not choice.chosen)
    open_ones = max(OPEN, sum(choice.chosen for choice in choices))
    return Facet(name, list_label(name), tuple(choices[:open_ones]), tuple(choices[open_ones:]))


def _worth_showing(
    name: str, buckets: Sequence[Bucket], chosen: set[str], total: int
) -> list[Bucket]:
    """Of a list with classes and subclasses the classes, and the subclasses of those chosen, or of
    those that everything is in: such a class is no choice."""
    opened = chosen | {bucket.value for bucket in buckets if bucket.count == total}
    kept = []
    for bucket in buckets:
        code = _code(name, bucket.value)
        parent = code.parent if code else None
        if bucket.value and (parent is None or parent in opened or bucket.value in chosen):
            kept.append(bucket)
    return kept


def _code(name: str, value: str) -> Code | None:
    found = (codelist(listed).get(value) for listed in LISTS.get(name, ()))
    return next((code for code in found if code), None)
