"""`mulu duplicates`, `mulu alias`, `mulu curations`: what looks alike, other names, corrections."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from catalog import sources
from catalog.curation import reading as curated
from catalog.identity import aliases, reading
from catalog.identity.asking import KINDS
from catalog.identity.reading import LikePair
from catalog.viewers import OPERATOR
from standards.summary import summarize
from web import curations as exporting
from web import findings
from web.commands.console import directory, json_option, language, print_json, say, told
from web.parts import Parts

PIECE = 500


@click.command()
@click.option("--kind", type=click.Choice(KINDS), help="Only those with this as best evidence.")
@json_option
def duplicates(kind: str | None, as_json: bool) -> None:
    """List pairs of entries that look as if they were about one resource, with the evidence.

    Example: mulu duplicates --kind number
    """
    with directory() as parts, told():
        found = _all(parts, kind or "")
        if as_json:
            print_json([_plain(each) for each in found])
            return
        for each in found:
            _show(each)


@click.command()
@click.argument("source")
@click.option("--csv", "file", type=click.Path(dir_okay=False), help="Write them to FILE as CSV.")
@json_option
def curations(source: str, file: str | None, as_json: bool) -> None:
    """List what people corrected in the entries of SOURCE, for its owner to take over.

    Example: mulu curations water --csv corrections.csv
    """
    with directory() as parts, told(), parts.database.reading() as session:
        sources.get(session, source)
        found = list(curated.exported(session, OPERATOR, source))
    rows = [tuple(map(str, row)) for row in exporting.table(found, language())]
    if file:
        Path(file).write_text(findings.written(exporting.HEADINGS, rows), encoding="utf-8")
    elif as_json:
        print_json([exporting.as_dict(each) for each in found])
    else:
        for row in rows:
            click.echo("  ".join(filter(None, row)))
    say(f"{len(rows):,} 处修订。", f"{len(rows):,} corrections.")


@click.command()
@click.argument("entry")
@click.argument("name")
@click.option("--scheme", default="", help="Whose name it is, such as a former system's.")
@click.option("--remove", is_flag=True, help="Let the name lead nowhere.")
def alias(entry: str, name: str, scheme: str, remove: bool) -> None:
    """Let NAME, a former identifier or another system's, lead to ENTRY.

    Example: mulu alias 31007-000231 OLD-4711
    """
    with directory() as parts, told(), parts.database.writing() as session:
        now = parts.clock.now()
        if remove:
            aliases.remove(session, OPERATOR, entry, name, now)
        else:
            aliases.add(session, OPERATOR, entry, name, scheme, now)
    say(f"{name} → {entry}", f"{name} → {entry}")


def _all(parts: Parts, kind: str) -> Iterator[LikePair]:
    cursor = ""
    while True:
        with parts.database.reading() as session:
            page = reading.listed(session, OPERATOR, kind, size=PIECE, cursor=cursor)
        yield from page.pairs
        if page.next is None:
            return
        cursor = page.next


def _plain(pair: LikePair) -> dict[str, object]:
    return {
        "entries": [pair.one.identifier, pair.other.identifier],
        "evidence": [{"kind": each.kind, "says": each.told._asdict()} for each in pair.evidence],
        "found": pair.found.isoformat(),
    }


def _show(pair: LikePair) -> None:
    told_in = "; ".join(each.told.in_language(language()) for each in pair.evidence)
    click.echo(f"{pair.one.identifier} ~ {pair.other.identifier}: {told_in}")
    click.echo(f"    {summarize(pair.one.shown.descriptor).title}")
