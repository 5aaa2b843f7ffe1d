"""The command line. One module a group of commands; each is named once, in ``COMMANDS``."""

from __future__ import annotations

import click

from web import logs
from web.commands.access import access
from web.commands.auditing import audit
from web.commands.curating import alias, curations, duplicates
from web.commands.database import backup, init, restore
from web.commands.descriptors import export, validate
from web.commands.elements import element
from web.commands.endpoints import endpoints
from web.commands.evaluating import evaluate_
from web.commands.federation import federation, node
from web.commands.finding import search
from web.commands.harvesting import harvest_
from web.commands.importing import import_file_
from web.commands.index import index
from web.commands.locating import locate
from web.commands.migrating import migrate
from web.commands.peers import peer
from web.commands.people import agency, token, user
from web.commands.reports import report
from web.commands.review_requests import review as review
from web.commands.serving import demo, serve, status, worker
from web.commands.sources import source
from web.commands.terms import terms_

COMMANDS: tuple[click.Command, ...] = (
    init, demo, serve, worker, status,
    agency, user, token,
    validate, import_file_, export, source, harvest_, report,
    search, locate, element, access, endpoints, duplicates, alias, curations,
    review,
    node, federation, peer,
    index, evaluate_, terms_, audit, backup, restore, migrate,
)  # fmt: skip


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mulu")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of messages.")
def main(lang: str | None) -> None:
    """Mulu 目录: a directory of what government holds.

    Settings come from MULU_* in the environment: MULU_DATA_DIR, MULU_DATABASE_URL,
    MULU_SEARCH_URL, MULU_SECRET_KEY, MULU_BASE_URL. Exit codes: 0 done, 1 the input was
    rejected, 2 wrong use.

    Begin with: mulu demo
    """
    logs.configure("warning")  # on standard error: what is asked for goes to standard output


for command in COMMANDS:
    main.add_command(command)
