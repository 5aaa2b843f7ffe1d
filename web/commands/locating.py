"""`mulu locate`: who holds a datum, asked from a terminal, as the public."""

from __future__ import annotations

from typing import Any

import click

from catalog.elements import scopes
from catalog.viewers import PUBLIC
from catalog.visibility import clause
from search.finding import find
from search.query import BadQuery
from search.request import SearchRequest
from web import elements as told_as
from web import locating
from web.commands.console import (
    directory,
    json_option,
    language,
    print_json,
    say,
    say_behind,
    told,
    words,
)
from web.commands.finding import note
from web.locating import Located
from web.searching import entry as as_answer


@click.command()
@click.argument("item")
@click.option("--size", default=20, show_default=True, type=click.IntRange(1, 100))
@json_option
def locate(item: str, size: int, as_json: bool) -> None:
    """Say who holds the data item ITEM, who answers for it, and where it is offered.

    Example: mulu locate 统一社会信用代码
    """
    with directory() as parts, told():
        request = SearchRequest(item, clause(PUBLIC), size=size, only_items=True)
        say_behind(parts)
        try:
            made = locating.locate(
                parts.database,
                PUBLIC,
                request,
                lambda asked: find(parts.engine, asked, parts.own_words.vocabulary()),
            )
        except BadQuery as bad:
            raise click.UsageError(str(bad)) from None
    if as_json:
        print_json(_plain(made, item))
        return
    _show(made)


def _plain(made: Located, item: str) -> dict[str, Any]:
    beside = made.beside.hits if made.beside else ()
    return {
        "total": made.found.total,
        "element": made.element and told_as.element(made.element),
        "authorities": [told_as.authority(each) for each in made.authorities],
        "entries": [
            {**told_as.holding(each, item), "highlight": as_answer(each.hit)["highlight"]}
            for each in made.holdings
        ],
        "beside": [told_as.holding(locating.Holding(hit), item) for hit in beside],
    }


def _show(made: Located) -> None:
    if made.element:
        name = made.element.name.in_language(language())
        say(f"数据元 {made.element.code} {name}", f"Data element {made.element.code} {name}")
    for claim in made.authorities:
        where = scopes.name(claim.division).in_language(language())
        mark = words("权威来源", "authoritative source")
        entry = claim.entry.identifier if claim.entry else ""
        click.echo(f"* {mark} ({where}): {claim.agency.name}  {entry}")
    note(made.found)
    for each in made.holdings:
        end = each.card.endpoint
        where = f"{end.protocol} {end.url}" if end else words("未登记交换端点", "no endpoint known")
        click.echo(f"{each.card.agency_name}  {each.card.title}\n    {where}")
