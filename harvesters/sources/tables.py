"""The table of a spreadsheet: which sheet, which row is its header, what its columns mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from harvesters.faults import fault, problem
from harvesters.sources import delimited, workbook
from harvesters.sources.sheets import HEADER_WITHIN, Row, Sheet
from standards import headings
from standards.headings import ColumnMapping
from standards.problems import Problem
from standards.profile import profile

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
_SHOWN = 20
_LONGEST_HEADING = 60


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with its header understood; `notes` say what was read and what was not."""

    sheet: Sheet
    header: int
    headings: tuple[str, ...]
    mapping: ColumnMapping
    notes: tuple[Problem, ...] = ()

    def rows(self) -> Iterator[Row]:
        """The rows below the header that hold anything; a repeated header is no record."""
        for row in self.sheet.rows():
            filled = row.problems or any(row.cells)
            again = row.cells[: len(self.headings)] == self.headings
            if row.number > self.header and filled and not again:
                yield row

    def cells(self, row: Row) -> dict[str, str]:
        """What stands in a row, by heading; of equal headings the first that speaks."""
        found: dict[str, str] = {}
        for heading, cell in zip(self.headings, row.cells, strict=False):
            if heading and not found.get(heading):
                found[heading] = cell
        return found

    def own_number(self, cells: Mapping[str, str]) -> str:
        """The number that the source gives this record."""
        return cells.get(self.mapping.source_key or "", "")


def find_table(
    path: Path,
    kind: str | None,
    kept: Mapping[str, Any] | None = None,
    sheet: str = "",
    patience: float = workbook.PATIENCE,
) -> Table:
    """The table of a file: the sheet and row that make the best header. `kept` is a mapping that
    was confirmed before, `sheet` the only one to look at. Raises HarvestFault if there is none."""
    confirmed = ColumnMapping.from_dict(kept) if kept else None
    score = partial(_score, kind, confirmed)
    sheets = _sheets(path, score, patience)
    found = [
        (score(row.cells), each, row)
        for each in sheets
        if not sheet or each.name == sheet
        for row in islice(each.rows(), HEADER_WITHIN)
    ]
    best = max(found, key=lambda one: one[0], default=None)
    if best is None or not best[0]:
        if confirmed:
            raise fault("columns-missing", place=path.name, value=_listed(list(_used(confirmed))))
        raise _unknown(path, kind, [row for _, _, row in found])
    _, chosen, row = best
    return _table(chosen, row, kind, confirmed, [each.name for each in sheets])


def _sheets(path: Path, score: delimited.Score, patience: float) -> list[Sheet]:
    if path.suffix.lower() in TEXT_SUFFIXES:
        return [delimited.sheet(path, score)]
    return workbook.sheets(path, patience)


def _table(
    sheet: Sheet, row: Row, kind: str | None, confirmed: ColumnMapping | None, names: list[str]
) -> Table:
    cells = row.cells
    while cells and not cells[-1]:
        cells = cells[:-1]
    mapping = confirmed or headings.propose(cells, kind)
    missing = [name for name in _used(mapping) if name not in cells]
    if missing:
        raise fault("columns-missing", place=sheet.place(row.number), value=_listed(missing))
    notes: list[Problem] = []
    if others := [name for name in names if name != sheet.name]:
        ignored = _listed(others)
        notes.append(_told("sheet-taken", value=sheet.name, row=row.number, ignored=ignored))
    if mapping.unknown:
        notes.append(_told("columns-unmapped", value=_listed(mapping.unknown)))
    return Table(sheet, row.number, cells, mapping, tuple(notes))


def _used(mapping: ColumnMapping) -> Iterator[str]:
    """The columns that mean something."""
    return (name for name, means in mapping.columns.items() if means)


def _score(kind: str | None, confirmed: ColumnMapping | None, cells: tuple[str, ...]) -> int:
    """How many columns a row would explain as a header; none without one that names the record."""
    names = [cell for cell in cells if 0 < len(cell) <= _LONGEST_HEADING]
    if not names:
        return 0
    if confirmed:
        return sum(name in confirmed.columns for name in names)
    mapping = headings.propose(names, kind)
    titles = {element.path for element in profile(mapping.kind).card("title")}
    return len(mapping.paths) if titles & mapping.paths else 0


def _unknown(path: Path, kind: str | None, rows: Sequence[Row]) -> Exception:
    """The fault of a file without a header: what it has, and what at least one would need."""
    widest = max((row.cells for row in rows), key=lambda cells: sum(map(bool, cells)), default=())
    title = profile(kind or "document").card("title")[0]
    expected = "/".join(dict.fromkeys((title.label.zh, *title.headings[:4])))
    return fault(
        "columns-unknown",
        place=path.name,
        value=_listed([cell[:_LONGEST_HEADING] for cell in widest if cell]) or "∅",
        expected=expected,
    )


def _listed(names: Sequence[str]) -> str:
    more = "…" if len(names) > _SHOWN else ""
    return "、".join(f"“{name}”" for name in names[:_SHOWN]) + more


def _told(rule: str, **words: Any) -> Problem:
    return problem(rule, severity="warning", **words)
