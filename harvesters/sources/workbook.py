"""XLSX (and XLS, ODS) workbooks: proven whole, then unfolded by a process with bounds."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import weakref
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from harvesters.faults import HarvestFault, fault, problem
from harvesters.sources import unfolding
from harvesters.sources.sheets import FIELD_LIMIT, Row, Sheet

UNFOLDED_LIMIT = 1 << 29
PATIENCE = 300.0


def sheets(path: Path, patience: float = PATIENCE) -> list[Sheet]:
    """The visible sheets of a workbook, in order; it is given up after so many seconds."""
    _check_archive(path)
    return _Unfolded(path, patience).sheets()


class _Unfolded:
    """The lines of a workbook in a file that goes when no sheet is read from it any more."""

    def __init__(self, book: Path, patience: float) -> None:
        handle, name = tempfile.mkstemp(prefix="mulu-")
        weakref.finalize(self, os.unlink, name)
        self._path = Path(name)
        with open(handle, "wb") as stream:
            _unfold(book, stream, patience)

    def sheets(self) -> list[Sheet]:
        """Each sheet with where its rows begin and end."""
        begins: list[tuple[dict[str, Any], int, int]] = []
        at = 0
        with self._path.open("rb") as stream:
            for line in stream:
                if line[:1] == b"{":
                    begins.append((orjson.loads(line), at, at + len(line)))
                at += len(line)
        ends = [*(begin for _, begin, _ in begins[1:]), at]
        return [
            Sheet(told["name"], partial(self._rows, start, end), told["first"])
            for (told, _, start), end in zip(begins, ends, strict=True)
        ]

    def _rows(self, start: int, end: int) -> Iterator[Row]:
        with self._path.open("rb") as stream:
            stream.seek(start)
            number = 0
            while start < end:
                line = stream.readline()
                start, number = start + len(line), number + 1
                yield _row(number, orjson.loads(line))


def _row(number: int, cells: list[str] | None) -> Row:
    if cells is None:
        return Row(number, (), (problem("field-too-large", limit=FIELD_LIMIT),))
    return Row(number, tuple(cells))


def _unfold(path: Path, into: BinaryIO, patience: float) -> None:
    command = (sys.executable, "-m", unfolding.__name__, str(path.resolve()))
    try:
        done = subprocess.run(  # noqa: S603  our own module
            command, stdout=into, stderr=subprocess.PIPE, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        raise fault("file-greedy", place=path.name) from None
    if done.returncode:
        raise _fault(path.name, done.returncode, done.stderr.decode(errors="replace"))


def _fault(name: str, code: int, said: str) -> HarvestFault:
    if code == unfolding.ENCRYPTED:
        return fault("encrypted", place=name)
    if code == unfolding.GREEDY or code < 0:
        return fault("file-greedy", place=name)
    last = said.strip().rpartition("\n")[2]
    return fault("file-broken", place=name, value=last)


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
