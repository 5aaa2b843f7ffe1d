"""schema.org as JSON-LD, for search engines: the `schema` terms of the crosswalk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from standards.formats.records import Record
from standards.formats.terms import code_of
from standards.profile import Element, profile
from standards.summary import Summary, summarize

_TYPES = {"document": "Legislation", "non-document": "Dataset"}
_BARE = {"inLanguage", "identifier", "termCode"}  # properties that hold codes, not their labels
_PARTS = {
    "about": "DefinedTerm",
    "potentialAction": "Action",
    "publisher": "GovernmentOrganization",
    "sdPublisher": "GovernmentOrganization",
    "spatialCoverage": "Place",
    "variableMeasured": "PropertyValue",
}


def write(record: Record) -> bytes:
    """The record as one JSON-LD object."""
    descriptor = record.descriptor
    made: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _TYPES[descriptor.kind],
        "@id": record.url,
        "url": record.url,
    }
    for use in profile(descriptor.kind).elements:
        value = descriptor.values.get(use.element.name)
        if value is not None and not use.assigned:
            _add(made, use.element, value)
    _frame(made, record, summarize(descriptor))
    return orjson.dumps(made, option=orjson.OPT_INDENT_2)


def _frame(made: dict[str, Any], record: Record, summary: Summary) -> None:
    """What no single element says."""
    for redacted in summary.redactions:
        _put(made, "conditionsOfAccess", redacted.sentence.zh)
    if record.identifier:
        _put(made, "identifier", record.identifier)
    if record.updated:
        made["dateModified"] = record.updated.date().isoformat()
    if record.catalog_url:
        made["includedInDataCatalog"] = {"@type": "DataCatalog", "url": record.catalog_url}
    if summary.period:
        made["temporalCoverage"] = f"{summary.period.begin or '..'}/{summary.period.end or '..'}"
    if summary.box:
        box = summary.box
        edges = f"{box.south} {box.west} {box.north} {box.east}"
        place = made.setdefault("spatialCoverage", {"@type": "Place"})
        place["geo"] = {"@type": "GeoShape", "box": edges}


def _add(made: dict[str, Any], element: Element, value: Any) -> None:
    term = element.term("schema")
    if term is None:
        return
    for each in value if isinstance(value, list) else [value]:
        if element.children:
            _group(made, term, element, each)
        else:
            code = None if term in _BARE else code_of(element, each)
            _put(made, term, code.label.zh if code else each)


def _group(made: dict[str, Any], term: str, group: Element, row: Mapping[str, Any]) -> None:
    """A group is an object of its type; without one its parts stand by themselves."""
    parts: dict[str, Any] = {"@type": _PARTS[term]} if term in _PARTS else made
    for child in group.children:
        if child.name in row:
            _add(parts, child, row[child.name])
    if parts is not made and len(parts) > 1:
        _put(made, term, parts)


def _put(made: dict[str, Any], term: str, value: Any) -> None:
    """A second value of a property makes it a list."""
    if term not in made:
        made[term] = value
    elif isinstance(made[term], list):
        made[term].append(value)
    elif made[term] != value:
        made[term] = [made[term], value]
