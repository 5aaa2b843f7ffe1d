"""`mulu review`: what reviewers and auditors do from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from catalog.consistency import following, keeping
from catalog.consistency.finding import Finding
from catalog.consistency.rules import NAMES
from catalog.viewers import OPERATOR
from standards.consistency import wording
from web import findings
from web.commands.console import (
    REJECTED,
    directory,
    json_option,
    language,
    print_json,
    progress,
    say,
    told,
    words,
)

ALL = 1_000_000


@click.group()
def review() -> None:
    """Reviewing: what waits, deciding on it, and contradictions between decisions."""


@review.command("consistency")
@click.option("--rule", "rules", multiple=True, type=click.Choice(NAMES), help="Only this rule.")
@json_option
@click.option("--csv", "file", type=click.Path(dir_okay=False), help="Write them to FILE as CSV.")
def consistency(rules: tuple[str, ...], as_json: bool, file: str | None) -> None:
    """Look for decisions that contradict each other, the law or themselves, and keep what is found.

    Exit code 1 when there is any; what is gone since the last time is settled.

    Example: mulu review consistency --rule review-due --csv due.csv
    """
    wanted = rules or NAMES
    shown: list[dict[str, object]] = []

    def tell(finding: Finding) -> None:
        if as_json:
            shown.append(_plain(finding))
        elif not file:
            _show(finding)

    with directory() as parts, told():
        tick = progress(words("核查条目", "entries"))
        made = keeping.conduct(parts.database, parts.clock, OPERATOR.name, wanted, tick, tell)
        if file:
            with parts.database.reading() as session:
                kept = [
                    each
                    for rule in wanted
                    for each in following.listed(session, OPERATOR, rule, size=ALL).findings
                ]
            rows = findings.table(kept, language())
            text = findings.written(findings.HEADINGS, rows)
            Path(file).write_text(text, encoding="utf-8", newline="")
    if as_json:
        print_json({"findings": shown, "counts": made.counts})
    total = sum(made.counts.values())
    say(f"发现 {total:,} 处矛盾。", f"{total:,} findings.")
    raise SystemExit(REJECTED if total else 0)


def _plain(finding: Finding) -> dict[str, object]:
    return {
        "finding": finding.key,
        "rule": finding.rule,
        "says": finding.told._asdict(),
        "entries": finding.entries,
        "beside": finding.beside,
    }


def _show(finding: Finding) -> None:
    label = wording(finding.rule).label.in_language(language())
    entries = ", ".join(finding.entries[:5]) + (" …" if len(finding.entries) > 5 else "")
    click.echo(f"{label}: {entries}")
    click.echo(f"    {finding.told.in_language(language())}")
