"""`mulu endpoints`: which exchange endpoints can be reached, and looking at one now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta

import click

from catalog.endpoints import judging, reading
from catalog.endpoints.judging import Due
from catalog.endpoints.keeping import key_of
from catalog.viewers import OPERATOR
from harvesters.addresses import anywhere, is_public
from harvesters.looking import Looker
from harvesters.probing import sighting
from standards.codelists import codelist
from web.commands.console import (
    directory,
    json_option,
    language,
    print_json,
    say,
    show_problems,
    told,
    words,
)
from web.parts import Parts

STATES = tuple(code.code for code in codelist("endpoint-states").codes)


@click.group()
def endpoints() -> None:
    """Exchange endpoints: where entries lead to, and whether they can be reached."""


@endpoints.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@json_option
def listed(state: str | None, as_json: bool) -> None:
    """List the endpoints that served entries lead to, with what the last probe found.

    Example: mulu endpoints list --state broken
    """
    with directory() as parts, told():
        if as_json:
            print_json([_plain(each) for each in _all(parts, state or "")])
            return
        for each in _all(parts, state or ""):
            _show(each)


@endpoints.command("probe")
@click.argument("url")
@click.option("--protocol", default="web-page", show_default=True, help="As code lists name it.")
@json_option
def probe(url: str, protocol: str, as_json: bool) -> None:
    """Look at the endpoint URL now; what is found is kept if an entry leads there.

    Exit code 1 when it is broken.

    Example: mulu endpoints probe https://exchange.example.gov.cn/pumps/v1
    """
    with directory() as parts, told():
        settings, now = parts.settings, parts.clock.now()
        with parts.database.reading() as session:
            known = reading.of(session, url)
        permit = anywhere if settings.probe_private else is_public
        due = Due(key_of(url), url, known.protocol if known else protocol)
        seen = sighting(due, Looker(permit=permit).look, now)
        if known:
            every = timedelta(hours=settings.probe_hours or 24)
            with parts.database.writing() as session:
                judging.record(session, due.key, seen, now, every)
    if as_json:
        said = seen.problem.as_dict() if seen.problem else None
        until = seen.certificate_until.isoformat() if seen.certificate_until else None
        print_json({"url": url, "state": seen.state, "problem": said, "certificate_until": until})
    else:
        click.echo(f"{_label(seen.state)}  {url}")
        show_problems([seen.problem] if seen.problem else [])
    if seen.state == judging.BROKEN:
        raise SystemExit(1)


def _all(parts: Parts, state: str) -> Iterator[reading.Owned]:
    after = ""
    while True:
        with parts.database.reading() as session:
            found = reading.owned(session, OPERATOR, state, after)
        yield from found
        if len(found) < reading.SIZE:
            return
        after = found[-1].endpoint.key


def _show(each: reading.Owned) -> None:
    end = each.endpoint
    checked = end.checked.strftime("%Y-%m-%d %H:%M") if end.checked else words("从未", "never")
    click.echo(f"{_label(end.state)}  {end.url}")
    say(
        f"    检测于 {checked} · {each.entries:,} 条目，如 {each.first} {each.title}",
        f"    looked at {checked} · {each.entries:,} entries, such as {each.first} {each.title}",
    )


def _plain(each: reading.Owned) -> dict[str, object]:
    end = asdict(each.endpoint)
    end["problem"] = each.endpoint.problem.as_dict() if each.endpoint.problem else None
    return {**end, "entries": each.entries, "first": each.first}


def _label(state: str) -> str:
    code = codelist("endpoint-states").get(state)
    return code.label.in_language(language()) if code else state
