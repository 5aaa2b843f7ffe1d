"""XLSX (and XLS, ODS) workbooks, opened only after their archive is proven whole and bounded."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import python_calamine as calamine

from harvesters.faults import fault, problem
from harvesters.sources.sheets import FIELD_LIMIT, Row, Sheet, as_text

UNFOLDED_LIMIT = 1 << 30


def sheets(path: Path) -> list[Sheet]:
    """The visible sheets of a workbook, in order."""
    _check_archive(path)
    try:
        book = calamine.load_workbook(str(path))
        shown = [
            entry.name
            for entry in book.sheets_metadata
            if entry.visible == calamine.SheetVisibleEnum.Visible
        ]
        return [_sheet(book.get_sheet_by_name(name), name) for name in shown]
    except calamine.PasswordError as error:
        raise fault("encrypted", place=path.name) from error
    except calamine.CalamineError as error:
        raise fault("file-broken", place=path.name, value=str(error)) from error


def _check_archive(path: Path) -> None:
    """A truncated archive has no directory at its end; a bomb says in it how large it becomes."""
    with path.open("rb") as stream:
        if stream.read(2) != b"PK":
            return
    try:
        with zipfile.ZipFile(path) as archive:
            unfolded = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise fault("file-broken", place=path.name, value=str(error)) from error
    if unfolded > UNFOLDED_LIMIT:
        raise fault("file-swollen", place=path.name, value=str(unfolded))


def _sheet(table: calamine.CalamineSheet, name: str) -> Sheet:
    first = table.start[1] if table.start else 0
    return Sheet(name, partial(_rows, table), first)


def _rows(table: calamine.CalamineSheet) -> Iterator[Row]:
    for number, values in enumerate(table.iter_rows(), start=1):
        cells = tuple(as_text(value) for value in values)
        if any(len(cell) > FIELD_LIMIT for cell in cells):
            yield Row(number, (), (problem("field-too-large", limit=FIELD_LIMIT),))
        else:
            yield Row(number, cells)
