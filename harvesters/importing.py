"""A file imported once is the same run over a source of its own; and what is shown before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
from harvesters.report import Report
from harvesters.run import Progress, harvest
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


def import_file(
    database: Database,
    path: Path,
    actor: Viewer,
    clock: Clock,
    agency: str,
    *,
    kind: str | None = None,
    level: Level = Level.MINIMAL,
    mapping: Mapping[str, Any] | None = None,
    defaults: Mapping[str, Any] | None = None,
    acceptance: str = REVIEW,
    name: str | None = None,
    plan_only: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Register the records of a file for an agency. The same file again, or a newer one of the
    same name, updates what it registered before; a record that it lacks is not deleted.

    Raises Forbidden for who may not register for the agency.
    """
    source = name or _name(path, agency)
    settings = _settings(path, kind, level, acceptance if actor.operator else REVIEW, defaults)
    _prepare(database, source, actor, clock, agency, settings, mapping)
    return harvest(database, source, actor, clock, plan_only=plan_only, progress=progress)


def enqueue_file(
    database: Database,
    path: Path,
    actor: Viewer,
    clock: Clock,
    agency: str,
    *,
    kind: str | None = None,
    level: Level = Level.MINIMAL,
    mapping: Mapping[str, Any] | None = None,
) -> RunView:
    """The same, carried out by a worker: the file must stay where it is until then."""
    source = _name(path, agency)
    _prepare(
        database, source, actor, clock, agency, _settings(path, kind, level, REVIEW, None), mapping
    )
    with database.writing() as session:
        return runs.enqueue(session, source, actor.name, clock.now())


def _name(path: Path, agency: str) -> str:
    return f"import:{agency}:{path.name}"[:100]


def _settings(
    path: Path,
    kind: str | None,
    level: Level,
    acceptance: str,
    defaults: Mapping[str, Any] | None,
) -> SourceSettings:
    return SourceSettings(
        protocol=reader_of(path).name,
        location=str(path),
        level=level,
        acceptance=acceptance,
        kind=kind or "",
        defaults=dict(defaults or {}),
        options={PARTIAL: True},
    )


def _prepare(
    database: Database,
    name: str,
    actor: Viewer,
    clock: Clock,
    agency: str,
    settings: SourceSettings,
    mapping: Mapping[str, Any] | None,
) -> None:
    """The source of the file, as it is read this time. Whoever may register for an agency may
    have one, though sources that the directory harvests by itself are an administrator's."""
    with database.writing() as session:
        path = agencies.get(session, agency).path
        if not actor.may(Role.REGISTRAR, path):
            raise Forbidden(f"not a registrar of {agency}")
        keeper = Viewer(actor.account, actor.name, (Grant(Role.ADMINISTRATOR, agency),))
        try:
            kept = sources.get(session, name)
        except NotFound:
            sources.add(session, keeper, name, agency, settings, clock.now())
        else:
            if kept.settings != settings:
                sources.change(session, keeper, name, settings, clock.now())
        if mapping:
            sources.save_mapping(session, name, mapping, clock.now())
