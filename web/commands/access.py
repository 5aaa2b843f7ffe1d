"""`mulu access`: requests for access, and the deletion of who asked."""

from __future__ import annotations

import click

from catalog.access import keeping, reading
from catalog.access.holding import Access
from catalog.access.reading import Filters
from catalog.viewers import OPERATOR
from standards.codelists import codelist
from web.api.access_shapes import request_view
from web.commands.console import directory, json_option, language, print_json, say, told, words

SIZE = 200


@click.group()
def access() -> None:
    """Requests for access: who waits for an answer, and what was answered."""


@access.command("list")
@click.option(
    "--state",
    type=click.Choice([*(each.value for each in Access), "overdue", "all"]),
    help="Default: open.",
)
@json_option
def list_requests(state: str | None, as_json: bool) -> None:
    """List requests, due first.

    Example: mulu access list --state overdue
    """
    chosen = Access(state) if state in list(Access) else None
    wanted = Filters(chosen, overdue=state == "overdue", every=state == "all")
    found: list[reading.AccessView] = []
    with directory() as parts, parts.database.reading() as session:
        cursor: str | None = ""
        while cursor is not None:
            page = reading.queue(session, OPERATOR, wanted, parts.clock.now(), cursor, SIZE)
            found += page.requests
            cursor = page.next
    if as_json:
        print_json([request_view(each) for each in found])
        return
    for each in found:
        late = words("逾期", "overdue") if each.overdue else ""
        click.echo(f"{each.number}  {each.due}  {_state(each)}  {each.title}  {late}".rstrip())


@access.command("show")
@click.argument("number")
@json_option
def show_request(number: str, as_json: bool) -> None:
    """Show the request NUMBER. Who asked is not shown: only those who answer see that.

    Example: mulu access show YS2026-000123
    """
    with directory() as parts, told(), parts.database.reading() as session:
        view = reading.find(session, OPERATOR, number, parts.clock.now())
        steps = reading.steps(session, view.number, view.entry)
    if as_json:
        print_json(request_view(view))
        return
    click.echo(f"{view.number}  {_state(view)}  {view.agency.name}")
    click.echo(f"{view.entry}  {view.title}")
    click.echo(words(f"答复期限 {view.due}", f"due {view.due}"))
    for text in (view.what, view.reply):
        if text:
            click.echo(text)
    for each in steps:
        click.echo(f"{each.at:%Y-%m-%d %H:%M}  {each.action}  {each.actor}".rstrip())


@access.command("purge")
def purge_applicants() -> None:
    """Delete now who asked, wherever that is no longer to be kept.

    Example: mulu access purge
    """
    total = 0
    with directory() as parts:
        while True:
            with parts.database.writing() as session:
                done = keeping.purge(session, parts.clock.now())
            if not done:
                break
            total += done
    say(f"已删除 {total} 份申请人信息。", f"Deleted who asked in {total} requests.")


def _state(view: reading.AccessView) -> str:
    code = codelist("access-states").get(view.state)
    return code.label.in_language(language()) if code else view.state
