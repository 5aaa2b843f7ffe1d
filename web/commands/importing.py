"""`mulu import`: the records of a file into the directory."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from catalog import sources
from catalog.errors import NotFound
from catalog.sources import AUTOMATIC, REVIEW
from catalog.viewers import OPERATOR
from harvesters.faults import HarvestFault
from harvesters.importing import Examined, Import, examine, import_file
from standards.headings import heading
from standards.profile import Level
from web.commands.console import directory, language, refuse, say, say_behind, told, words
from web.commands.harvesting import telling
from web.commands.values import (
    default_values,
    defaults_option,
    end,
    kind_option,
    level_option,
    report_option,
)
from web.parts import Parts

EMPTY = "·"


@click.command("import")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--agency", required=True, help="Code of the agency that registers.")
@click.option("--source", "name", help="Name under which the columns are remembered.")
@click.option("--accept", is_flag=True, help="Publish at once, without review.")
@click.option("--plan", "plan_only", is_flag=True, help="Only say what would change.")
@click.option("--yes", is_flag=True, help="Take the columns as recognised, without asking.")
@kind_option
@level_option
@defaults_option
@report_option
def import_file_(
    file: Path,
    agency: str,
    name: str | None,
    accept: bool,
    plan_only: bool,
    yes: bool,
    kind: str | None,
    level: str,
    defaults: tuple[str, ...],
    form: str,
) -> None:
    """Register the records of FILE (XLSX, CSV, national XML, or a folder).

    The columns of a spreadsheet are recognised by their headings and shown for confirmation,
    once; exit code 1 when a record was rejected.

    Example: mulu import 目录.xlsx --agency 3100H --level core
    """
    with directory() as parts, told():
        remembered = _remembered(parts, name)
        confirmed = _confirmed(file, kind, remembered, ask=not yes and remembered is None)
        wanted = Import(
            file.resolve(),
            agency,
            kind=kind,
            level=Level(level),
            mapping=confirmed,
            defaults=default_values(defaults, kind),
            acceptance=AUTOMATIC if accept else REVIEW,
            name=name,
        )
        report = import_file(
            parts.database, wanted, OPERATOR, parts.clock, plan_only=plan_only, progress=telling()
        )
        say_behind(parts)
    end(report, form)


def _remembered(parts: Parts, name: str | None) -> Mapping[str, object] | None:
    if not name:
        return None
    try:
        with parts.database.reading() as session:
            return sources.get(session, name).mapping
    except NotFound:
        return None


def _confirmed(
    file: Path, kind: str | None, remembered: Mapping[str, object] | None, *, ask: bool
) -> Mapping[str, object] | None:
    """The columns' meanings: as remembered, else as recognised and, on a terminal, confirmed."""
    if file.is_dir():
        return remembered
    try:
        examined = examine(file, kind, remembered)
    except HarvestFault as fault:
        refuse(fault.problem.message.in_language(language()))
    if examined is None:
        return None
    _show(examined)
    if ask and sys.stdin.isatty():
        click.confirm(words("列的含义对吗？", "Are the columns right?"), abort=True, err=True)
    return examined.mapping


def _show(examined: Examined) -> None:
    say(
        f"工作表 {examined.sheet}，表头在第 {examined.header} 行，类型 {examined.kind}：",
        f"Sheet {examined.sheet}, header in row {examined.header}, kind {examined.kind}:",
    )
    for column, path in examined.columns.items():
        click.echo(f"  {column} → {_meaning(examined, column, path)}", err=True)
    if examined.unknown:
        listed = "、".join(examined.unknown)
        say(f"  未使用的列：{listed}", f"  Columns not used: {listed}")


def _meaning(examined: Examined, column: str, path: str | None) -> str:
    if path:
        return f"{heading(examined.kind, path).in_language(language())} ({path})"
    if column == examined.mapping.get("source_key"):
        return words("用来识别各条记录，不登记", "tells the records apart, is not registered")
    return EMPTY
