"""Harvests a spreadsheet as bureaus write them: the header is found, its columns are mapped by
synonyms or as a person confirmed, and every row becomes a record with its place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice

import orjson

from harvesters import keys
from harvesters.faults import problem
from harvesters.fetched import Fetched, Job, Page
from harvesters.options import Option
from harvesters.sources.opening import opened
from harvesters.sources.sheets import Row, letters
from harvesters.sources.tables import TEXT_SUFFIXES, Table, find_table
from harvesters.sources.walking import Walk
from harvesters.sources.workbook import PATIENCE
from standards import headings
from standards.problems import Problem, Text


class Spreadsheet:
    """The source `spreadsheet`: the location is a file, a folder of files, or an address."""

    name = "spreadsheet"
    label = Text("电子表格", "Spreadsheet")
    suffixes = (".xlsx", ".xlsm", ".xls", ".ods", *TEXT_SUFFIXES)
    options = (
        Option(
            "sheet",
            Text("工作表", "Sheet"),
            explanation=Text(
                "要读的工作表的名称；不写则读最像目录的一张。",
                "The name of the sheet to read; without it, the one most like a directory.",
            ),
        ),
    )

    def pages(self, job: Job) -> Iterator[Page]:
        """The rows in pages; a checkpoint counts as long as the files are the same."""
        with opened(job.location, job.fetcher, self.suffixes) as paths:
            walk = Walk.over(paths, job.checkpoint)
            if walk.again:
                yield Page(again=True)
            columns: dict[str, dict[str, str]] = {}
            for path in walk.rest():
                sheet, patience = job.options.get("sheet", ""), job.patience or PATIENCE
                table = find_table(path, job.kind, job.mapping, sheet, patience)
                prefix = f"{path.name}:" if len(paths) > 1 else ""
                columns[f"{prefix}{table.sheet.name}"] = _columns(table)
                facts = {"mapping": table.mapping.as_dict(), "columns": dict(columns)}
                yield Page(facts=facts, notes=table.notes)
                yield from walk.pages(partial(_records, table, prefix))
            yield Page(notes=keys.notes(walk.tally))


def _columns(table: Table) -> dict[str, str]:
    """The letters of the columns by element, so that a report can name cells."""
    meanings = table.mapping.columns
    return {
        path: letters(table.sheet.first + at)
        for at, heading in enumerate(table.headings)
        if (path := meanings.get(heading))
    }


def _records(table: Table, file: str, done: int) -> Iterator[Fetched]:
    """The records of one table after those that are done."""
    for row in islice(table.rows(), done, None):
        yield _record(table, row, file + table.sheet.place(row.number))


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
