"""`mulu search`: asking the directory from a terminal, as the public."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import click

from catalog.viewers import PUBLIC
from catalog.visibility import clause
from search.explaining import explain as explained
from search.finding import Found, FoundHit, find
from search.query import BadQuery
from search.request import SearchRequest
from search.rules import rules
from search.understanding.telling import sentence
from web import understanding
from web.commands.console import (
    directory,
    json_option,
    language,
    print_json,
    say,
    say_behind,
    told,
)
from web.searching import entry as as_answer
from web.understanding import Meant


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--size", default=10, show_default=True, type=click.IntRange(1, 100))
@click.option("--explain", is_flag=True, help="Say why each entry stands where it stands.")
@json_option
def search(query: tuple[str, ...], size: int, explain: bool, as_json: bool) -> None:
    """Search what is public, by words or by a number in any spelling.

    Example: mulu search 防汛 预案
    """
    found, meant = _ask(" ".join(query), size)
    if as_json:
        entries = [as_answer(hit) | (_why(found, hit) if explain else {}) for hit in found.hits]
        understood = understanding.answer(meant, language())
        print_json({"total": found.total, "entries": entries, "understood": understood})
        return
    note(found)
    for offer in meant.offers:
        zh, en = sentence(offer)
        say(f"也可以这样查：{zh}（{offer.count:,} 条）", f"Or: {en} ({offer.count:,})")
    for hit in found.hits:
        click.echo(f"{hit.card.identifier}  {_terminal(hit.highlight['title'])}")
        told_ = (hit.card.document_number, hit.card.agency_name, hit.card.issued)
        click.echo("    " + "  ".join(part for part in told_ if part))
        if explain:
            _say_why(found, hit)


def _why(found: Found, hit: FoundHit) -> dict[str, Any]:
    """The tier and the parts, for programs."""
    told_ = explained(found.words, hit.card)
    parts = {each.name: {"value": each.value, "weight": each.weight} for each in told_.reasons}
    return {"why": {"tier": told_.tier and told_.tier.name, "parts": parts}}


def _say_why(found: Found, hit: FoundHit) -> None:
    told_ = explained(found.words, hit.card)
    if told_.tier is not None:
        say(f"    · {told_.tier.label.zh}", f"    · {told_.tier.label.en}")
    for each in told_.reasons:
        label = rules().parts[each.name].label
        points = f"{each.value:.2f} × {each.weight:g}"
        say(f"    · {label.zh}：{points}", f"    · {label.en}: {points}")


def _ask(text: str, size: int) -> tuple[Found, Meant]:
    with directory() as parts, told():
        request = SearchRequest(text, clause(PUBLIC), size=size)
        say_behind(parts)
        try:
            found = find(parts.engine, request, parts.own_words.vocabulary())
            names = understanding.Vocabularies(parts.database).current().names
            return found, understanding.of(parts, names, request, found)
        except BadQuery as bad:
            raise click.UsageError(str(bad)) from None


def note(found: Found) -> None:
    if found.corrected:
        say(f"没有找到所输入的，以下是“{found.corrected}”。", f"These hold “{found.corrected}”.")
    if found.relaxed and found.hits:
        say("没有条目含有全部词语，以下含有部分。", "No entry holds every word; these hold some.")
    say(f"找到 {found.total:,} 条。", f"{found.total:,} found.")


def _terminal(marked: str) -> str:
    """Marked HTML as a terminal shows it: bold where it is one, plain elsewhere."""
    parts = re.split(r"<mark>(.*?)</mark>", marked)
    shown = (
        click.style(unescape(part), bold=True) if place % 2 else unescape(part)
        for place, part in enumerate(parts)
    )
    return "".join(shown)
