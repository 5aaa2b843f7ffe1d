"""`mulu agency`, `user`, `token`: who registers and reviews, and with what roles."""

from __future__ import annotations

import re

import click

from catalog import accounts, agencies
from catalog.agencies import AgencyView
from catalog.viewers import OPERATOR, Grant, Role
from standards.codelists import codelist
from standards.identifiers import credit_code as credit_codes
from web.commands.console import directory, json_option, print_json, refuse, say, told, words

SHORTEST_PASSWORD = 8
CODE = re.compile(r"[0-9A-Z]{5,6}")
"""A prefix by GB/T 21063.5 practice: identifiers are made of it, and it never changes."""


@click.group()
def agency() -> None:
    """Agencies: the organs that register entries."""


@agency.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--short", "short_names", multiple=True, help="A short name; may be repeated.")
@click.option("--credit-code", default="", help="Unified social credit code (GB 32100).")
@click.option("--division", default="", help="Division code (GB/T 2260).")
@click.option("--parent", default=None, help="Code of the agency above.")
def add_agency(
    code: str,
    name: str,
    short_names: tuple[str, ...],
    credit_code: str,
    division: str,
    parent: str | None,
) -> None:
    """Add the agency CODE (its five-character prefix) called NAME.

    Example: mulu agency add 3100H 上海市水务局 --short 市水务局 --parent 31000
    """
    if not CODE.fullmatch(code):
        refuse(
            words(
                f"部门代码是 5 或 6 位数字或大写字母的前段码：{code}",
                f"an agency's code is a prefix of 5 or 6 digits and capitals: {code}",
            )
        )
    if division and codelist("divisions").get(division) is None:
        refuse(words(f"没有这个行政区划代码：{division}", f"no such division code: {division}"))
    wrong = credit_codes.problem(credit_code) if credit_code else None
    if wrong:
        refuse(words(*wrong))
    with directory() as parts, told(), parts.database.writing() as session:
        view = AgencyView(code, name, short_names, credit_code, division, parent)
        agencies.add(session, OPERATOR, view, parts.clock.now())
    say(f"已添加 {code} {name}。", f"Added {code} {name}.")


@agency.command("list")
@json_option
def list_agencies(as_json: bool) -> None:
    """List all agencies, each below the one above it.

    Example: mulu agency list
    """
    with directory() as parts, parts.database.reading() as session:
        nodes = agencies.tree(session)
    rows = list(_flat(nodes, 0))
    if as_json:
        print_json([{"code": a.code, "name": a.name, "parent": a.parent} for _, a in rows])
        return
    for depth, each in rows:
        click.echo(f"{each.code}  {'  ' * depth}{each.name}")


def _flat(nodes: tuple[agencies.AgencyNode, ...], depth: int) -> list[tuple[int, AgencyView]]:
    return [row for node in nodes for row in ((depth, node.agency), *_flat(node.below, depth + 1))]


@click.group()
def user() -> None:
    """Accounts and their roles."""


@user.command("add")
@click.argument("username")
@click.option("--name", default="", help="The person's name, shown to others.")
@click.option("--role", "role", type=click.Choice([r.value for r in Role]), required=True)
@click.option("--agency", "agency_code", default=None, help="Within this agency; else everywhere.")
@click.password_option(help="Asked for when left out.")
def add_user(username: str, name: str, role: str, agency_code: str | None, password: str) -> None:
    """Add the account USERNAME with a role.

    Example: mulu user add li --name 李梅 --role registrar --agency 3100H
    """
    _long_enough(password)
    grants = [Grant(Role(role), agency_code)]
    with directory() as parts, told(), parts.database.writing() as session:
        now = parts.clock.now()
        accounts.create(session, OPERATOR, username, name or username, password, now, grants)
    say(f"已添加 {username}。", f"Added {username}.")


@user.command("grant")
@click.argument("username")
@click.argument("role", type=click.Choice([r.value for r in Role]))
@click.option("--agency", "agency_code", default=None, help="Within this agency; else everywhere.")
def grant_role(username: str, role: str, agency_code: str | None) -> None:
    """Give USERNAME one more ROLE.

    Example: mulu user grant li reviewer --agency 3100H
    """
    with directory() as parts, told(), parts.database.writing() as session:
        given = Grant(Role(role), agency_code)
        accounts.grant(session, OPERATOR, username, given, parts.clock.now())
    say("已授予。", "Granted.")


@user.command("password")
@click.argument("username")
@click.password_option(help="Asked for when left out.")
def change_password(username: str, password: str) -> None:
    """Give USERNAME another password.

    Example: mulu user password li
    """
    _long_enough(password)
    with directory() as parts, told(), parts.database.writing() as session:
        accounts.set_password(session, OPERATOR, username, password, parts.clock.now())
    say(f"已为 {username} 设置新密码。", f"{username} has a new password.")


@user.command("close")
@click.argument("username")
def close_user(username: str) -> None:
    """End the account USERNAME, with its sessions and tokens; what it did stays in the logs.

    Example: mulu user close li
    """
    with directory() as parts, told(), parts.database.writing() as session:
        accounts.close(session, OPERATOR, username, parts.clock.now())
    say(f"已停用 {username}。", f"Closed {username}.")


@user.command("list")
@json_option
def list_users(as_json: bool) -> None:
    """List the open accounts with their roles.

    Example: mulu user list
    """
    with directory() as parts, parts.database.reading() as session:
        viewers = accounts.every(session)
    if as_json:
        print_json(
            [
                {
                    "username": each.name,
                    "grants": [{"role": g.role.value, "agency": g.agency} for g in each.grants],
                }
                for each in viewers
            ]
        )
        return
    for each in viewers:
        roles = ", ".join(f"{g.role.value} ({g.agency or '*'})" for g in each.grants)
        click.echo(f"{each.name}  {roles}")


@click.group()
def token() -> None:
    """Tokens, with which programs call the API."""


@token.command("add")
@click.argument("username")
@click.argument("label")
def add_token(username: str, label: str) -> None:
    """Print a new token of USERNAME, remembered as LABEL. It is shown this once.

    Example: mulu token add li nightly-upload
    """
    with directory() as parts, told(), parts.database.writing() as session:
        owner = accounts.by_username(session, username)
        text = accounts.issue_token(session, owner, label, parts.clock.now())
    click.echo(text)


@token.command("revoke")
@click.argument("username")
@click.argument("label")
def revoke_token(username: str, label: str) -> None:
    """End the tokens of USERNAME that are remembered as LABEL, from this moment on.

    Example: mulu token revoke li nightly-upload
    """
    with directory() as parts, told(), parts.database.writing() as session:
        owner = accounts.by_username(session, username)
        accounts.revoke_tokens(session, owner, label, parts.clock.now())
    say(f"{username} 的令牌“{label}”已失效。", f"The token {label} of {username} is ended.")


def _long_enough(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        zh = f"密码至少 {SHORTEST_PASSWORD} 个字符"
        raise click.UsageError(words(zh, f"a password has {SHORTEST_PASSWORD} characters or more"))
