"""`mulu report`: a source's report as it stands, and the address at which its owner can read it."""

from __future__ import annotations

import click

from catalog import report_shares, sources
from catalog.errors import NotFound
from catalog.viewers import OPERATOR
from harvesters.reporting import current
from web.commands.console import directory, say, settings, told
from web.commands.values import end, report_option
from web.parts import Parts


@click.command("report")
@click.argument("name", metavar="SOURCE")
@click.option("--share", is_flag=True, help="Make an address for the owner of the source.")
@click.option("--days", type=click.IntRange(1, report_shares.LONGEST_DAYS),
              default=report_shares.DAYS, show_default=True,
              help="How long the address lasts.")  # fmt: skip
@click.option("--revoke", is_flag=True, help="Take all addresses of the source back.")
@report_option
def report(name: str, share: bool, days: int, revoke: bool, form: str) -> None:
    """Tell how SOURCE stands: every record that has a problem, where, and since when.

    Exit code 1 when a record is rejected.

    Example: mulu report water --report csv
    """
    with directory() as parts, told():
        if share:
            _share(parts, name, days)
            return
        if revoke:
            _revoke(parts, name)
            return
        with parts.database.reading() as session:
            sources.get(session, name)
        found = current(parts.database, name)
        if found is None:
            raise NotFound(f"a run of {name}")
        end(found, form)


def _share(parts: Parts, name: str, days: int) -> None:
    with parts.database.writing() as session:
        secret, made = report_shares.make(session, OPERATOR, name, parts.clock.now(), days)
    click.echo(f"{settings().base_url.rstrip('/')}/reports/{secret}")
    until = f"{made.expires:%Y-%m-%d}"
    say(f"有效至 {until}，只显示这一次。", f"Good until {until}; it is shown only this once.")


def _revoke(parts: Parts, name: str) -> None:
    now = parts.clock.now()
    with parts.database.writing() as session:
        found = report_shares.of_source(session, name, now)
        for each in found:
            report_shares.revoke(session, OPERATOR, name, each.id, now)
    say(f"已收回 {len(found)} 个网址。", f"Addresses taken back: {len(found)}.")
