"""`mulu harvest`: a source into the directory, what is told meanwhile, and what people decide."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import click

from catalog.viewers import OPERATOR
from harvesters import deciding
from harvesters.again import REJECTED
from harvesters.plan import Action
from harvesters.progress import PHASES, Progress, Tell
from harvesters.report import OUTCOMES
from harvesters.run import harvest, report_of
from harvesters.standing import Phase
from web.commands.console import directory, language, say, say_behind, told, words
from web.commands.values import end, report_option
from web.parts import Parts

EVERY = 0.2
"""Seconds between two looks on a terminal."""
MEGABYTE = 1_000_000
LINE = 1000
"""Records between two lines elsewhere."""


@click.command("harvest")
@click.argument("name", metavar="SOURCE")
@click.option("--plan", "plan_only", is_flag=True, help="Only say what would change.")
@click.option("--full", is_flag=True, help="Read everything, not only what is new.")
@click.option("--approve", is_flag=True, help="Let the deletions of the waiting run happen.")
@click.option("--refuse", is_flag=True, help="Let nothing of what waits be deleted.")
@click.option("--cancel", is_flag=True, help="Stop the run under way.")
@click.option("--undo", type=int, metavar="RUN", help="Restore all that RUN has deleted.")
@click.option("--reason", default="", help="Why, for the audit log.")
@click.option("--only", multiple=True, metavar="KEY", help="Read this record again, no other.")
@click.option("--rejected", is_flag=True, help="Read the rejected records again, no others.")
@report_option
def harvest_(
    name: str,
    plan_only: bool,
    full: bool,
    approve: bool,
    refuse: bool,
    cancel: bool,
    undo: int | None,
    reason: str,
    only: tuple[str, ...],
    rejected: bool,
    form: str,
) -> None:
    """Harvest SOURCE now. A run that was interrupted goes on where it stopped.

    Exit code 1 when a record was rejected or the fetch was not complete.

    Example: mulu harvest water --plan
    """
    chosen = (plan_only, approve, refuse, cancel, undo is not None, bool(only), rejected)
    if sum(chosen) > 1:
        raise click.UsageError(words("这些选项只能用一个", "Only one of these at a time"))
    with directory() as parts, told():
        if cancel:
            _cancel(parts, name)
            return
        if undo is not None:
            _undo(parts, name, undo, reason)
            return
        if refuse:
            run = deciding.refuse(parts.database, name, OPERATOR, parts.clock, reason)
            report = report_of(parts.database, run.id)
        else:
            report = harvest(
                parts.database,
                name,
                OPERATOR,
                parts.clock,
                plan_only=plan_only,
                approve=approve,
                full=full,
                only=REJECTED if rejected else only,
                insist=True,
                reason=reason,
                progress=telling(),
            )
        say_behind(parts)
    end(report, form)


def _cancel(parts: Parts, name: str) -> None:
    run = deciding.cancel(parts.database, name, OPERATOR, parts.clock)
    say(f"第 {run.id} 次采集即将停止。", f"Run {run.id} is about to stop.")


def _undo(parts: Parts, name: str, run: int, reason: str) -> None:
    count = deciding.undo(parts.database, name, run, OPERATOR, parts.clock, reason)
    say(
        f"第 {run} 次采集删除的 {count:,} 条已恢复。",
        f"{count:,} entries that run {run} deleted are restored.",
    )
    say_behind(parts)


def telling() -> Tell:
    """Where the run stands: in place on a terminal, a line for each thousand records elsewhere."""
    return _in_place() if sys.stderr.isatty() else _by_lines()


def _in_place() -> Callable[[Progress], None]:
    last = 0.0

    def tell(at: Progress) -> None:
        nonlocal last
        ended = at.phase is Phase.ENDING
        if ended or time.monotonic() - last >= EVERY:
            last = time.monotonic()
            click.echo(f"\r\033[K{line(at)}", err=True, nl=ended)

    return tell


def _by_lines() -> Callable[[Progress], None]:
    shown = 0

    def tell(at: Progress) -> None:
        nonlocal shown
        if at.fetched - shown >= LINE:
            shown = at.fetched
            click.echo(line(at), err=True)

    return tell


def line(at: Progress) -> str:
    """One line: phase, records, rate, bytes, outcomes, the time that is left and the place."""
    of = f" / {at.total:,}" if at.total else ""
    parts = [
        f"{PHASES[at.phase].in_language(language())} {at.fetched:,}{of}",
        f"{at.rate:,.0f} {words('条/秒', 'records/s')}",
        f"{at.bytes / 1e6:,.1f} MB" if at.bytes >= MEGABYTE else f"{at.bytes / 1e3:,.0f} kB",
        *(
            f"{OUTCOMES[Action(name)].in_language(language())} {count:,}"
            for name, count in at.counts.items()
            if count
        ),
    ]
    if at.left is not None:
        left = f"{at.left // 60:.0f}:{at.left % 60:02.0f}"
        parts.append(words(f"还需 {left}", f"{left} left"))
    if at.place:
        parts.append(at.place)
    return " · ".join(parts)
