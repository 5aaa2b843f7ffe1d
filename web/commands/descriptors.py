"""`mulu validate` and `mulu export`: descriptors into and out of files."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from catalog import entries
from catalog.viewers import PUBLIC
from harvesters.checking import checked
from standards.formats import FORMATS
from standards.profile import KINDS, Level
from standards.tiers import tier_of
from web.commands.console import (
    REJECTED,
    directory,
    json_option,
    print_json,
    say,
    settings,
    show_problems,
    told,
)
from web.negotiation import record

PAGE = 200
NAMES = {each.name: each for each in FORMATS}


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), help="Where the file does not tell.")
@click.option("--level", type=click.Choice([each.value for each in Level]), default="core",
              show_default=True)  # fmt: skip
@json_option
def validate(file: Path, kind: str | None, level: str, as_json: bool) -> None:
    """Check the records of FILE (XML, CSV, XLSX, JSON) without registering anything.

    Exit code 1 when a record has an error.

    Example: mulu validate 目录.xlsx --level full
    """
    records = bad = 0
    lines = []
    for each in checked(file, kind, Level(level)):
        records += 1
        errors = any(problem.is_error for problem in each.problems)
        bad += errors
        if as_json:
            problems = [
                {
                    **problem.as_dict(),
                    "tier": tier_of(problem).name,
                    "place": each.places.get(problem.path, each.place),
                }
                for problem in each.problems
            ]
            lines.append({"place": each.place, "key": each.key, "problems": problems})
        else:
            for problem in each.problems:
                show_problems([problem], each.places.get(problem.path, each.place))
    if as_json:
        print_json({"records": records, "rejected": bad, "lines": lines})
    say(f"共 {records} 条，{bad} 条有错误。", f"{records} records, {bad} with errors.")
    raise SystemExit(REJECTED if bad else 0)


@click.command()
@click.option(
    "--format", "name", type=click.Choice(sorted(NAMES)), default="json", show_default=True
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="A folder; one file an entry.")  # fmt: skip
def export(name: str, out: Path) -> None:
    """Write every public entry into a folder, one file each.

    Example: mulu export --format national-xml --out export/
    """
    chosen = NAMES[name]
    base, count, after = settings().base_url, 0, ""
    with directory() as parts, told():
        out.mkdir(parents=True, exist_ok=True)
        while True:
            with parts.database.reading() as session:
                views = entries.page(session, PUBLIC, after, PAGE)
            if not views:
                break
            for view in views:
                path = out / f"{view.identifier}.{chosen.suffix.lstrip('.')}"
                path.write_bytes(chosen.write(record(view, base)))
            count, after = count + len(views), views[-1].identifier
            if sys.stderr.isatty():
                click.echo(f"\r{count:,}", err=True, nl=False)
    say(f"已导出 {count:,} 条。", f"{count:,} entries written.")
