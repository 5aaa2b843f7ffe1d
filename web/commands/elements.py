"""`mulu element`: the registry of data elements, who answers for each, and duplicate collection."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import click
import yaml

from catalog.elements import claims, duplication, keeping, linking, registry
from catalog.viewers import OPERATOR
from standards.data_elements import DataElement
from web import duplication as table
from web import elements as told_as
from web import findings
from web.commands.console import directory, json_option, language, print_json, say, told

LARGEST = 20_000_000
FORMATS = click.Choice(["yaml", "csv"])
ACTS = {
    "confirm": linking.CONFIRMED,
    "refuse": linking.REFUSED,
    "by-rule": linking.PROPOSED,
}


@click.group()
def element() -> None:
    """The data elements (数据元) of the directory, and who answers for each."""


@element.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List every data element.

    Example: mulu element list
    """
    with directory() as parts, told(), parts.database.reading() as session:
        found = list(registry.registry(session).elements.values())
    if as_json:
        print_json([told_as.element(each) for each in found])
        return
    for each in found:
        click.echo(f"{each.code}  {each.name.in_language(language())}  {'、'.join(each.synonyms)}")


@element.command("export")
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--format", "form", type=FORMATS, default="yaml", show_default=True)
def export(file: str, form: str) -> None:
    """Write the registry to FILE.

    Example: mulu element export elements.yaml
    """
    with directory() as parts, told(), parts.database.reading() as session:
        found = list(registry.registry(session).elements.values())
    Path(file).write_text(_written(found, form), encoding="utf-8")
    say(f"{len(found):,} 个数据元。", f"{len(found):,} data elements.")


@element.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--note", default="", help="Why, for the history.")
def import_(file: str, note: str) -> None:
    """Add and change data elements by FILE (.csv or .yaml), all or none of them.

    Example: mulu element import elements.csv --note "labour bureau"
    """
    with directory() as parts, told():
        wanted = [registry.of_row(row) for row in _rows(Path(file))]
        with parts.database.writing() as session:
            before = registry.registry(session).elements
            made = registry.put_all(session, OPERATOR, wanted, note, parts.clock.now())
    changed = sum(before.get(each.code) != each for each in made)
    say(f"{changed:,} 个数据元有变化。", f"{changed:,} data elements changed.")


@element.command("retire")
@click.argument("code")
@click.option("--note", default="", help="Why, for the history.")
def retire(code: str, note: str) -> None:
    """Take the data element CODE out of use; what was said of it stays.

    Example: mulu element retire BM001
    """
    with directory() as parts, told(), parts.database.writing() as session:
        registry.retire(session, OPERATOR, code, note, parts.clock.now())
    say(f"{code} 已停用。", f"{code} is retired.")


@element.command("links")
@click.argument("code")
@json_option
def links(code: str, as_json: bool) -> None:
    """List the items that carry the data element CODE, by agency.

    Example: mulu element links FR001
    """
    with directory() as parts, told(), parts.database.reading() as session:
        found = linking.of_element(session, OPERATOR, code)
    if as_json:
        print_json([_link(each) for each in found])
        return
    for each in found:
        click.echo(f"{each.agency.code}  {each.name}  {each.entries:,}  {each.state}")


@element.command("link")
@click.argument("code")
@click.argument("agency")
@click.argument("item")
@click.argument("act", type=click.Choice(list(ACTS)))
@click.option("--reason", default="")
def link(code: str, agency: str, item: str, act: str, reason: str) -> None:
    """Say whether AGENCY's items called ITEM carry the data element CODE.

    Example: mulu element link FR002 3100H 排水户名称 confirm
    """
    with directory() as parts, told(), parts.database.writing() as session:
        now, key = parts.clock.now(), linking.key_of(item)
        made = linking.decide(session, OPERATOR, code, agency, key, ACTS[act], reason, now)
    click.echo(f"{made.agency.code}  {made.name}  {made.state}")


@element.command("claims")
@click.option("--state", type=click.Choice(claims.STATES))
@json_option
def claims_(state: str | None, as_json: bool) -> None:
    """List claims to be the authoritative source of a data element, the latest first.

    Example: mulu element claims --state open
    """
    with directory() as parts, told(), parts.database.reading() as session:
        found = [told_as.claim(each) for each in claims.listed(session, OPERATOR, state or "")]
    if as_json:
        print_json(found)
        return
    for each in found:
        beside = f"  ~ {', '.join(map(str, each['competing']))}" if each["competing"] else ""
        said = "  ".join(str(each[name]) for name in ("number", "element", "division", "agency"))
        click.echo(f"{said}  {each['entry']}  {each['state']}{beside}")


