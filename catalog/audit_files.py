"""The audit log as a file that proves itself: written and verified without any database.

One line of JSON for each event, between a header and a closing line; `docs/audit.md` is the format.
The bytes behind ``"event":`` are those that were hashed, so a verifier only has to cut them out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, BinaryIO

import orjson

START = "0" * 64
"""What stands before the first event, in the place of a hash."""
FORMAT, VERSION = "mulu-audit", 1
HOW = (
    'SHA-256 over the bytes between "event": and ,"hash": of the line, which hold the hash of the '
    "event before as previous (64 zeros before the first)"
)
FIELDS = frozenset(("previous", "seq", "at", "actor", "action", "entry", "details"))
LINE = re.compile(rb'\{"(header|event|closing)":(.*),"hash":"([0-9a-f]{64})"\}\n')
LONGEST = 16 * 1024 * 1024
"""Of a line: what is sent to the directory is a fourth of that at most."""
CHUNK = 64 * 1024


class Kind(StrEnum):
    """What can be wrong with a file."""

    HEADER = "header"
    CHANGED = "changed"
    MISSING = "missing"
    OUT_OF_ORDER = "out-of-order"
    REPEATED = "repeated"
    BROKEN = "does-not-follow"
    FORM = "not-canonical"
    CUT = "cut-off"
    CLOSING = "closing"
    APPENDED = "appended"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong first, in which line, and which event should stand there."""

    kind: Kind
    line: int
    event: int | None = None


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """How many events hold, the hash of the last of them, and the first fault.

    ``kept_at`` is the event whose hash was kept elsewhere (0: none was given).
    """

    count: int
    head: str
    fault: Fault | None = None
    kept_at: int = 0

    @property
    def ok(self) -> bool:
        """Whether the file is whole."""
        return self.fault is None


def canonical(event: Mapping[str, Any]) -> bytes:
    """What is hashed of an event: JSON in UTF-8, keys sorted, no blanks, moments in UTC with
    microseconds.
    """
    told = {name: event[name] for name in FIELDS}
    if isinstance(told["at"], datetime):
        told["at"] = written_moment(told["at"])
    return _json(told)


