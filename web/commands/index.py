"""`mulu index`: the search index, and proof that it is right."""

from __future__ import annotations

from dataclasses import asdict

import click

from catalog import follower, indexing, refusals
from web.commands.console import (
    REJECTED,
    directory,
    index_told,
    json_option,
    print_json,
    progress,
    say,
    say_index,
    told,
    words,
)

SHOWN = 20


@click.group()
def index() -> None:
    """The search index, which follows the change log and can always be rebuilt."""


@index.command()
def rebuild() -> None:
    """Build a new index beside the live one, verify it, and swap it in.

    Example: mulu index rebuild
    """
    with directory() as parts, told():
        tell = progress(words("索引", "indexing"))
        count = indexing.rebuild(parts.database, parts.engine, tell).counts["agree"]
    say(f"已重建，共 {count:,} 张卡片。", f"Rebuilt: {count:,} cards.")


@index.command()
@json_option
def verify(as_json: bool) -> None:
    """Compare the index with the database, card by card. Exit code 1 when they differ.

    Example: mulu index verify
    """
    with directory() as parts, told():
        verdict = indexing.verify(parts.database, parts.engine)
    if as_json:
        print_json({**asdict(verdict), "ok": verdict.ok})
    elif verdict.ok:
        click.echo(words("索引与数据库一致", "The index agrees with the database"))
    else:
        for name in ("missing", "surplus", "stale"):
            keys = getattr(verdict, name)[:SHOWN]
            click.echo(f"{name}: {verdict.counts[name]} {', '.join(keys)}")
    raise SystemExit(0 if verdict.ok else REJECTED)


@index.command("status")
@json_option
def show_status(as_json: bool) -> None:
    """Say how far the index is behind the change log.

    Example: mulu index status
    """
    with directory() as parts:
        with parts.database.reading() as session:
            lag = follower.status(session)
            refused = refusals.some(session, SHOWN)
        condition = parts.engine.condition()
        name = parts.engine.name
    if as_json:
        counted = {"cursor": lag.cursor, "head": lag.head, **index_told(lag, condition)}
        print_json({"engine": name, **counted, "refused_cards": [asdict(each) for each in refused]})
        return
    say(
        f"{name}：落后 {lag.behind} 处变更（{lag.cursor} / {lag.head}）。",
        f"{name}: {lag.behind} changes behind ({lag.cursor} of {lag.head}).",
    )
    say_index(lag, condition)
    for each in refused:
        click.echo(f"{each.key}: {each.reason}")
