"""`mulu terms`: what becomes of a query's words."""

from __future__ import annotations

from dataclasses import asdict

import click

from search.typed import parse
from web.commands.console import directory, json_option, print_json, say, words


@click.command("terms")
@click.argument("query", nargs=-1, required=True)
@json_option
def terms_(query: tuple[str, ...], as_json: bool) -> None:
    """Show the terms of a query: their weights, and each form that stands for them.

    Lines of the file terms.yaml in the data directory that cannot be used are told as well.

    Example: mulu terms 养老院 名单
    """
    with directory() as parts:
        own = parts.own_words
        found = parse(" ".join(query), vocabulary=own.vocabulary())
    if as_json:
        print_json({"terms": [asdict(each) for each in found.wanted], "numbers": found.numbers})
        return
    for bad in own.malformed:
        why = words(bad.why.zh, bad.why.en)
        say(
            f"{own.path} 第 {bad.line} 行不可用：{why}",
            f"{own.path}, line {bad.line} is not used: {why}",
        )
    for each in found.wanted:
        click.echo(f"{each.said}  {each.weight:g}")
        for form in each.forms:
            click.echo(f"    {form.weight:g}  {' + '.join(form.words)}")
