"""A directory of any size in a minute: rows as registration writes them, put in past it.

Descriptors of the sample are validated once and stand under many identifiers; the change log and
the audit log hold nothing of them. What is measured over such a directory reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import insert

from catalog import exposure, sample, versions
from catalog.database import Database
from catalog.tables import Entry, ExposedTheme, Exposure, Table, Version
from catalog.versions import Authorship
from standards.descriptor import Descriptor
from standards.profile import Level
from standards.sample import entries
from standards.validation import validate

DIFFERENT = 2000
PIECE = 5000
NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
BY = Authorship("sample", NOW, Level.CORE)


def fill(database: Database, count: int) -> None:
    """So many served entries, all of them public."""
    database.migrate()
    sample.prepare(database)
    models = [_model(*each) for each in _descriptors()]
    for start in range(0, count, PIECE):
        numbers = range(start + 1, min(start + PIECE, count) + 1)
        rows = [row for number in numbers for row in _rows(number, models[number % len(models)])]
        with database.writing() as session:
            for table in (Entry, Version, Exposure, ExposedTheme):
                mine = [told for of, told in rows if of is table]
                session.execute(insert(table.__table__), mine)  # type: ignore[arg-type]


def _descriptors() -> Iterator[tuple[str, Descriptor]]:
    """Agencies with what they register, made public."""
    for entry in islice(entries(DIFFERENT * 2), DIFFERENT):
        open_ = {**entry.values, "disclosure": {"attribute": "proactive"}}
        open_.pop("redactions", None)
        open_.pop("visibility", None)
        yield entry.agency, validate(entry.kind, open_, Level.CORE).descriptor


@dataclass(frozen=True, slots=True)
class _Model:
    """What stands under many identifiers, and what is worked out of it once."""

    agency: str
    descriptor: Descriptor
    version: dict[str, Any]
    themes: tuple[str, ...]


def _model(agency: str, told: Descriptor) -> _Model:
    row = versions.row("", 1, told, BY)
    return _Model(agency, told, row, exposure.served("", agency, row).themes)


def _rows(number: int, model: _Model) -> Iterator[tuple[type[Table], dict[str, Any]]]:
    agency, told = model.agency, model.descriptor
    identifier = f"{agency}-{number:07}"
    whole = versions.completed(told, identifier, {})
    own = {"entry": identifier, "values": whole.values, "digest": whole.digest}
    yield Version, {**model.version, **own}
    yield (
        Entry,
        {
            "identifier": identifier,
            "agency": agency,
            "kind": told.kind,
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
        },
    )
    for tier in exposure.Tier:
        row = {"tier": tier.value, "entry": identifier, "number": number, "turn": number, "at": NOW}
        more = {"present": True, "agency": agency, "kind": told.kind, "version": 1}
        yield Exposure, {**row, **more, "themes": " ".join(model.themes)}
        for theme in model.themes:
            yield ExposedTheme, {"tier": tier.value, "theme": theme, "number": number}
