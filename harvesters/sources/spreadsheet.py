"""Harvests a spreadsheet as bureaus write them: the header is found, its columns are mapped by
synonyms or as a person confirmed, and every row becomes a record with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson

from harvesters import keys
from harvesters.faults import problem
from harvesters.fetched import Fetched, Job, Page, paged
from harvesters.sources.opening import fingerprint, opened
from harvesters.sources.sheets import Row, letters
from harvesters.sources.tables import Table, find_table
from standards import headings
from standards.problems import Problem, Text

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt")


class Spreadsheet:
    """The source `spreadsheet`: the location is a file, a folder of files, or an address; its
    option `sheet` names the sheet to read."""

    name = "spreadsheet"
    label = Text("电子表格", "Spreadsheet")

    def pages(self, job: Job) -> Iterator[Page]:
        """The rows in pages; a checkpoint counts as long as the files are the same."""
        with opened(job.location, job.fetcher, SUFFIXES) as paths:
            mark = fingerprint(paths)
            kept = dict(job.checkpoint or {})
            if kept and kept["fingerprint"] != mark:
                yield Page(again=True)
                kept = {}
            done = kept.get("files", 0)
            tally: Counter[str] = Counter(kept.get("keys", {}))
            columns: dict[str, dict[str, str]] = {}
            for at, path in enumerate(paths[done:], start=done):
                table = find_table(path, job.kind, job.mapping, job.options.get("sheet", ""))
                prefix = f"{path.name}:" if len(paths) > 1 else ""
                columns[f"{prefix}{table.sheet.name}"] = _columns(table)
                mapping = table.mapping.as_dict()
                facts = {"mapping": mapping, "columns": dict(columns)}
                yield Page(facts=facts, notes=table.notes)
                read = kept.pop("read", 0) if at == done else 0

                def state(read: int, at: int = at) -> dict[str, Any]:
                    return {"fingerprint": mark, "files": at, "read": read, "keys": dict(tally)}

                records = _records(table, prefix, tally, read)
                yield from paged(records, state, read)
            yield Page(notes=(keys.note(tally),))


def _columns(table: Table) -> dict[str, str]:
    """The letters of the columns by element, so that a report can name cells."""
    meanings = table.mapping.columns
    return {
        path: letters(table.sheet.first + at)
        for at, heading in enumerate(table.headings)
        if (path := meanings.get(heading))
    }


def _records(table: Table, file: str, tally: Counter[str], done: int) -> Iterator[Fetched]:
    for row in islice(table.rows(), done, None):
        record = _record(table, row, file + table.sheet.place(row.number))
        tally[keys.basis(record.key)] += 1
        yield record


def _record(table: Table, row: Row, place: str) -> Fetched:
    kind = table.mapping.kind
    if not row.cells:
        return Fetched(f"place:{place}", {}, kind, place, problems=row.problems)
    given = table.cells(row)
    values = headings.apply(table.mapping, given)
    key = keys.key(kind, values, table.own_number(given))
    raw = orjson.dumps(given).decode()
    return Fetched(key, values, kind, place, raw=raw, problems=row.problems + _surplus(table, row))


def _surplus(table: Table, row: Row) -> tuple[Problem, ...]:
    more = [cell for cell in row.cells[len(table.headings) :] if cell]
    if not (more and table.sheet.ragged):
        return ()
    return (problem("cells-surplus", value="；".join(more)),)
