"""A file imported once is the same run over a source of its own; and what is shown before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from catalog import agencies, runs, sources
from catalog.clock import Clock
from catalog.database import Database
from catalog.errors import Forbidden, NotFound
from catalog.runs import RunView
from catalog.sources import REVIEW, SourceSettings
from catalog.viewers import Grant, Role, Viewer
from harvesters.deleting import PARTIAL
from harvesters.faults import fault
from harvesters.progress import Tell
from harvesters.report import Report
from harvesters.run import harvest
from harvesters.sources import reader_of
from harvesters.sources.opening import files_in
from harvesters.sources.spreadsheet import Spreadsheet
from harvesters.sources.tables import find_table
from standards.problems import Problem
from standards.profile import Level

SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Examined:
    """How a spreadsheet would be read, for a person to confirm: its columns and first rows."""

    kind: str
    sheet: str
    header: int
    columns: Mapping[str, str | None]
    unknown: tuple[str, ...]
    samples: tuple[Mapping[str, str], ...]
    notes: tuple[Problem, ...]
    mapping: Mapping[str, Any]


def examine(
    path: Path, kind: str | None = None, mapping: Mapping[str, Any] | None = None
) -> Examined | None:
    """What the columns of a file mean; None for one without columns, whose parts name themselves.

    Raises HarvestFault when it is no spreadsheet that can be read.
    """
    source = reader_of(path)
    if source.name != Spreadsheet.name:
        return None
    found = files_in(path, source.suffixes) if path.is_dir() else [path]
    if not found:
        raise fault("file-missing", value=str(path))
    table = find_table(found[0], kind, mapping)
    return Examined(
        kind=table.mapping.kind,
        sheet=table.sheet.name,
        header=table.header,
        columns=table.mapping.columns,
        unknown=table.mapping.unknown,
        samples=tuple(table.cells(row) for row in islice(table.rows(), SAMPLES)),
        notes=table.notes,
        mapping=table.mapping.as_dict(),
    )


@dataclass(frozen=True, slots=True)
class Import:
    """A file and how it shall be read and registered for an agency. The columns that `mapping`
    confirms are remembered under the source's `name`, which is made from the file's otherwise."""

    path: Path
    agency: str
    kind: str | None = None
    level: Level = Level.MINIMAL
    mapping: Mapping[str, Any] | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    acceptance: str = REVIEW
    name: str | None = None

    @property
    def source(self) -> str:
        """The name of its source."""
        return self.name or f"import:{self.agency}:{self.path.name}"[:100]

    def settings(self, actor: Viewer) -> SourceSettings:
        """How it is harvested; without a review only by the operator."""
        return SourceSettings(
            protocol=reader_of(self.path).name,
            location=str(self.path),
            level=self.level,
            acceptance=self.acceptance if actor.operator else REVIEW,
            kind=self.kind or "",
            defaults=dict(self.defaults),
            options={PARTIAL: True},
        )


def import_file(
    database: Database,
    wanted: Import,
    actor: Viewer,
    clock: Clock,
    *,
    plan_only: bool = False,
    progress: Tell | None = None,
) -> Report:
    """Register the records of a file for an agency. The same file again, or a newer one of the
    same name, updates what it registered before; a record that it lacks is not deleted.

    Raises Forbidden for who may not register for the agency.
    """
    _prepare(database, wanted, actor, clock)
    return harvest(database, wanted.source, actor, clock, plan_only=plan_only, progress=progress)


def enqueue_file(database: Database, wanted: Import, actor: Viewer, clock: Clock) -> RunView:
    """The same, carried out by a worker: the file must stay where it is until then."""
    _prepare(database, wanted, actor, clock)
    with database.writing() as session:
        return runs.enqueue(session, wanted.source, actor.name, clock.now())


def _prepare(database: Database, wanted: Import, actor: Viewer, clock: Clock) -> None:
    """The source of the file, as it is read this time. Whoever may register for an agency may
    have one, though sources that the directory harvests by itself are an administrator's."""
    name, settings = wanted.source, wanted.settings(actor)
    with database.writing() as session:
        path = agencies.get(session, wanted.agency).path
        if not actor.may(Role.REGISTRAR, path):
            raise Forbidden(f"not a registrar of {wanted.agency}")
        keeper = Viewer(actor.account, actor.name, (Grant(Role.ADMINISTRATOR, wanted.agency),))
        try:
            kept = sources.get(session, name)
        except NotFound:
            sources.add(session, keeper, name, wanted.agency, settings, clock.now())
        else:
            if kept.settings != settings:
                sources.change(session, keeper, name, settings, clock.now())
        if wanted.mapping:
            sources.save_mapping(session, name, wanted.mapping, clock.now())
