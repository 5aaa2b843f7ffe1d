"""A directory of any size in minutes: rows as registration writes them, put in past it.

Every entry is one of the sample, with a title, a number and an abstract of its own; the sample is
valid as it is made, so that only what validation adds, the names of themes, is laid into it. The
change log and the audit log hold nothing of these entries: what is measured over such a directory
reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from catalog import exposure, sample, versions
from catalog.database import Database, put
from catalog.exposure import Served
from catalog.tables import Entry, Version
from catalog.versions import Authorship
from standards.descriptor import Descriptor
from standards.profile import Level
from standards.sample import SampleEntry, entries
from standards.validation import validate

PIECE = 5000
NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
BY = Authorship("sample", NOW, Level.CORE)
SHOWN: Mapping[str, Any] = {"disclosure": {"attribute": "proactive"}}
HIDING = ("redactions", "visibility")


def fill(database: Database, count: int, *, shown: bool = False) -> None:
    """So many served entries; where they are all to be ``shown``, every one is public."""
    database.migrate()
    sample.prepare(database)
    made = _descriptors(entries(count), shown=shown)
    while piece := list(islice(made, PIECE)):
        with database.writing() as session:
            _put(session, piece)


def _descriptors(some: Iterable[SampleEntry], *, shown: bool) -> Iterator[tuple[str, Descriptor]]:
    """Identifiers with what stands under them."""
    named: dict[str, Any] = {}
    for entry in some:
        values = {name: value for name, value in entry.values.items() if name not in HIDING}
        theme = str(values["category"])
        if theme not in named:
            named[theme] = validate(entry.kind, values, Level.CORE).descriptor.values["category"]
        told = {**values, "category": named[theme], **(SHOWN if shown else {})}
        identifier = f"{entry.agency}-{entry.number + 1:07}"
        yield identifier, versions.completed(Descriptor(entry.kind, told), identifier, {})


def _put(session: Session, piece: list[tuple[str, Descriptor]]) -> None:
    rows = [versions.row(identifier, 1, told, BY) for identifier, told in piece]
    put(session, Entry, [_entry(row) for row in rows])
    put(session, Version, rows)
    exposure.expose(session, [_served(row) for row in rows], [], NOW)


def _served(row: Mapping[str, Any]) -> Served:
    return exposure.served(row["entry"], _agency(row), row)


def _agency(row: Mapping[str, Any]) -> str:
    return str(row["entry"]).rpartition("-")[0]


def _entry(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "identifier": row["entry"],
        "agency": _agency(row),
        "kind": row["kind"],
        "state": "published",
        "revision": 1,
        "served": 1,
        "pending": None,
        "changed": 0,
        "curated": None,
        "remark": "",
        "source": None,
        "created": NOW,
        "updated": NOW,
        "served_at": NOW,
        "submitted_at": None,
    }