@element.command("claim")
@click.argument("code")
@click.argument("entry")
@click.option("--division", default="", help="Within which; without it, everywhere.")
@click.option("--reason", required=True)
def claim(code: str, entry: str, division: str, reason: str) -> None:
    """Claim that ENTRY is the authoritative source of the data element CODE.

    Example: mulu element claim FR001 31007-000231 --reason "registers all of them"
    """
    with directory() as parts, told(), parts.database.writing() as session:
        now = parts.clock.now()
        number = claims.make(session, OPERATOR, code, entry, division, reason, now)
    click.echo(str(number))


@element.command("decide")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@click.argument("act", type=click.Choice(["accept", "refuse", "end"]))
@click.option("--reason", required=True)
@click.option("--replacing", multiple=True, type=int, help="An accepted claim that ends with it.")
def decide(number: int, act: str, reason: str, replacing: tuple[int, ...]) -> None:
    """Decide on the claim NUMBER, or let an accepted one end.

    Example: mulu element decide 7 accept --reason "by its statutory duty"
    """
    with directory() as parts, told(), parts.database.writing() as session:
        now = parts.clock.now()
        if act == "end":
            claims.end(session, OPERATOR, number, reason, now)
        else:
            claims.decide(session, OPERATOR, number, act == "accept", reason, now, replacing)
        click.echo(claims.find(session, OPERATOR, number).claim.state)


@element.command("duplicates")
@click.option("--csv", "file", type=click.Path(dir_okay=False), help="Write it to FILE as CSV.")
@json_option
def duplicates(file: str | None, as_json: bool) -> None:
    """Report the data elements that several agencies collect (重复采集).

    Example: mulu element duplicates --csv duplicates.csv
    """
    with directory() as parts, told(), parts.database.reading() as session:
        found = duplication.report(session, OPERATOR)
    if file:
        rows = list(table.table(found, language()))
        Path(file).write_text(findings.written(table.HEADINGS, rows), encoding="utf-8")
    elif as_json:
        print_json([table.as_dict(each) for each in found])
    else:
        for each in found:
            name = each.element.name.in_language(language())
            click.echo(f"{each.element.code}  {name}  {len(each.collectors)}  {each.entries:,}")
    count = f"{len(found):,}"
    say(f"{count} 个数据元由多个部门采集。", f"{count} data elements are collected by several.")


@element.command("rebuild")
def rebuild() -> None:
    """Read the items and relations of all entries anew; it goes on where it was stopped.

    Example: mulu element rebuild
    """
    with directory() as parts, told():
        with parts.database.writing() as session:
            keeping.begin_anew(session)
        done = keeping.FOLLOWER.catch_up(parts.database, parts.clock)
    say(f"读了 {done:,} 处变更。", f"{done:,} changes were read.")


def _link(each: linking.Link) -> dict[str, Any]:
    return {
        "agency": each.agency.code,
        "item": each.name,
        "entries": each.entries,
        "state": each.state,
        "reason": each.reason,
        "by": each.by,
    }


def _written(found: list[DataElement], form: str) -> str:
    rows = [registry.as_row(each) for each in found]
    if form == "yaml":
        return yaml.safe_dump({"elements": rows}, allow_unicode=True, sort_keys=False)
    cells = [{**row, "synonyms": "、".join(row["synonyms"])} for row in rows]
    lines = [[row[name] for name in registry.FIELDS] for row in cells]
    return findings.written(registry.FIELDS, lines)


def _rows(file: Path) -> list[dict[str, Any]]:
    if file.stat().st_size > LARGEST:
        raise click.UsageError(f"{file} has more than {LARGEST:,} bytes")
    try:
        text = file.read_text(encoding="utf-8-sig")
        if file.suffix.lower() == ".csv":
            read = csv.DictReader(io.StringIO(text))
            return [{**row, "synonyms": (row.get("synonyms") or "").split("、")} for row in read]
        held = yaml.safe_load(text)
    except (UnicodeDecodeError, yaml.YAMLError, csv.Error) as bad:
        raise click.UsageError(f"{file}: {bad}") from None
    rows = held.get("elements") if isinstance(held, dict) else held
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise click.UsageError(f"{file}: a list of elements is expected")
    subject = held.get("subject") if isinstance(held, dict) else None
    return [{"subject": subject, **row} for row in rows]
