"""A record that a format read becomes one that is harvested: its key, its place, its source."""

from __future__ import annotations

from harvesters import keys
from harvesters.faults import problem
from harvesters.fetched import Fetched
from standards.formats.dcat_reading import Resource


def taken(resource: Resource, place: str) -> Fetched:
    """The record under its own identifier, else its address, else what it says."""
    parsed = resource.parsed
    own = resource.identifier or resource.iri
    kind = parsed.kind or ""
    problems = parsed.problems
    if not resource.described:
        problems = (*problems, problem("dcat-not-described", value=own))
    key = keys.key(kind, parsed.raw, own=own) if own or parsed.raw else f"place:{place}"
    return Fetched(key, parsed.raw, parsed.kind, place, raw=resource.source, problems=problems)


def refused(place: str, rule: str, raw: str, value: str) -> Fetched:
    """A part of the source that cannot be read as a record: kept with the reason."""
    return Fetched(
        f"place:{place}",
        {},
        None,
        place,
        raw=raw,
        problems=(problem(rule, value=value),),
    )
