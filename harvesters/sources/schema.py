"""Harvests the schema of an agency's database: tables and views are resources, columns their data
items. No content is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from harvesters.addresses import anywhere, is_public
from harvesters.faults import fault
from harvesters.fetched import Job, Page
from harvesters.options import Option
from harvesters.options import value as option
from harvesters.sources.databases import AT_ONCE, PREFIX, Access, Column, Table, opened
from harvesters.sources.descriptions import fetched
from standards.formats.described import Described, Field, lines
from standards.problems import Text

_SHOWN = 20
_PLAIN = re.compile(r'[^\s."#:]+')
_CLAUSE = re.compile(r"[，,；;。:：(（\n]")
_LONGEST_NAME = 60


class DatabaseSchema:
    """The source `schema`: the location is a database's address without a password."""

    name = "schema"
    label = Text("数据库结构", "Database schema")
    suffixes = ()
    options = (
        Option(
            "schema",
            Text("模式", "Schema"),
            explanation=Text("不写则为默认模式。", "The default one where none is named."),
        ),
        Option(
            "include",
            Text("只读这些表", "Tables to read"),
            default="*",
            explanation=Text("如 permit_*，几种写法以逗号分开。", "Such as permit_*, a_*."),
        ),
        Option(
            "exclude",
            Text("不读这些表", "Tables to leave out"),
            explanation=Text("写法同上。", "Written in the same way."),
        ),
        Option(
            "password_env",
            Text("口令所在的环境变量", "Variable of the password"),
            explanation=Text(
                f"名称以 {PREFIX} 开头；口令不写在地址里。",
                f"Its name begins with {PREFIX}; the address holds no password.",
            ),
        ),
        Option(
            "statement_seconds",
            Text("一条语句的时限（秒）", "Seconds for a statement"),
            kind="number",
            default=30,
            least=1,
            most=600,
            explanation=Text("超时即停。", "A statement ends then."),
        ),
    )

    def pages(self, job: Job) -> Iterator[Page]:
        """The tables by name, from the one after the checkpoint on."""
        access = Access(
            location=job.location,
            permit=anywhere if option(job.options, "allow_private") else is_public,
            password_env=str(job.options.get("password_env", "")),
            seconds=float(job.options.get("statement_seconds", 30)),
        )
        after = str((job.checkpoint or {}).get("after", ""))
        with opened(access, str(job.options.get("schema", ""))) as schema:
            chosen = [name for name in schema.names if _wanted(job, name)]
            if not chosen:
                raise fault("tables-none", value=schema.name)
            rest = [name for name in chosen if name > after]
            for start in range(0, len(rest), AT_ONCE):
                names = rest[start : start + AT_ONCE]
                tables = (_described(each, schema.product) for each in schema.tables(names))
                yield Page(tuple(map(fetched, tables)), {"after": names[-1]})


def _wanted(job: Job, name: str) -> bool:
    included = _patterns(job, "include") or ["*"]
    return _any(name, included) and not _any(name, _patterns(job, "exclude"))


def _patterns(job: Job, name: str) -> list[str]:
    return [each.strip() for each in str(job.options.get(name, "")).split(",") if each.strip()]


def _any(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _described(table: Table, product: str) -> Described:
    title, meaning = _parted(table.comment, table.name)
    fields = tuple(map(_field, table.columns))
    names = "、".join(each.name for each in fields[:_SHOWN])
    more = "等" if len(fields) > _SHOWN else ""
    kind = "视图" if table.view else "数据表"
    counted = f"{kind}，有 {len(fields)} 个信息项：{names}{more}。"
    said = {
        "title": title,
        "abstract": lines(meaning, counted),
        "formats": "database" if product == "sqlite" else [product],
    }
    place = f"{_quoted(table.schema)}.{_quoted(table.name)}"
    return Described(f"table:{place}", place, said, fields)


def _field(column: Column) -> Field:
    name, meaning = _parted(column.comment, column.name)
    notes = [note for note, true in (("主键", column.key), ("必填", not column.nullable)) if true]
    definition = "；".join(each for each in (meaning, *notes) if each)
    return Field(name, column.type, column.length, definition, column.name)


def _parted(comment: str, name: str) -> tuple[str, str]:
    """What a comment calls a thing, and what it says of it beyond; without a comment its name."""
    comment = comment.strip()
    called = _CLAUSE.split(comment, maxsplit=1)[0].strip()[:_LONGEST_NAME]
    return called or name, "" if called == comment else comment


def _quoted(name: str) -> str:
    """A name as SQL writes it where it holds what parts names."""
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'
