"""Turns a fetched record into a proposal: defaults of its source filled in, its agency found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from catalog.agencies import AgencyView
from catalog.proposals import Proposal, SourceKey
from catalog.sources import AUTOMATIC, SourceView
from harvesters.fetched import Fetched
from standards.descriptor import at
from standards.profile import KINDS, profile

AgencyMatch = Callable[[str], AgencyView | None]
_REMEMBERED = 5000


@dataclass
class Preparing:
    """How records of one source become proposals; `unknown` counts the providers not found."""

    source: SourceView
    match: AgencyMatch
    unknown: Counter[str] = field(default_factory=Counter)
    _agencies: dict[str, str] = field(default_factory=dict)

    def proposal(self, record: Fetched) -> Proposal:
        """The proposal that a record amounts to."""
        settings = self.source.settings
        kind = self.kind(record)
        return Proposal(
            kind=kind,
            values=record.values if record.home else self.values(kind, record.values),
            agency=self._named(record) or self._agency(kind, record.values),
            level=settings.level,
            source=SourceKey(self.source.name, record.key),
            accept=settings.acceptance == AUTOMATIC or record.home is not None,
            origin=record.origin,
            home=record.home,
        )

    def kind(self, record: Fetched) -> str:
        """The kind of a record; that of the source where the record does not tell."""
        return record.kind or self.source.settings.kind

    def values(self, kind: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The values with the source's defaults where it is silent."""
        defaults = self.source.settings.defaults
        if not defaults or kind not in KINDS:
            return values
        own = _elements(kind)
        return _filled({name: defaults[name] for name in defaults if name in own}, values)

    def _named(self, record: Fetched) -> str:
        """The agency that the record names by its code, wherever it stands; one that is not known
        is counted, and its records are the source's own agency's."""
        if not record.agency:
            return ""
        if record.agency not in self._agencies:
            found = self.match(record.agency)
            known = found is not None and found.code == record.agency
            self._agencies[record.agency] = record.agency if known else ""
        if not self._agencies[record.agency]:
            self.unknown[record.agency] += 1
        return self._agencies[record.agency] or self.source.agency

    def _agency(self, kind: str, values: Mapping[str, Any]) -> str:
        """The provider's agency if the source may speak for it, else the source's own."""
        home = self.source.agency
        if self.source.settings.options.get("agencies") == "source" or kind not in KINDS:
            return home
        provider = provider_of(kind, values)
        if not provider:
            return home
        if provider not in self._agencies:
            found = self.match(provider)
            theirs = found is not None and home in found.path
            if len(self._agencies) >= _REMEMBERED:
                self._agencies.clear()
            self._agencies[provider] = found.code if found and theirs else ""
        code = self._agencies[provider]
        if not code:
            self.unknown[provider] += 1
        return code or home


def provider_of(kind: str, values: Mapping[str, Any]) -> str:
    """The first provider's name as sent, given as a group or as plain text."""
    for names in _providers(kind):
        for found in (*at(values, names), *at(values, names[:1])):
            if isinstance(found, str) and found.strip():
                return found.strip()
    return ""


@cache
def _providers(kind: str) -> tuple[list[str], ...]:
    """The paths at which a kind names its provider."""
    return tuple(element.path.split(".") for element in profile(kind).card("provider"))


@cache
def _elements(kind: str) -> frozenset[str]:
    return frozenset(use.element.name for use in profile(kind).elements)


def _filled(defaults: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values laid over the defaults, group by group; an empty value counts as silence."""
    result = dict(defaults)
    for name, value in values.items():
        below = defaults.get(name)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            result[name] = _filled(below, value)
        elif value not in (None, "", [], {}):
            result[name] = value
        else:
            result.setdefault(name, value)
    return result
