"""`mulu serve`, `worker`, `demo`, `status`: running a directory."""

from __future__ import annotations

import os
import threading

import click

from catalog import follower, housekeeping, sample
from catalog.consistency import keeping as consistency
from catalog.elements import keeping as elements
from catalog.follower import Follower
from catalog.identity import keeping as identity
from harvesters.sources import others
from web import logs
from web.commands.console import (
    directory,
    index_told,
    json_option,
    print_json,
    progress,
    refuse,
    say,
    say_index,
    settings,
    show_problems,
    told,
    words,
)
from web.parts import Parts
from web.serving import GaveUp, stopping
from web.serving import serve as serve_forever

port_option = click.option(
    "--port", type=click.IntRange(1, 65535), help="Default: MULU_PORT or 8000."
)
host_option = click.option("--host", default="127.0.0.1", show_default=True)
workers_option = click.option(
    "--workers", type=click.IntRange(1, 64), help="Web processes. Default: one for each core."
)


@click.command()
@port_option
@host_option
@workers_option
def serve(port: int | None, host: str, workers: int | None) -> None:
    """Serve pages and API, follow the change log and carry out queued runs, in the foreground.

    Example: MULU_SECRET_KEY=… mulu serve --port 8000
    """
    with directory():
        pass  # the tables are brought up to date before any child looks at them
    _serve(host, port, workers)


@click.command()
def worker() -> None:
    """Only follow the change log and carry out queued runs; `mulu serve` starts one by itself.

    Example: mulu worker
    """
    from harvesters import probing
    from harvesters.nodes import following
    from harvesters.queue import work

    logs.configure()
    stop = stopping()
    with directory() as parts:
        args = (parts.database, parts.clock, stop)
        beside = [
            threading.Thread(target=each, args=args, daemon=True)
            for each in (
                work,
                following.work,
                housekeeping.work,
                consistency.work,
                identity.FOLLOWER.work,
                elements.FOLLOWER.work,
            )
        ]
        chosen = parts.settings
        probe = (*args, chosen.probe_hours, chosen.probe_private)
        beside.append(threading.Thread(target=probing.work, args=probe, daemon=True))
        for thread in beside:
            thread.start()
        Follower(parts.database, parts.engine, parts.clock).run(stop)
        for thread in beside:
            thread.join(timeout=5)


@click.command()
@click.option("--entries", default=5000, show_default=True, type=click.IntRange(1, 1_000_000))
@port_option
@host_option
@workers_option
def demo(entries: int, port: int | None, host: str, workers: int | None) -> None:
    """Serve a directory of invented sample entries, with an account for each role.

    Example: mulu demo --entries 89000
    """
    os.environ["MULU_DEMO"] = "1"
    with directory() as parts, told():
        sample.make_accounts(parts.database, parts.clock)
        sample.load(
            parts.database, entries, progress(words("登记示例", "registering")), parts.clock
        )
        sample.furnish(parts.database, parts.clock)
        _index(parts)
    _serve(host, port, workers)


@click.command()
@json_option
def status(as_json: bool) -> None:
    """Say what the directory holds and whether its index is up to date.

    Example: mulu status
    """
    from catalog import statistics

    with directory() as parts:
        with parts.database.reading() as session:
            states = dict(statistics.states(session))
            lag = follower.status(session)
        condition = parts.engine.condition()
    refused = others().refused
    if as_json:
        index = index_told(lag, condition)
        broken = [each.as_dict() for each in refused]
        print_json({"entries": states, "index": index, "plugins": broken})
        return
    for state, count in states.items():
        click.echo(f"{state}: {count:,}")
    say(f"索引落后 {lag.behind} 处变更。", f"The index is {lag.behind} changes behind.")
    say_index(lag, condition)
    show_problems(refused)


def _index(parts: Parts) -> None:
    """Bring the index up to date before anybody looks."""
    with parts.database.reading() as session:
        behind = follower.status(session).behind
    tell, done = progress(words("索引", "indexing")), 0
    following = Follower(parts.database, parts.engine, parts.clock)
    while step := following.step():
        done += step
        tell(min(done, behind), behind)
    following.release()


def _serve(host: str, port: int | None, workers: int | None) -> None:
    chosen = settings()
    at = port or chosen.port
    os.environ.setdefault("MULU_BASE_URL", f"http://127.0.0.1:{at}")
    count = workers or os.cpu_count() or 2
    try:
        serve_forever(host, at, count, _announce)
    except GaveUp as gave_up:
        refuse(str(gave_up))


def _announce(address: str) -> None:
    click.echo(f"Mulu is ready at {address}")
    if settings().demo:
        say(
            f"检索 {address}/search?q=防汛 · 定位 {address}/locate · 登录 {address}/sign-in",
            f"Search {address}/search?q=防汛 · locate {address}/locate · sign in {address}/sign-in",
        )
