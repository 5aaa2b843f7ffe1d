"""`mulu harvest`: a source into the directory, and what is told while it goes on."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import click

from catalog.viewers import OPERATOR
from harvesters.run import Progress, harvest
from web.commands.console import directory, say_behind, told, words
from web.commands.values import end, report_option


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
            progress=telling(),
        )
        say_behind(parts)
    end(report, form)


def telling() -> Progress:
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
