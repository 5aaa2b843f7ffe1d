"""CSV and its relatives: encoding and separator are found out, and no cell can fill the memory."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from harvesters.faults import problem
from harvesters.sources.sheets import FIELD_LIMIT, HEADER_WITHIN, Row, Sheet

SEPARATORS = (",", "\t", ";", "|", "，")
LINE_LIMIT = 1_000_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PIECE = 1 << 20
_TOLERATED = 0.02  # undecodable marks per foreign character in a file that is still UTF-8

Score = Callable[[tuple[str, ...]], int]


def sheet(path: Path, score: Score) -> Sheet:
    """The file as a sheet; `score` tells how well a row would do as a header."""
    encoding = encoding_of(path)
    separator = _separator(path, encoding, score)
    return Sheet(path.name, partial(_rows, path, encoding, separator), ragged=True)


def encoding_of(path: Path) -> str:
    """The encoding of a file: by its mark, else UTF-8 where that fits, else GB18030."""
    with path.open("rb") as stream:
        start = stream.read(4096)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    if b"\0" in start:  # only UTF-16 has zero bytes: the upper halves of separators and digits
        return "utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"
    foreign, wrong = _misfits(path, "utf-8")
    if not wrong or wrong <= foreign * _TOLERATED:
        return "utf-8"
    return "gb18030"


def _misfits(path: Path, encoding: str) -> tuple[int, int]:
    """How many characters beyond ASCII the file has in that encoding, and how many do not fit."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    foreign = wrong = 0
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            if piece.isascii():
                continue
            text = decoder.decode(piece)
            wrong += text.count("\ufffd")
            foreign += sum(1 for character in text if character > "\x7f")
    return foreign, wrong


def _separator(path: Path, encoding: str, score: Score) -> str:
    """The separator that makes the best header of one of the first rows, else the most columns."""

    def merit(separator: str) -> tuple[int, int]:
        first = [row.cells for row in islice(_rows(path, encoding, separator), HEADER_WITHIN)]
        return (max(map(score, first), default=0), max(map(len, first), default=0))

    return max(SEPARATORS, key=merit)


def _rows(path: Path, encoding: str, separator: str) -> Iterator[Row]:
    with path.open("rb") as raw:
        lines = _Lines(io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline=""))
        reader = csv.reader(lines, delimiter=separator)
        while True:
            start = lines.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:  # a field beyond the module's own limit, 131,072 characters
                lines.skip_cell()
                yield Row(start, (), (problem("field-too-large", limit=FIELD_LIMIT),))
            else:
                yield _row(start, cells, lines)


def _row(number: int, cells: list[str], lines: _Lines) -> Row:
    if lines.cut:
        return Row(number, (), (problem("field-too-large", limit=FIELD_LIMIT),))
    if lines.unclosed:
        return Row(number, (), (problem("quote-unclosed"),))
    spoilt = any("\ufffd" in cell for cell in cells)
    faults = (problem("undecodable"),) if spoilt else ()
    return Row(number, tuple(cell.strip() for cell in cells), faults)


class _Lines:
    """The physical lines for the parser, none kept beyond a limit, and what the record that is
    being read is made of: its lines and whether its quotation marks are balanced."""

    def __init__(self, text: io.TextIOBase) -> None:
        self.cut = False
        self._text = text
        self._number = 0
        self._lines = 0
        self._odd = False
        self._ended = False

    def begin(self) -> int:
        """Begin a record; the number of its first line."""
        self.cut, self._odd, self._lines = False, False, 0
        return self._number + 1

    @property
    def unclosed(self) -> bool:
        """Whether the file ended within quotation marks."""
        return self._ended and self._odd and self._lines > 1

    def skip_cell(self) -> None:
        """Pass over the rest of a cell that was given up within its quotation marks."""
        while self._odd and next(self, None) is not None:
            pass

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LINE_LIMIT)
        if not line:
            self._ended = True
            raise StopIteration
        self._number += 1
        self._lines += 1
        self._count(line)
        piece = line
        while len(piece) == LINE_LIMIT and not piece.endswith(("\n", "\r")):
            piece = self._text.readline(LINE_LIMIT)
            self.cut = True
            self._count(piece)
        return line

    def _count(self, text: str) -> None:
        if text.count('"') % 2:
            self._odd = not self._odd
