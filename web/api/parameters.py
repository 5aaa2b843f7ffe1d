"""The parameters of searches as OpenAPI tells them, one for each filter that there is."""

from __future__ import annotations

from typing import Any

from search.filters import FILTERS
from search.filters.filter import Filter
from standards.codelists import codelist
from web import reviewing
from web.searching import (
    COUNTED,
    CURSOR_LONGEST,
    FACETS,
    LONGEST,
    MOST,
    SIZE,
    SORTS,
    VALUES_MOST,
)

BOX = r"^$|^-?\d{1,3}(\.\d{1,9})?(,-?\d{1,3}(\.\d{1,9})?){3}$"
POINT = r"^$|^-?\d{1,3}(\.\d{1,9})?,-?\d{1,2}(\.\d{1,9})?,\d{1,7}(\.\d{1,3})?$"
DATE = r"^$|^[12]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|1\d|2[0-8]))?)?$"
SINGLE: dict[str, dict[str, Any]] = {
    "bbox": {"pattern": BOX, "examples": ["120.8,30.6,122.2,31.9"]},
    "within": {"pattern": BOX, "examples": ["120.8,30.6,122.2,31.9"]},
    "near": {"pattern": POINT, "examples": ["121.47,31.23,5000"]},
    "issued_from": {"pattern": DATE, "examples": ["2009-01-01"]},
    "issued_to": {"pattern": DATE, "examples": ["2009"]},
    "written_from": {"pattern": DATE},
    "written_to": {"pattern": DATE},
    "submitted_before": {"pattern": DATE},
}
QUEUE = {
    "purpose": "What is asked for",
    "risk": "How much is at stake",
    "state": "How far the request has come; without it, what reviewers are to act on",
    "due": "Past its day, or near it",
    "kind": "The kind of entry",
    "agency": "An agency's code, with all below it",
    "disclosure": "Proposed",
    "sharing": "Proposed",
    "ground": "Of not disclosing or not sharing, as proposed",
    "source": "The source that sent the entry",
    "assignee": "Who has it in hand: a user name, `me` or `nobody`",
}


def query(name: str, schema: dict[str, Any], description: str, **more: Any) -> dict[str, Any]:
    """A parameter of the address."""
    return {"in": "query", "name": name, "schema": schema, "description": description, **more}


def paging(default: int = SIZE, most: int = MOST) -> list[dict[str, Any]]:
    """How much, and from where."""
    size = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    cursor = {"type": "string", "maxLength": CURSOR_LONGEST}
    return [
        query("size", size, "How many at most"),
        query("cursor", cursor, "`next` of the page before"),
    ]


def words(description: str, name: str = "q") -> dict[str, Any]:
    """What a person types."""
    return query(name, {"type": "string", "maxLength": LONGEST}, description)


def filters(*leave_out: str) -> list[dict[str, Any]]:
    """The parameters of all filters but these."""
    return [
        parameter(each, name)
        for each in FILTERS
        if each.name not in leave_out
        for name in each.parameters
    ]


def parameter(each: Filter, name: str) -> dict[str, Any]:
    """One parameter of a filter; one that may be repeated means any of its values."""
    told = f"{each.label.zh} · {each.label.en}"
    if name in SINGLE:
        return query(name, {"type": "string", **SINGLE[name]}, told)
    if each.codelist:
        told += f"; codes of the list `{codelist(each.codelist).name}`"
    one = {"type": "string", "minLength": 1, "maxLength": LONGEST}
    many = {"type": "array", "items": one, "maxItems": VALUES_MOST}
    return query(name, many, told, style="form", explode=True)


def search(*leave_out: str) -> list[dict[str, Any]]:
    """Everything that a search takes."""
    sort = {"type": "string", "enum": list(SORTS), "default": SORTS[0]}
    typed = 'Words, "phrases", -exclusions, or a number in any spelling'
    return [
        words(typed),
        *filters(*leave_out),
        query("sort", sort, "The order; relevance without words is by date of issue"),
        *paging(),
    ]


def facets() -> dict[str, Any]:
    """What of the found entries is counted."""
    name = f"({'|'.join(COUNTED)})"
    told = {"type": "string", "pattern": f"^$|^{name}(,{name})*$", "default": ",".join(FACETS)}
    return query("facets", told, "Filters to count by, parted by commas; empty: none")


def queue() -> list[dict[str, Any]]:
    """Everything that the queue of requests takes, each once."""
    told = [
        query(name, {"type": "string", "enum": list(codes)}, QUEUE[name])
        for name, codes in reviewing.CODES.items()
    ]
    one = {"type": "string", "maxLength": LONGEST}
    told += [query(name, one, QUEUE[name]) for name in reviewing.FREE]
    before = {"type": "string", **SINGLE["submitted_before"]}
    return [
        words("Words of the title, or the beginning of an identifier"),
        *told,
        query("submitted_before", before, "Submitted on or before"),
        *paging(),
    ]
