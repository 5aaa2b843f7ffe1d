"""Cuts a stream of XML into pieces that end where a record ends, with stray ampersands escaped.

A parser that is fed keeps waiting for the end of ``a & b``, and takes the rest of the file for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_CHUNK = 1 << 16
_TAIL = 256  # longer than any end tag that a cut might divide
_MARK = re.compile(rb"<!\[CDATA\[|<!--|&(?!#?[\w.:\x80-\xff-]{1,60};)")
_ENDS = {b"<![CDATA[": b"]]>", b"<!--": b"-->"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes to feed, the line on which they end, and the lines of ampersands that were escaped."""

    data: bytes
    line: int
    strays: tuple[int, ...] = ()


def pieces(stream: BinaryIO, head: bytes, name: str, encoding: str) -> Iterator[Piece]:
    """The stream, after its head, in pieces that end with the end tag of `name` where they can."""
    boundary = _boundary(name, encoding)
    repair = _Repair()
    for data in _cut(stream, head, boundary):
        yield repair.piece(data) if boundary else Piece(data, 0)


def _cut(stream: BinaryIO, head: bytes, boundary: re.Pattern[bytes] | None) -> Iterator[bytes]:
    rest, chunk = b"", head
    while chunk:
        rest += chunk
        start = 0
        while boundary and (found := boundary.search(rest, start)):
            yield rest[start : found.end()]
            start = found.end()
        keep = _between_marks(rest, start) if boundary else len(rest)
        if keep > start:
            yield rest[start:keep]
        rest = rest[keep:]
        chunk = stream.read(_CHUNK)
    if rest:
        yield rest


def _between_marks(data: bytes, start: int) -> int:
    """Where to cut what has no boundary: before the last markup that may go on in the next."""
    keep = len(data) - _TAIL
    last = max(data.rfind(b"&", keep - _TAIL, keep), data.rfind(b"<", keep - _TAIL, keep))
    return max(start, last if last > start else keep)


def _boundary(name: str, encoding: str) -> re.Pattern[bytes] | None:
    """The end tag of a record, in encodings whose ASCII bytes mean ASCII."""
    try:
        written = name.encode(encoding)
        if "<".encode(encoding) != b"<":
            return None
    except (LookupError, UnicodeEncodeError):
        return None
    return re.compile(rb"</(?:[^\s<>:]{1,60}:)?" + re.escape(written) + rb"\s{0,20}>")


class _Repair:
    """Escapes stray ampersands, except where they may stand: in CDATA sections and comments."""

    def __init__(self) -> None:
        self.line = 1
        self.until = b""

    def piece(self, data: bytes) -> Piece:
        """The piece with its strays escaped."""
        done, at = bytearray(), 0
        strays: list[int] = []
        while at < len(data):
            if self.until:
                end = data.find(self.until, at)
                stop = len(data) if end < 0 else end + len(self.until)
                self.until = self.until if end < 0 else b""
                done += data[at:stop]
                at = stop
                continue
            mark = _MARK.search(data, at)
            if mark is None:
                break
            done += data[at : mark.end()]
            at = mark.end()
            if mark.group() in _ENDS:
                self.until = _ENDS[mark.group()]
            else:
                done += b"amp;"
                strays.append(self.line + data.count(b"\n", 0, at))
        self.line += data.count(b"\n")
        return Piece(bytes(done + data[at:]) if done else data, self.line, tuple(strays))
