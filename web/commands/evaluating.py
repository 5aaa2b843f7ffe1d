"""`mulu evaluate`: how good the search is, by a list of queries whose right answers are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from catalog.judging import seen
from catalog.viewers import PUBLIC
from catalog.visibility import clause
from search.engine import Engine
from search.judging import SAMPLE, BadList, Judgement, Report, accepted, evaluate, read
from search.judging.table import table, worst_lines
from search.opening import open_engine
from web.commands.console import REJECTED, directory, json_option, language, print_json, say, told
from web.parts import Parts


@click.command("evaluate")
@click.option(
    "--list",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=SAMPLE,
    help="The judgements, a TSV file; without it those over the invented sample.",
)
@click.option("--class", "kind", help="Only the queries of this class.")
@click.option("--engine", "address", help="Another engine than the one in use, e.g. http://….")
@click.option("--worst", type=click.IntRange(0), default=0, help="Show the N queries worst off.")
@click.option("--accept", is_flag=True, help="Keep these values as those to compare with.")
@json_option
def evaluate_(
    path: Path, kind: str | None, address: str | None, worst: int, accept: bool, as_json: bool
) -> None:
    """Ask every query of a list and print how good the answers are, by class of query.

    success@1 is for queries that mean one entry; the difference to the last accepted value stands
    behind each. Exit code 1 when a class is below its floor.

    Example: mulu evaluate --worst 10
    """
    judgements = _judgements(path, kind)
    with directory() as parts, told(), _engine(parts, address) as engine:
        report = evaluate(engine, clause(PUBLIC), judgements, seen(parts.database))
    if not report.outcomes:
        raise click.UsageError(f"the directory holds nothing that {path.name} judges")
    before = accepted.read(path)
    fallen = accepted.falls(report.lines(), before)
    if as_json:
        print_json(_as_json(report, before, fallen, worst))
    else:
        _show(report, before, fallen, worst)
    if accept:
        with told():
            accepted.write(path, report.lines())
        say(f"已记入 {accepted.path_of(path)}", f"Accepted: {accepted.path_of(path)}")
    raise SystemExit(REJECTED if fallen and not accept else 0)


def _judgements(path: Path, kind: str | None) -> list[Judgement]:
    try:
        listed = read(path)
    except BadList as bad:
        raise click.UsageError(str(bad)) from None
    chosen = [each for each in listed if kind in (None, each.kind)]
    if not chosen:
        kinds = ", ".join(dict.fromkeys(each.kind for each in listed))
        raise click.UsageError(f"no query is of that class: {kinds}")
    return chosen


@contextmanager
def _engine(parts: Parts, address: str | None) -> Iterator[Engine]:
    if address is None:
        yield parts.engine
        return
    try:
        other = open_engine(address, parts.settings.data_dir)
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from None
    try:
        yield other
    finally:
        other.close()


def _show(
    report: Report, before: accepted.Values, fallen: Sequence[accepted.Fall], worst: int
) -> None:
    for line in table(report.lines(), before, language()):
        click.echo(line)
    for line in worst_lines(report.worst(worst)):
        click.echo(line)
    if report.absent:
        count = len(report.absent)
        say(
            f"{count} 条查询没有对应条目，未计入。", f"{count} queries mean nothing here: left out."
        )
    for each in fallen:
        told_ = f"{each.name} {each.measure} {each.value:.3f} < {each.floor:.3f}"
        say(f"低于底线：{told_}", f"Below its floor: {told_}")


def _as_json(
    report: Report, before: accepted.Values, fallen: Sequence[accepted.Fall], worst: int
) -> dict[str, Any]:
    return {
        "classes": [{**asdict(each), "accepted": before.get(each.name)} for each in report.lines()],
        "absent": [each.query for each in report.absent],
        "below": [asdict(each) for each in fallen],
        "worst": [
            {
                "class": each.judgement.kind,
                "query": each.judgement.query,
                "ndcg": each.ndcg,
                "found": each.titles,
                "grades": each.grades,
            }
            for each in report.worst(worst)
        ],
    }
