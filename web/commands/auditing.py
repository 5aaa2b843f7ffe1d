"""`mulu audit`: the audit log proved where it is kept, and as a file on any other machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import BinaryIO, cast

import click

from catalog import audit as audits
from catalog import audit_files
from catalog.audit_files import FileVerdict, Kind
from standards.problems import Text
from web.commands.console import (
    REJECTED,
    directory,
    json_option,
    language,
    print_json,
    say,
    told,
    words,
)

FAULTS: dict[Kind, Text] = {
    Kind.HEADER: Text("文件头缺失或被改动", "the header is missing or was changed"),
    Kind.CHANGED: Text("被改动", "was changed"),
    Kind.MISSING: Text("缺失", "is missing"),
    Kind.OUT_OF_ORDER: Text("次序不对", "is out of order"),
    Kind.REPEATED: Text("此处重复了前面的事件", "an earlier event stands in its place once more"),
    Kind.BROKEN: Text("与前一事件不相接", "does not follow the event before it"),
    Kind.FORM: Text("不是规范的写法", "is not written in the canonical form"),
    Kind.CUT: Text("文件到此被截断", "the file is cut off here"),
    Kind.CLOSING: Text("末行与前文不符", "the closing line does not agree with what is above it"),
    Kind.APPENDED: Text("末行之后还有内容", "something follows the closing line"),
    Kind.HEAD: Text(
        "链中没有另行保存的末端：文件被截断、重写或早于它",
        "the head kept elsewhere is not in the chain: it was cut, written anew, or is older",
    ),
}


@click.group()
def audit() -> None:
    """The audit log, a chain of hashes."""


def _head(_context: click.Context, _option: click.Parameter, value: str | None) -> str:
    digits = (value or "").strip().lower()
    if digits and (len(digits) != 64 or set(digits) - set("0123456789abcdef")):
        raise click.BadParameter(words("应为 64 位十六进制数", "is 64 hexadecimal digits"))
    return digits


@audit.command("verify")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, allow_dash=True)
)
@click.option("--head", "kept", callback=_head, help="A head kept elsewhere: must be in the chain.")
@json_option
def verify(file: str | None, kept: str, as_json: bool) -> None:
    """Check every link of the audit log, or of an exported FILE (`-`: standard input).

    A FILE is verified alone: no database, no settings and no network are needed. Exit code 1 and
    the place when something does not agree.

    Example: mulu audit verify audit-2026.jsonl --head 9f2c…
    """
    if not file:
        _verify_database(kept, as_json)
    else:
        with told(), click.open_file(file, "rb") as opened:
            verdict = audit_files.verify(cast("BinaryIO", opened), kept)
        _tell_file(verdict, as_json)


@audit.command("export")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
def export(file: str) -> None:
    """Write the audit log with its chain to FILE (`-`: standard output), to be verified anywhere.

    Example: mulu audit export audit-2026.jsonl && mulu audit verify audit-2026.jsonl
    """
    with directory() as parts, told():
        pieces = audits.export(parts.database, parts.clock.now())
        if file == "-":
            sys.stdout.buffer.writelines(pieces)
            return
        _replace(file, pieces)
    say(f"审计日志已写入 {file}。", f"The audit log is in {file}.")


def _verify_database(kept: str, as_json: bool) -> None:
    with directory() as parts, parts.database.reading() as session:
        verdict = audits.verify(session, kept)
    if as_json:
        print_json({**asdict(verdict), "ok": verdict.ok})
    elif verdict.ok:
        _tell_whole(verdict.count, verdict.head, verdict.kept_at)
    else:
        click.echo(
            words(
                f"审计日志在第 {verdict.broken_at} 条断裂：{verdict.reason}",
                f"The audit log is broken at event {verdict.broken_at}: {verdict.reason}",
            )
        )
    raise SystemExit(0 if verdict.ok else REJECTED)


def _tell_file(verdict: FileVerdict, as_json: bool) -> None:
    fault = verdict.fault
    said = FAULTS[fault.kind].in_language(language()) if fault else ""
    if as_json:
        found = {**asdict(fault), "message": said} if fault else None
        print_json({**asdict(verdict), "fault": found, "ok": verdict.ok})
    elif fault is None:
        _tell_whole(verdict.count, verdict.head, verdict.kept_at)
    else:
        event = words(f"（第 {fault.event} 条事件）", f" (event {fault.event})")
        place = words(f"第 {fault.line} 行", f"line {fault.line}") + (event if fault.event else "")
        good = words(
            f"此前 {verdict.count:,} 条事件完好。",
            f"{verdict.count:,} events before that hold.",
        )
        click.echo(f"{place}{words('：', ': ')}{said}{words('。', '. ')}{good}")
    raise SystemExit(0 if verdict.ok else REJECTED)


def _tell_whole(count: int, head: str, kept_at: int) -> None:
    click.echo(
        words(
            f"审计日志完整：{count:,} 条，末端 {head}",
            f"The audit log is whole: {count:,} events, head {head}",
        )
    )
    if kept_at:
        click.echo(
            words(f"另行保存的末端是第 {kept_at} 条。", f"The head kept is event {kept_at}.")
        )


def _replace(file: str, pieces: Iterable[bytes]) -> None:
    """The file appears under its name only when it is whole; only its owner may read it."""
    part = f"{file}.part"
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
            opened.writelines(pieces)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(part, file)
    except BaseException:
        if os.path.exists(part):
            os.remove(part)
        raise
