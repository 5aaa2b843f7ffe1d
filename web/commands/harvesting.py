"""`mulu import`, `source`, `harvest`: from files and from source systems into the directory."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click
import orjson

from catalog import sources
from catalog.errors import NotFound
from catalog.runs import RunState
from catalog.sources import AUTOMATIC, DELETION_LIMIT, REVIEW, SourceSettings
from catalog.viewers import OPERATOR
from harvesters.faults import HarvestFault
from harvesters.importing import Examined, examine, import_file
from harvesters.plan import Action
from harvesters.report import Report, as_csv, as_json, as_text
from harvesters.run import Progress, harvest
from harvesters.sources import known
from standards.headings import heading
from standards.profile import KINDS, Level
from standards.validation import validate
from web.commands.console import (
    REJECTED,
    directory,
    language,
    print_json,
    refuse,
    say,
    say_behind,
    told,
    words,
)
from web.parts import Parts

LEVELS = [each.value for each in Level]
EMPTY = "·"

kind_option = click.option(
    "--kind", type=click.Choice(KINDS), help="Where the records do not tell."
)
level_option = click.option("--level", type=click.Choice(LEVELS), default="minimal",
                            show_default=True, help="How much a record must have.")  # fmt: skip
report_option = click.option("--report", "form", type=click.Choice(["text", "json", "csv"]),
                             default="text", show_default=True)  # fmt: skip
defaults_option = click.option("--default", "defaults", multiple=True, metavar="ELEMENT=VALUE",
                               help="A value for what records leave out, text or JSON")  # fmt: skip


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
        report = import_file(
            parts.database,
            file.resolve(),
            OPERATOR,
            parts.clock,
            agency,
            kind=kind,
            level=Level(level),
            mapping=confirmed,
            defaults=_defaults(defaults, kind),
            acceptance=AUTOMATIC if accept else REVIEW,
            name=name,
            plan_only=plan_only,
            progress=_progress(),
        )
        say_behind(parts)
    _end(report, form)


@click.group()
def source() -> None:
    """Sources: what is harvested, from where and how strictly."""


@source.command("add")
@click.argument("name")
@click.option("--protocol", type=click.Choice(sorted(known())), required=True)
@click.option("--location", required=True, help="An address, a file or a folder.")
@click.option("--agency", required=True, help="Code of the agency that answers for it.")
@click.option("--accept", is_flag=True, help="Publish its records without review.")
@click.option("--deletion-limit", type=click.FloatRange(0, 1),
              default=DELETION_LIMIT, show_default=True,
              help="Share of its entries that one run may delete by itself.")  # fmt: skip
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE",
              help="An option of the protocol, e.g. allow_private=true.")  # fmt: skip
@kind_option
@level_option
@defaults_option
def add_source(
    name: str,
    protocol: str,
    location: str,
    agency: str,
    accept: bool,
    deletion_limit: float,
    options: tuple[str, ...],
    kind: str | None,
    level: str,
    defaults: tuple[str, ...],
) -> None:
    """Add the source NAME.

    Example: mulu source add water --protocol oai-pmh --location https://…/oai --agency 3100H
    """
    remote = location.startswith(("http://", "https://"))
    chosen = SourceSettings(
        protocol=protocol,
        location=location if remote else str(Path(location).resolve()),
        level=Level(level),
        acceptance=AUTOMATIC if accept else REVIEW,
        kind=kind or "",
        defaults=_defaults(defaults, kind),
        deletion_limit=deletion_limit,
        options=_values(options),
    )
    with directory() as parts, told(), parts.database.writing() as session:
        sources.add(session, OPERATOR, name, agency, chosen, parts.clock.now())
    say(f"已添加采集源 {name}。", f"Added the source {name}.")


@source.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def list_sources(as_json: bool) -> None:
    """List all sources.

    Example: mulu source list
    """
    with directory() as parts, parts.database.reading() as session:
        found = sources.all(session)
    if as_json:
        print_json([{"name": s.name, "agency": s.agency, **s.settings.as_dict()} for s in found])
        return
    for each in found:
        kept = each.settings
        click.echo(f"{each.name}  {kept.protocol}  {each.agency}  {kept.level}  {kept.location}")


@click.command("harvest")
@click.argument("name", metavar="SOURCE")
@click.option("--plan", "plan_only", is_flag=True, help="Only say what would change.")
@click.option("--approve", is_flag=True, help="Let the deletions of the waiting run happen.")
@click.option("--full", is_flag=True, help="Read everything, not only what is new.")
@report_option
def harvest_(name: str, plan_only: bool, approve: bool, full: bool, form: str) -> None:
    """Harvest SOURCE now. A run that was interrupted goes on where it stopped.

    Exit code 1 when a record was rejected or the fetch was not complete.

    Example: mulu harvest water --plan
    """
    with directory() as parts, told():
        report = harvest(
            parts.database,
            name,
            OPERATOR,
            parts.clock,
            plan_only=plan_only,
            approve=approve,
            full=full,
            progress=_progress(),
        )
        say_behind(parts)
    _end(report, form)


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


def _progress() -> Progress:
    """Each page's sum: in place on a terminal, a line for each thousand elsewhere."""
    terminal, shown = sys.stderr.isatty(), 0

    def tell(fetched: int, counts: Mapping[str, int]) -> None:
        nonlocal shown
        if not terminal and fetched - shown < 1000:
            return
        shown = fetched
        sums = ", ".join(f"{name} {count:,}" for name, count in counts.items() if count)
        line = words(f"已取得 {fetched:,} 条：", f"{fetched:,} fetched: ") + sums
        click.echo(f"\r{line}" if terminal else line, err=True, nl=not terminal)

    return tell


def _end(report: Report, form: str) -> None:
    """Print the report and end with its exit code."""
    if form == "json":
        click.echo(as_json(report).decode())
    elif form == "csv":
        for line in as_csv(report, language()):
            click.echo(line, nl=False)
    else:
        click.echo(as_text(report, language()), nl=False)
    bad = report.count(Action.REJECTED) or report.state == RunState.FAILED
    if bad:
        raise SystemExit(REJECTED)


def _values(pairs: tuple[str, ...]) -> dict[str, object]:
    """NAME=VALUE pairs; a dotted name is a part of a group, a value may be JSON."""
    found: dict[str, object] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise click.UsageError(
                words(f"应为 名称=值：{pair}", f"NAME=VALUE is expected: {pair}")
            )
        group, _, part = name.partition(".")
        if part:
            held = found.setdefault(group, {})
            if not isinstance(held, dict):
                raise click.UsageError(
                    words(f"{group} 已另有取值", f"{group} has a value of its own already")
                )
            held[part] = _json_or_text(text)
        else:
            found[group] = _json_or_text(text)
    return found


def _defaults(pairs: tuple[str, ...], kind: str | None) -> dict[str, object]:
    """Values for what records leave out. One that no record can take is wrong use: better told
    now than at every record."""
    found = _values(pairs)
    for name, value in found.items():
        faults = [_fault(each, name, value) for each in ([kind] if kind else KINDS)]
        if all(faults):
            raise click.UsageError(faults[0])
    return found


def _fault(kind: str, name: str, value: object) -> str:
    for each in validate(kind, {name: value}, Level.MINIMAL).problems:
        if each.value is not None and (each.severity == "error" or each.rule == "unknown-element"):
            said = (each.message, each.suggestion)
            return " → ".join(text.in_language(language()) for text in said if text)
    return ""


def _json_or_text(text: str) -> object:
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return value
