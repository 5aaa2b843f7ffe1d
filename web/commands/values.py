"""What the commands that read from outside share: options, NAME=VALUE pairs, and their end."""

from __future__ import annotations

import click
import orjson

from catalog.runs import RunState
from harvesters.plan import Action
from harvesters.preview import PLANNED
from harvesters.report import Report, as_csv, as_json, as_text
from standards.profile import KINDS, Level
from standards.validation import validate
from web.commands.console import REJECTED, language, words

LEVELS = [each.value for each in Level]

kind_option = click.option(
    "--kind", type=click.Choice(KINDS), help="Where the records do not tell."
)
level_option = click.option("--level", type=click.Choice(LEVELS), default="minimal",
                            show_default=True, help="How much a record must have.")  # fmt: skip
report_option = click.option("--report", "form", type=click.Choice(["text", "json", "csv"]),
                             default="text", show_default=True)  # fmt: skip
defaults_option = click.option("--default", "defaults", multiple=True, metavar="ELEMENT=VALUE",
                               help="A value for what records leave out, text or JSON")  # fmt: skip


def end(report: Report, form: str) -> None:
    """Print the report and end with its exit code."""
    if form == "json":
        click.echo(as_json(report).decode())
    elif form == "csv":
        for line in as_csv(report, language()):
            click.echo(line, nl=False)
    else:
        click.echo(as_text(report, language()), nl=False)
    unread = report.state == PLANNED and not report.complete
    if unread or report.state == RunState.FAILED or report.count(Action.REJECTED):
        raise SystemExit(REJECTED)


def values(pairs: tuple[str, ...]) -> dict[str, object]:
    """NAME=VALUE pairs; a dotted name is a part of a group, a value may be JSON."""
    found: dict[str, object] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise click.UsageError(
                words(f"应为 名称=值：{pair}", f"NAME=VALUE is expected: {pair}")
            )
        group, _, part = name.partition(".")
        if part:
            held = found.setdefault(group, {})
            if not isinstance(held, dict):
                raise click.UsageError(
                    words(f"{group} 已另有取值", f"{group} has a value of its own already")
                )
            held[part] = _json_or_text(text)
        else:
            found[group] = _json_or_text(text)
    return found


def default_values(pairs: tuple[str, ...], kind: str | None) -> dict[str, object]:
    """Values for what records leave out. One that no record can take is wrong use: better told
    now than at every record."""
    found = values(pairs)
    for name, value in found.items():
        faults = [_fault(each, name, value) for each in ([kind] if kind else KINDS)]
        if all(faults):
            raise click.UsageError(faults[0])
    return found


def _fault(kind: str, name: str, value: object) -> str:
    for each in validate(kind, {name: value}, Level.MINIMAL).problems:
        if each.value is not None and (each.severity == "error" or each.rule == "unknown-element"):
            said = (each.message, each.suggestion)
            return " → ".join(text.in_language(language()) for text in said if text)
    return ""


def _json_or_text(text: str) -> object:
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return value
