"""The report of duplicate collection as a table, for files and terminals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from catalog.elements.duplication import AUTHORITY, BESIDE, EXCEPTED, UNSETTLED, Duplicate
from standards.problems import Text

HEADINGS = (
    *("element", "name", "subject", "agencies", "entries", "settled"),
    *("agency", "agency_name", "agency_entries", "standing", "reason"),
)
STANDINGS = {
    AUTHORITY: Text("权威来源", "Authoritative source"),
    EXCEPTED: Text("有理由的例外", "Reasoned exception"),
    BESIDE: Text("重复采集", "Collects beside it"),
    UNSETTLED: Text("未定来源", "No source decided"),
}


def table(found: Iterable[Duplicate], language: str) -> Iterator[tuple[object, ...]]:
    """A row for each agency that collects an element."""
    for each in found:
        head = (each.element.code, each.element.name.in_language(language), each.element.subject)
        total = (len(each.collectors), each.entries, "1" if each.settled else "")
        for one in each.collectors:
            standing = STANDINGS[one.standing].in_language(language)
            yield (
                *head, *total, one.agency.code, one.agency.name, one.entries, standing, one.reason,
            )  # fmt: skip


def as_dict(each: Duplicate) -> dict[str, Any]:
    """One element of the report, for programs."""
    return {
        "element": each.element.code,
        "name": each.element.name.zh,
        "entries": each.entries,
        "settled": each.settled,
        "agencies": [
            {
                "agency": one.agency.code,
                "name": one.agency.name,
                "entries": one.entries,
                "standing": one.standing,
                "reason": one.reason,
            }
            for one in each.collectors
        ],
    }
