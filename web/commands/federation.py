"""`mulu node`, `mulu federation`: who this node is; how those that it follows stand."""

from __future__ import annotations

import click

from catalog import sources
from catalog.federation import keys, nodes
from catalog.federation.keys import BadKey, KeyRing
from catalog.federation.nodes import NodeView
from catalog.settings import BadSettings
from catalog.viewers import OPERATOR
from harvesters.faults import HarvestFault
from harvesters.nodes import following
from harvesters.nodes.verifying import Compared, verify
from web.commands.console import (
    REJECTED,
    directory,
    json_option,
    language,
    print_json,
    refuse,
    say,
    settings,
    told,
    words,
)

SHOWN = 20


@click.group()
def node() -> None:
    """This node: its name and its keys."""


@node.command("show")
@json_option
def show(as_json: bool) -> None:
    """Show the name, the public key and its fingerprint, which others compare before they follow.

    Example: mulu node show
    """
    chosen = settings()
    try:
        ring = keys.ring(chosen)
    except BadSettings as wrong:
        refuse(str(wrong))
    following_key = ring.following
    facts = {
        "node": keys.node_name(chosen),
        "key": ring.public.text,
        "fingerprint": ring.public.fingerprint,
        "following_key": following_key.text if following_key else None,
        "following_fingerprint": following_key.fingerprint if following_key else None,
    }
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        if value:
            click.echo(f"{name}: {value}")


@node.command("rotate")
@click.option("--now", "at_once", is_flag=True, help="Sign with the announced key from now on.")
def rotate(at_once: bool) -> None:
    """Change the key in two steps: announce the next one, and some days later use it (--now).

    Whoever follows this node learns the next key from its answers, signed with the current one.

    Example: mulu node rotate && mulu node rotate --now
    """
    chosen = settings()
    try:
        ring = keys.ring(chosen)
        changed: KeyRing = ring.turned() if at_once else ring.announced()
        keys.keep(chosen, changed)
    except (BadKey, BadSettings) as wrong:
        refuse(str(wrong))
    shown = changed.following or changed.public
    click.echo(f"{shown.text} {shown.fingerprint}")


@click.group()
def federation() -> None:
    """Federation: the nodes that are followed."""


@federation.command("status")
@json_option
def status(as_json: bool) -> None:
    """Say how each node stands: entries, last contact, how far behind, what is wrong.

    Example: mulu federation status --json
    """
    with directory() as parts:
        with parts.database.reading() as session:
            found = nodes.every(session)
            counts = nodes.entries(session, OPERATOR)
        now = parts.clock.now()
    if as_json:
        print_json([_facts(each, counts.get(each.source, 0), each.lag(now)) for each in found])
        return
    for each in found:
        lag = each.lag(now)
        late = "?" if lag is None else f"{lag:.0f} s"
        contact = each.contact.isoformat(timespec="seconds") if each.contact else "–"
        line = f"{each.source}  {each.name or '–'}  {counts.get(each.source, 0):,}  {contact}"
        click.echo(f"{line}  {each.behind} / {late}")
        for what in (each.fault, each.alarm):
            if what:
                click.echo(f"    {what['message'][language()]}")


@federation.command("verify")
@click.argument("source")
@json_option
def verify_(source: str, as_json: bool) -> None:
    """Compare what is held of the node of SOURCE with what it shows, digest by digest.

    Exit code 1 when they differ. What is missing or old comes with `mulu harvest SOURCE --full`.

    Example: mulu federation verify huangpu
    """
    with directory() as parts, told():
        with parts.database.reading() as session:
            view = sources.get(session, source)
        try:
            with following.opened(view) as fetcher:
                compared = verify(parts.database, view, fetcher)
        except HarvestFault as fault:
            refuse(fault.problem.message.in_language(language()))
    _tell(compared, as_json)
    if not compared.same:
        raise SystemExit(REJECTED)


@federation.command("calm")
@click.argument("source")
def calm(source: str) -> None:
    """Take back the alarm that the node of SOURCE withdrew many entries, having looked at it.

    Example: mulu federation calm huangpu
    """
    with directory() as parts, told(), parts.database.writing() as session:
        nodes.calm(session, source)
    say(f"已解除 {source} 的警报。", f"The alarm of {source} is taken back.")


def _facts(each: NodeView, entries: int, lag: float | None) -> dict[str, object]:
    return {
        "source": each.source,
        "node": each.name,
        "entries": entries,
        "tier": each.tier,
        "turn": each.turn,
        "head": each.head,
        "behind": each.behind,
        "lag_seconds": lag,
        "contact": each.contact.isoformat() if each.contact else None,
        "key": each.key,
        "following_key": each.following_key or None,
        "fault": each.fault,
        "alarm": each.alarm,
    }


def _tell(compared: Compared, as_json: bool) -> None:
    lists = {
        "missing": compared.missing,
        "different": compared.different,
        "extra": compared.extra,
        "refused": compared.refused,
    }
    if as_json:
        print_json({"same": compared.same, "compared": compared.compared, **lists})
        return
    if compared.same:
        click.echo(words(f"{compared.compared:,} 条，两边一致", f"{compared.compared:,} agree"))
    for name, identifiers in lists.items():
        for identifier in identifiers[:SHOWN]:
            click.echo(f"{name} {identifier}")
        if len(identifiers) > SHOWN:
            click.echo(f"{name} … {len(identifiers) - SHOWN:,}")
