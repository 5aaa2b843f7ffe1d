"""`mulu review list` and the like: what waits, decided on by whoever runs the machine."""

from __future__ import annotations

import click

from catalog.requests import flow, reading, routes, sweeping
from catalog.requests.model import RISKS, RequestState, Step
from catalog.requests.reading import QueueFilters
from catalog.viewers import OPERATOR
from web.api.requests import request_view
from web.commands.console import directory, json_option, print_json, say, told, words
from web.commands.review import review

__all__ = ["review"]


@review.command("list")
@click.option(
    "--state",
    type=click.Choice([each.value for each in RequestState]),
    help="Default: with reviewers.",
)
@click.option("--agency", default="", help="An agency's code, with all below it.")
@click.option("--risk", type=click.Choice(RISKS), default=None)
@json_option
def list_requests(state: str | None, agency: str, risk: str | None, as_json: bool) -> None:
    """List requests, the riskiest first, then what is due first.

    Example: mulu review list --risk high
    """
    wanted = QueueFilters(agency=agency, risk=risk or "")
    if state:
        wanted = QueueFilters((RequestState(state),), agency=agency, risk=risk or "")
    with directory() as parts, parts.database.reading() as session:
        lines = reading.every(session, OPERATOR, wanted, parts.clock.now())
        if as_json:
            print_json([request_view(each) for each in lines])
            return
        for each in lines:
            asked = each.request
            click.echo(f"{asked.number}  {asked.due}  {asked.risk}  {asked.state}  {each.title}")


@review.command("show")
@click.argument("number", type=int)
@json_option
def show_request(number: int, as_json: bool) -> None:
    """Show the request NUMBER and what happened to it.

    Example: mulu review show 17
    """
    with directory() as parts, told(), parts.database.reading() as session:
        found = reading.get(session, OPERATOR, number)
        happened = reading.timeline(session, found.request)
    if as_json:
        print_json(request_view(found, happened))
        return
    asked = found.request
    click.echo(f"{asked.number}  {asked.purpose}  {asked.state}  {asked.entry}  {found.title}")
    click.echo(words(f"期限 {asked.due}", f"due {asked.due}"))
    for each in happened:
        line = f"{each.at:%Y-%m-%d %H:%M}  {each.action}  {each.actor}"
        click.echo(f"{line}  {each.details.get('reason') or ''}".rstrip())


@review.command("accept")
@click.argument("number", type=int)
def accept_request(number: int) -> None:
    """Accept the request NUMBER, as the operator of the machine.

    Example: mulu review accept 17
    """
    with directory() as parts, told(), parts.database.writing() as session:
        found = reading.get(session, OPERATOR, number)
        flow.accept(session, OPERATOR, number, found.revision, parts.clock.now())
    say(f"已通过：{found.title}", f"Accepted: {found.title}")


@review.command("return")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="For the registrars.")
def return_request(number: int, reason: str) -> None:
    """Return the request NUMBER to its registrars.

    Example: mulu review return 17 --reason "摘要过于简单"
    """
    with directory() as parts, told(), parts.database.writing() as session:
        found = reading.get(session, OPERATOR, number)
        flow.send_back(session, OPERATOR, number, found.revision, reason, parts.clock.now())
    say(f"已退回：{found.title}", f"Returned: {found.title}")


@review.command("steps")
@click.argument("agency", required=False)
@click.option("--risk", type=click.Choice(RISKS), multiple=True, help="Default: every risk.")
@click.option("--step", "steps", type=click.Choice([each.value for each in Step]), multiple=True)
@click.option("--days", type=int, default=5, show_default=True, help="Working days in all.")
@click.option("--drop", is_flag=True, help="Let what is set above the agency hold again.")
def review_steps(
    agency: str | None, risk: tuple[str, ...], steps: tuple[str, ...], days: int, drop: bool
) -> None:
    """Show the steps of reviews, or set those of AGENCY and all below it.

    Example: mulu review steps 310A7 --risk high --step agency --step centre --days 10
    """
    with directory() as parts, told():
        if agency and (steps or drop):
            with parts.database.writing() as session:
                for each in risk or RISKS:
                    chosen = () if drop else steps
                    now = parts.clock.now()
                    routes.choose(session, OPERATOR, agency, each, chosen, days, now)
        with parts.database.reading() as session:
            found = routes.settings(session)
    for setting in found:
        if agency in (None, setting.agency):
            way = " → ".join(setting.route.steps)
            click.echo(f"{setting.agency}  {setting.risk}  {way}  {setting.route.days}")


@review.command("sweep")
def sweep_requests() -> None:
    """Do now what time does to requests: give back, escalate, expire.

    Example: mulu review sweep
    """
    with directory() as parts, parts.database.writing() as session:
        moved = sweeping.sweep(session, parts.clock.now())
    say(f"处理了 {moved} 件申请。", f"{moved} requests moved.")
