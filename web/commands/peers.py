"""`mulu peer`: the directories that are asked along in a search."""

from __future__ import annotations

import click

from catalog.federation import peers
from catalog.federation.peers import PeerView
from catalog.settings import NODE_NAME
from catalog.viewers import OPERATOR
from web.commands.console import directory, json_option, print_json, refuse, say, told, words


@click.group()
def peer() -> None:
    """Peers: the directories that are asked along when somebody wants it."""


@peer.command("add")
@click.argument("name")
@click.argument("address")
@click.option("--private", is_flag=True, help="It lies in your own network.")
def add(name: str, address: str, private: bool) -> None:
    """Ask the directory at ADDRESS along, under this NAME.

    Example: mulu peer add pudong https://pudong.example
    """
    if not NODE_NAME.fullmatch(name):
        refuse(
            words(f"名称只能用 a-z、0-9、- 和 .：{name}", f"a to z, 0 to 9, - and . only: {name}")
        )
    if not address.startswith(("http://", "https://")):
        refuse(words(f"应为 http(s) 地址：{address}", f"no http(s) address: {address}"))
    with directory() as parts, told(), parts.database.writing() as session:
        peers.add(session, OPERATOR, PeerView(name, address, private), parts.clock.now())
    say(f"检索时可一并询问 {name}。", f"{name} is asked along from now on.")


@peer.command("list")
@json_option
def list_peers(as_json: bool) -> None:
    """List the peers.

    Example: mulu peer list
    """
    with directory() as parts, parts.database.reading() as session:
        found = peers.every(session)
    if as_json:
        print_json([{"name": each.name, "address": each.address} for each in found])
        return
    for each in found:
        click.echo(f"{each.name}  {each.address}")


@peer.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Ask the peer no more.

    Example: mulu peer remove pudong
    """
    with directory() as parts, told(), parts.database.writing() as session:
        peers.remove(session, OPERATOR, name, parts.clock.now())
    say(f"不再询问 {name}。", f"{name} is asked no more.")
