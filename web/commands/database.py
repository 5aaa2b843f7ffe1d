"""`mulu init`, `backup`, `restore`: the database as a whole."""

from __future__ import annotations

from pathlib import Path

import click

from catalog import backup as backups
from catalog.database import Database
from web.commands.console import directory, json_option, print_json, refuse, say, settings, told


@click.command()
@json_option
def init(as_json: bool) -> None:
    """Create the database, or bring its tables to the newest form.

    Example: mulu init
    """
    with directory() as parts:
        if as_json:
            print_json({"database": parts.database.url.render_as_string(hide_password=True)})
        else:
            say("数据库已就绪。", "The database is ready.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def backup(file: Path) -> None:
    """Copy the database to FILE while it is in use. The index needs no copy: it can be rebuilt.

    Example: mulu backup mulu-2026-11-23.db
    """
    with told():
        database = Database(settings().database_url)
        try:
            backups.backup(database, file)
        except ValueError as wrong:
            refuse(str(wrong))
        finally:
            database.dispose()
    say(f"已备份到 {file}。", f"The database is copied to {file}.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.confirmation_option(prompt="This replaces the present database. Go on?")
def restore(file: Path) -> None:
    """Put the copy in FILE in the place of the database. Stop `mulu serve` first.

    Example: mulu restore mulu-2026-11-23.db --yes && mulu index rebuild
    """
    with told():
        database = Database(settings().database_url)
        try:
            backups.restore(database, file)
        except ValueError as wrong:
            refuse(str(wrong))
        finally:
            database.dispose()
    say("已恢复；请运行 mulu index rebuild。", "Restored. Now run: mulu index rebuild")