def hash_of(body: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(body).hexdigest()


def written_moment(moment: datetime) -> str:
    """A moment as the log writes it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def write(events: Iterable[Mapping[str, Any]], count: int, now: datetime) -> Iterator[bytes]:
    """The file, line by line, of ``count`` events with their hashes, oldest first."""
    digest, head, written = hashlib.sha256(), START, 0
    first = {"count": count, "exported": written_moment(now), "format": FORMAT, "hash": HOW}
    line = _line("header", _json({**first, "version": VERSION}))
    digest.update(line)
    yield line
    for event in events:
        line = _line("event", canonical(event), event["hash"])
        digest.update(line)
        head, written = event["hash"], written + 1
        yield line
    yield _closing(written, head, digest.hexdigest())


def chunks(lines: Iterable[bytes], size: int = CHUNK) -> Iterator[bytes]:
    """The same bytes in pieces that are worth sending."""
    held: list[bytes] = []
    length = 0
    for line in lines:
        held.append(line)
        length += len(line)
        if length >= size:
            yield b"".join(held)
            held, length = [], 0
    yield b"".join(held)


def verify(file: BinaryIO, kept: str = "") -> FileVerdict:
    """Read a file once, from its first byte to its last, and stop at the first fault.

    ``kept`` is a head that was kept elsewhere: the chain must lead through it, or it was cut or
    written anew.
    """
    reading = _Reading(file, kept)
    try:
        reading.header()
        reading.events()
        reading.closing()
    except _Found as found:
        return FileVerdict(reading.count, reading.head, found.fault, reading.kept_at)
    return FileVerdict(reading.count, reading.head, None, reading.kept_at)


class _Found(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.kind)
        self.fault = fault


class _Reading:
    """A file being verified: how far it was read, and what was seen so far."""

    def __init__(self, file: BinaryIO, kept: str) -> None:
        self.file, self.kept = file, kept
        self.kept_at = 0
        self.count, self.head, self.line = 0, START, 0
        self._digest = hashlib.sha256()
        self._promised: Any = None
        self._raw = b""

    def header(self) -> None:
        """The first line: ours, and as it was written."""
        body = self._opened(self._next(Kind.HEADER), "header", Kind.HEADER)
        told = _parsed(body)
        if told is None or (told.get("format"), told.get("version")) != (FORMAT, VERSION):
            raise self._fault(Kind.HEADER)
        self._promised = told.get("count")

    def events(self) -> None:
        """Every event: as it was hashed, in its place, chained to the one before."""
        while not (raw := self._next(Kind.CUT)).startswith(b'{"closing":'):
            body = self._opened(raw, "event", Kind.FORM)
            event = _parsed(body)
            if event is None or event.keys() != FIELDS or not isinstance(event["seq"], int):
                raise self._fault(Kind.FORM)
            if event["seq"] != self.count + 1:
                raise self._fault(self._misplaced(event["seq"]))
            if event["previous"] != self.head:
                raise self._fault(Kind.BROKEN)
            self.count, self.head = event["seq"], hash_of(body)
            if self.head == self.kept:
                self.kept_at = self.count

    def closing(self) -> None:
        """The last line agrees with every byte above it, and nothing follows."""
        if self._raw != _closing(self.count, self.head, self._digest.hexdigest()):
            raise _Found(Fault(Kind.CLOSING, self.line))
        if self._promised != self.count:
            raise _Found(Fault(Kind.HEADER, 1))
        if self.file.read(1):
            raise _Found(Fault(Kind.APPENDED, self.line + 1))
        if self.kept and self.kept != START and not self.kept_at:
            raise _Found(Fault(Kind.HEAD, self.line))

    def _next(self, at_end: Kind) -> bytes:
        """The next line. The digest has seen all lines before it."""
        self._digest.update(self._raw)
        self.line += 1
        self._raw = self.file.readline(LONGEST)
        if not self._raw:
            raise self._fault(at_end)
        if not self._raw.endswith(b"\n"):
            raise self._fault(Kind.FORM if len(self._raw) == LONGEST else Kind.CUT)
        return self._raw

    def _opened(self, raw: bytes, name: str, otherwise: Kind) -> bytes:
        """What a line holds, provided it is such a line and its hash is that of what it holds."""
        match = LINE.fullmatch(raw)
        if match is None or match[1] != name.encode():
            raise self._fault(otherwise)
        if hash_of(match[2]) != match[3].decode():
            raise self._fault(otherwise if otherwise is Kind.HEADER else Kind.CHANGED)
        return match[2]

    def _misplaced(self, seq: int) -> Kind:
        """Why another event stands here than should: whether the right one comes later."""
        if seq <= self.count:
            return Kind.REPEATED
        wanted = b'"seq":%d},"hash":"' % (self.count + 1)
        while raw := self.file.readline(LONGEST):
            if wanted in raw[-120:]:
                return Kind.OUT_OF_ORDER
        return Kind.MISSING

    def _fault(self, kind: Kind) -> _Found:
        return _Found(Fault(kind, self.line, self.count + 1 if self.line > 1 else None))


def _line(name: str, body: bytes, told: str = "") -> bytes:
    return b'{"%s":%s,"hash":"%s"}\n' % (name.encode(), body, (told or hash_of(body)).encode())


def _closing(count: int, head: str, digest: str) -> bytes:
    return _line("closing", _json({"count": count, "digest": digest, "head": head}))


def _json(value: Mapping[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _parsed(body: bytes) -> dict[str, Any] | None:
    """An object that is written as we write it; None for anything else."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return told if isinstance(told, dict) and _json(told) == body else None
