"""What every command shares: the parts it opens, two languages, JSON, progress and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import click
import orjson

from catalog import origins
from catalog.backup import NotPossible
from catalog.errors import CatalogError, Conflict, Forbidden, Invalid, NotFound
from catalog.federation.keys import node_name
from catalog.follower import Lag, status
from catalog.settings import BadSettings, Settings
from search.condition import Condition
from search.engine import EngineUnavailable
from standards.problems import Problem, Text
from web.parts import Parts, open_parts

REJECTED = 1
"""Exit code: the input was understood and refused. Wrong use is 2, as click has it."""

Command = TypeVar("Command", bound=Callable[..., Any])

REFUSALS: tuple[tuple[type[Exception], str], ...] = (
    (NotFound, "没有找到"),
    (Conflict, "已被占用"),
    (Forbidden, "无权进行"),
    (EngineUnavailable, "检索服务不可用"),
)
"""What a refusal is called in Chinese, before its particulars."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def language() -> str:
    """``zh`` or ``en``: what --lang says, else the terminal's locale."""
    context = click.get_current_context(silent=True)
    chosen = context.find_root().params.get("lang") if context else None
    if chosen:
        return str(chosen)
    locale = next(
        (os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), ""
    )
    return "zh" if locale.lower().startswith("zh") else "en"


def words(zh: str, en: str) -> str:
    """The wording in the reader's language."""
    return Text(zh, en).in_language(language())


def say(zh: str, en: str) -> None:
    """A line for people, on standard error so that results can be piped."""
    click.echo(words(zh, en), err=True)


def print_json(value: Any) -> None:
    """A result for programs."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode())


def settings() -> Settings:
    """The settings of the environment; wrong ones end the command as wrong use."""
    try:
        return Settings.from_environment(os.environ)
    except BadSettings as wrong:
        raise click.UsageError(str(wrong)) from None


@contextmanager
def directory() -> Iterator[Parts]:
    """The directory that the settings name, its tables up to date and its own name known in it,
    closed at the end."""
    parts = open_parts(settings())
    try:
        parts.database.migrate()
        _introduce(parts)
        yield parts
    finally:
        parts.close()


def _introduce(parts: Parts) -> None:
    """Let the directory know what it is called, so that it knows what came from itself."""
    try:
        address = parts.settings.base_url
        names = {node_name(parts.settings), address, urlsplit(address).netloc} - {""}
    except BadSettings as wrong:
        raise click.UsageError(str(wrong)) from None
    with parts.database.reading() as session:
        known = origins.own_names(session)
    if names - known:
        with parts.database.writing() as session:
            origins.introduce(session, sorted(names), parts.clock.now())


@contextmanager
def told() -> Iterator[None]:
    """Turn what the directory refuses into words and the exit code of a rejection."""
    try:
        yield
    except Invalid as invalid:
        show_problems(invalid.problems)
        raise SystemExit(REJECTED) from None
    except (CatalogError, EngineUnavailable, NotPossible) as refused:
        zh = next((name for kind, name in REFUSALS if isinstance(refused, kind)), "不能进行")
        which = refused.what if isinstance(refused, NotFound) else refused
        refuse(words(f"{zh}：{which}", str(refused)))
    except OSError as failed:
        refuse(words(f"无法读写文件：{failed}", f"a file cannot be read or written: {failed}"))


def refuse(message: str) -> NoReturn:
    """End the command because its input was rejected."""
    click.echo(message, err=True)
    raise SystemExit(REJECTED)


def show_problems(problems: Sequence[Problem], place: str = "") -> None:
    """One line a problem: where, what, by which clause, and what would be right."""
    for each in problems:
        mark = words("错误", "error") if each.is_error else words("警告", "warning")
        where = f"{place} " if place else ""
        clause = f" [{each.clause}]" if each.clause else ""
        click.echo(f"{where}{mark} {each.path}: {each.message.in_language(language())}{clause}")
        if each.suggestion:
            click.echo(f"    → {each.suggestion.in_language(language())}")


def progress(what: str) -> Callable[[int, int], None]:
    """Tells how far long work is: in place on a terminal, a plain line for each tenth elsewhere."""
    terminal = sys.stderr.isatty()
    shown = -1

    def tell(done: int, total: int) -> None:
        nonlocal shown
        share = 100 * done // total if total else 100
        if share == shown or (not terminal and share // 10 == shown // 10):
            return
        shown = share
        line = f"{what} {done:,} / {total:,} ({share} %)"
        click.echo(f"\r{line}" if terminal else line, err=True, nl=not terminal or share == 100)

    return tell


def index_told(lag: Lag, condition: Condition) -> dict[str, Any]:
    """How the index stands, for programs."""
    return {
        "behind": lag.behind,
        "since": lag.since,
        "refused": lag.refused,
        "ready": condition.searches,
        "troubles": [each.in_language(language()) for each in condition.troubles],
    }


def say_index(lag: Lag, condition: Condition) -> None:
    """What an operator has to know of the index beside the number of changes."""
    if lag.since:
        say(f"最早的一处自 {lag.since:%F %T} 起等待。", f"The first waits since {lag.since:%F %T}.")
    if lag.refused:
        say(
            f"检索引擎无法收录 {lag.refused} 张卡片，见 mulu index status。",
            f"The engine cannot take {lag.refused} cards: see `mulu index status`.",
        )
    if not condition.searches:
        say("检索现在不可用。", "Searches are not answered now.")
    for trouble in condition.troubles:
        click.echo(trouble.in_language(language()), err=True)


def say_behind(parts: Parts) -> None:
    """Tell whoever would wonder why something new is not found that the index is behind."""
    with parts.database.reading() as session:
        behind = status(session).behind
    if behind:
        say(
            f"索引落后 {behind:,} 处变更：运行中的 mulu serve 或 mulu worker 会使它跟上。",
            f"The index is {behind:,} changes behind; `mulu serve` or `mulu worker` brings it up.",
        )
