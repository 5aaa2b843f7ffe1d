"""Corrections as a source's owner takes them over: a table and JSON, the same for page, API and
command.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from catalog.curation.reading import CurationView
from standards.profile import profile

HEADINGS = (
    *("key", "entry", "element", "name", "mode", "source_value", "curated_value", "reason"),
    *("author", "date", "state"),
)


def table(curations: Iterable[CurationView], language: str) -> Iterator[Sequence[str]]:
    """A line for each correction: what the source says now, and what it was corrected to."""
    for each in curations:
        label = profile(each.kind).element(each.path).label.in_language(language)
        values = (_cell(each.now), _cell(each.value))
        told = (each.reason, each.author, each.at.isoformat(timespec="seconds"), each.state)
        yield (each.key, each.entry, each.path, label, each.mode, *values, *told)


def as_dict(each: CurationView) -> dict[str, Any]:
    """A correction as JSON."""
    return {
        "id": each.id,
        "key": each.key,
        "entry": each.entry,
        "element": each.path,
        "mode": each.mode,
        "source_value": each.now,
        "source_value_before": each.sourced,
        "curated_value": each.value,
        "reason": each.reason,
        "author": each.author,
        "accepted_by": each.accepted_by,
        "at": each.at.isoformat(),
        "state": each.state,
    }


def _cell(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return orjson.dumps(value).decode()
