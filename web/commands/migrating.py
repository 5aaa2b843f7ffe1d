"""`mulu migrate`: to another database and another search engine, while serving."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from catalog.database import Database
from catalog.moving import capture
from catalog.moving.arriving import NotEmpty
from catalog.moving.running import Differs, Move
from search.opening import open_engine
from web.commands.console import REJECTED, print_json, progress, refuse, say, settings, told


@click.command()
@click.option("--to-database", required=True, metavar="URL", help="Where the record goes.")
@click.option("--to-search", required=True, metavar="URL", help="Where the index is made.")
@click.option("--dry-run", is_flag=True, help="Only say what there is to move.")
@click.option("--digests", is_flag=True, help="Compare both, as they are now, by digests.")
@click.option("--abandon", is_flag=True, help="Give the move up: the old database takes writers.")
def migrate(to_database: str, to_search: str, dry_run: bool, digests: bool, abandon: bool) -> None:
    """Move the directory to another database and index while it serves; writers wait a moment at
    the end. Killed, it goes on where it was when called again. The old database stays as it is and
    takes no writers any more.

    Example: mulu migrate --to-database postgresql://mulu@db/mulu --to-search http://search:9200
    """
    with _move(to_database, to_search) as move, told():
        if dry_run:
            print_json(move.plan())
        elif digests:
            _compare(move)
        elif abandon:
            capture.end(move.old)
            say("已放弃迁移。", "The move is given up: the old database takes writers.")
        else:
            _run(move, to_database, to_search)


@contextmanager
def _move(to_database: str, to_search: str) -> Iterator[Move]:
    chosen = settings()
    old, new = Database(chosen.database_url), Database(to_database, constrained=False)
    if old.url == new.url:
        raise click.UsageError("--to-database is the database that there is")
    engine = open_engine(to_search, chosen.data_dir)
    try:
        old.migrate()
        yield Move(old, new, engine, _teller())
    finally:
        engine.close()
        old.dispose()
        new.dispose()


def _run(move: Move, to_database: str, to_search: str) -> None:
    _, gone = capture.sealed(move.old)
    if gone:
        refuse(f"this directory has moved already: {gone}")
    try:
        done = move.run(move.new.url.render_as_string(hide_password=True))
    except (Differs, NotEmpty) as wrong:
        refuse(str(wrong))
    print_json(
        {
            "rows": done.tables,
            "audit": {"events": done.events, "head": done.head},
            "cards": done.cards,
            "seconds": round(done.seconds, 1),
            "stopped_seconds": round(done.stopped, 1),
        }
    )
    say(
        "已迁移并核对。请以下列设置启动，旧库已停止写入：",
        "Moved and proven. Start with these settings; the old database takes no writers:",
    )
    click.echo(f"MULU_DATABASE_URL={to_database}")
    click.echo(f"MULU_SEARCH_URL={to_search}")


def _compare(move: Move) -> None:
    found = move.digests()
    print_json({name: {"old": old, "new": new} for name, (old, new) in found.items()})
    if any(old != new for old, new in found.values()):
        raise SystemExit(REJECTED)


def _teller() -> Callable[[str, int, int], None]:
    """A line of progress for each thing that is under way."""
    known: dict[str, Callable[[int, int], None]] = {}

    def tell(what: str, done: int, total: int) -> None:
        known.setdefault(what, progress(what))(done, total)

    return tell
