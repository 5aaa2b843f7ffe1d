"""What a filter is: its parameters, the clause they make, its facet, and its sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from search.clauses import Clause, Term
from standards.codelists import codelist
from standards.problems import Text

Values = Mapping[str, Sequence[str]]


def _joined(values: Sequence[str], language: str) -> str:
    return (" or " if language.startswith("en") else "、").join(values)


@dataclass(frozen=True, slots=True)
class Filter:
    """A declared filter. ``field`` is the card field that its facet counts, if it has one."""

    name: str
    label: Text
    parameters: tuple[str, ...]
    clause: Callable[[Values], Clause | None]
    field: str | None = None
    codelist: str | None = None
    told: Callable[[str, str], str] | None = None
    """A value in words, in a language, where neither a code list nor the value itself tells it."""

    def parse(self, values: Values) -> Clause | None:
        """The clause for a request's values; None when the request does not use the filter.

        Raises BadQuery, naming the parameter.
        """
        own = {name: list(values[name]) for name in self.parameters if values.get(name)}
        return self.clause(own) if own else None

    def label_of(self, value: str, language: str) -> str:
        """A value's name from the code list; the value itself when there is none."""
        if self.told:
            return self.told(value, language)
        code = codelist(self.codelist).get(value) if self.codelist else None
        return code.label.in_language(language) if code else value

    def sentence(self, values: Values, language: str) -> str:
        """The filter in words, for a result's heading; empty when it is not used."""
        told = [
            _joined([self.label_of(each, language) for each in values[name]], language)
            for name in self.parameters
            if values.get(name)
        ]
        if not told:
            return ""
        between = ": " if language.startswith("en") else "："
        return f"{self.label.in_language(language)}{between}{' – '.join(told)}"


def coded(
    name: str, zh: str, en: str, field: str, *, codes: str | None = None, counted: bool = True
) -> Filter:
    """A filter on exact codes: any of the values given."""

    def clause(values: Values) -> Clause | None:
        return Term(field, tuple(dict.fromkeys(values[name])))

    return Filter(name, Text(zh, en), (name,), clause, field if counted else None, codes)
