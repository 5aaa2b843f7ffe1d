"""`mulu source`: what is harvested, from where and how strictly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from catalog import sources
from catalog.errors import Invalid
from catalog.sources import AUTOMATIC, DELETION_LIMIT, REVIEW, SourceSettings, SourceView
from catalog.viewers import OPERATOR
from harvesters import removing
from harvesters.options import Option, common, faults
from harvesters.sources import known
from standards.clocks import CHINA
from standards.profile import Level
from web.commands.console import (
    directory,
    json_option,
    language,
    print_json,
    say,
    told,
    words,
)
from web.commands.values import (
    LEVELS,
    default_values,
    defaults_option,
    end,
    kind_option,
    level_option,
    values,
)

limit_option = click.option("--deletion-limit", type=click.FloatRange(0, 1),
                            help="Share of its entries that one run may delete by itself."
                            f"  [default: {DELETION_LIMIT}]")  # fmt: skip
options_option = click.option("--option", "options", multiple=True, metavar="NAME=VALUE",
                              help="An option, e.g. allow_private=true; "
                              "`mulu source options` lists them.")  # fmt: skip
reason_option = click.option("--reason", default="", help="Why, for the audit log.")


@click.group()
def source() -> None:
    """Sources: what is harvested, from where and how strictly."""


@source.command("add")
@click.argument("name")
@click.option("--protocol", type=click.Choice(sorted(known())), required=True)
@click.option("--location", required=True, help="An address, a file or a folder.")
@click.option("--agency", required=True, help="Code of the agency that answers for it.")
@click.option("--accept", is_flag=True, help="Publish its records without review.")
@limit_option
@options_option
@kind_option
@level_option
@defaults_option
def add_source(
    name: str,
    protocol: str,
    location: str,
    agency: str,
    accept: bool,
    deletion_limit: float | None,
    options: tuple[str, ...],
    kind: str | None,
    level: str,
    defaults: tuple[str, ...],
) -> None:
    """Add the source NAME.

    Example: mulu source add water --protocol oai-pmh --location https://…/oai --agency 3100H
    """
    chosen = SourceSettings(
        protocol=protocol,
        location=_located(location),
        level=Level(level),
        acceptance=AUTOMATIC if accept else REVIEW,
        kind=kind or "",
        defaults=default_values(defaults, kind),
        deletion_limit=DELETION_LIMIT if deletion_limit is None else deletion_limit,
        options=values(options),
    )
    with directory() as parts, told():
        _check(chosen)
        with parts.database.writing() as session:
            sources.add(session, OPERATOR, name, agency, chosen, parts.clock.now())
    say(f"已添加采集源 {name}。", f"Added the source {name}.")


@source.command("change")
@click.argument("name")
@click.option("--location", help="An address, a file or a folder.")
@click.option("--accept/--review", default=None, help="Without review, or with it.")
@click.option("--pause/--resume", default=None, help="Whether its schedule rests.")
@click.option("--level", type=click.Choice(LEVELS), help="How much a record must have.")
@limit_option
@options_option
@kind_option
@defaults_option
def change_source(
    name: str,
    location: str | None,
    accept: bool | None,
    pause: bool | None,
    level: str | None,
    deletion_limit: float | None,
    options: tuple[str, ...],
    kind: str | None,
    defaults: tuple[str, ...],
) -> None:
    """Change the source NAME. What is not given stays; `--option NAME=` takes one back.

    Example: mulu source change water --option "schedule=0 3 * * *" --option rate=2
    """
    acceptance = {None: None, True: AUTOMATIC, False: REVIEW}[accept]
    given: dict[str, Any] = {
        "location": _located(location) if location else None,
        "level": Level(level) if level else None,
        "acceptance": acceptance,
        "kind": kind,
        "deletion_limit": deletion_limit,
    }
    with directory() as parts, told(), parts.database.writing() as session:
        kept = sources.get(session, name).settings
        given |= {
            "options": _laid(kept.options, values(options)),
            "defaults": _laid(kept.defaults, default_values(defaults, kind or kept.kind or None)),
        }
        chosen = replace(kept, **{key: given[key] for key in given if given[key] is not None})
        _check(chosen)
        now = parts.clock.now()
        if chosen != kept:
            sources.change(session, OPERATOR, name, chosen, now)
        if pause is not None:
            sources.pause(session, OPERATOR, name, pause, now)
    say(f"已更改采集源 {name}。", f"Changed the source {name}.")


@source.command("remove")
@click.argument("name")
@click.option("--entries", is_flag=True, help="Let its entries go too, once that is approved.")
@reason_option
def remove_source(name: str, entries: bool, reason: str) -> None:
    """Harvest the source NAME no more. Its entries and the history of its runs stay.

    Example: mulu source remove water --reason "系统已停用"
    """
    with directory() as parts, told():
        if entries:
            report = removing.remove(parts.database, name, OPERATOR, parts.clock, reason)
            end(report, "text")
            return
        with parts.database.writing() as session:
            sources.retire(session, OPERATOR, name, reason, parts.clock.now())
    say(f"采集源 {name} 已停用，条目保留。", f"Removed the source {name}; its entries stay.")


@source.command("show")
@click.argument("name")
@json_option
def show_source(name: str, as_json: bool) -> None:
    """Show how the source NAME is harvested, and when it is next.

    Example: mulu source show water
    """
    with directory() as parts, told(), parts.database.reading() as session:
        found = sources.get(session, name)
    if as_json:
        print_json(_told(found))
        return
    for key, value in _told(found).items():
        click.echo(f"{key}: {value}")


@source.command("list")
@json_option
def list_sources(as_json: bool) -> None:
    """List all sources.

    Example: mulu source list
    """
    with directory() as parts, parts.database.reading() as session:
        found = sources.all(session)
    if as_json:
        print_json([_told(each) for each in found])
        return
    for each in found:
        kept = each.settings
        click.echo(f"{each.name}  {kept.protocol}  {each.agency}  {kept.level}  {kept.location}")


@source.command("options")
@click.argument("protocol", type=click.Choice(sorted(known())))
def list_options(protocol: str) -> None:
    """List what can be set of a source of PROTOCOL.

    Example: mulu source options oai-pmh
    """
    for each in (*known()[protocol].options, *common()):
        click.echo(_line(each))


def _line(option: Option) -> str:
    said = (option.label, option.takes, option.explanation)
    label, takes, explanation = (text.in_language(language()) for text in said)
    default = (
        ""
        if option.default == ""
        else words(f"，默认 {option.default}", f", {option.default} by default")
    )
    shape = words("{0}（{1}）", "{0} ({1})").format(label, f"{takes}{default}")
    return f"{option.name}  {shape}  {explanation}"


def _check(settings: SourceSettings) -> None:
    """Raise Invalid for options that nobody declared or that have impossible values."""
    protocol = known().get(settings.protocol)
    if protocol and (wrong := faults(protocol.options, settings.options)):
        raise Invalid(wrong)


def _laid(kept: Any, given: dict[str, object]) -> dict[str, object]:
    """What is given over what is kept; an empty text takes the latter away."""
    return {name: value for name, value in {**kept, **given}.items() if value != ""}


def _located(location: str) -> str:
    """An address as it is, a path on this machine in full."""
    remote = "://" in location
    return location if remote else str(Path(location).resolve())


def _told(each: SourceView) -> dict[str, Any]:
    moments = {"due": each.due, "retired": each.retired}
    shown = {name: at and at.astimezone(CHINA).isoformat() for name, at in moments.items()}
    own = {"name": each.name, "agency": each.agency, "paused": each.paused, **shown}
    return {**own, **each.settings.as_dict()}
