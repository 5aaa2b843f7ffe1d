"""The datasets of a data.json (schema 1.1 of Project Open Data, DCAT-US), read as DCAT."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from standards.formats import dcat_reading
from standards.formats.dcat_reading import Resource
from standards.formats.records import Parsed
from standards.formats.things import tables, thing_of
from standards.problems import excerpt
from standards.profile import KINDS
from standards.reading.texts import clean

LIST = "dataset"
_LONGEST = 20_000


def read(item: Mapping[str, Any], kind: str | None = None) -> Resource:
    """One dataset of the list."""
    thing = thing_of(item, tables()["json"])
    chosen = kind or KINDS[-1]
    raw, problems = dcat_reading.read(thing, chosen)
    parsed = Parsed(raw, "", chosen, problems)
    return Resource(parsed, dcat_reading.identifier_of(thing), thing.iri, source_of(item))


def source_of(item: Any) -> str:
    """What was sent, as text that can be kept."""
    try:
        return clean(excerpt(json.dumps(item, ensure_ascii=False), _LONGEST))
    except (ValueError, RecursionError):
        return ""
