"""The one XML parser: no document types, no entities, no network, bounded sizes, any encoding.

``parse`` reads a small document whole; ``iterate`` reads the records of a file of any size one at
a time and goes on after a broken one.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from lxml import etree

from standards.problems import Problem
from standards.rules import problem

MOST_BYTES = 64 * 2**20
"""The largest document that is read whole, and the largest single record of a file."""

_CHUNK = 1 << 16
_MOST_ERRORS = 1000
_HEAD = 1 << 18
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_SMALLER = {"gb2312", "gbk", "x-gbk", "cp936", "gb_2312-80"}  # subsets of what such files contain
_STRUCTURE = {
    etree.ErrorTypes.ERR_TAG_NAME_MISMATCH,
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED,
    etree.ErrorTypes.ERR_DOCUMENT_END,
}


class XmlFault(ValueError):
    """The XML cannot be read, or not further than here."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message

    def problem(self, path: str = "") -> Problem:
        """The fault as a problem for a report."""
        return problem("not-well-formed", path=path, value=self.message, line=self.line or None)


@dataclass(frozen=True, slots=True)
class Node:
    """One record of a file. It must be used before the next one is asked for."""

    element: etree._Element
    place: str
    faults: tuple[XmlFault, ...]


def parse(data: bytes) -> etree._Element:
    """The root of a document; XmlFault if it is too large, malformed or has a document type."""
    if len(data) > MOST_BYTES:
        raise XmlFault(0, f"the document is larger than {MOST_BYTES} bytes")
    _open(data)
    parser = etree.XMLParser(
        encoding=_override(data),
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise _fault(error) from None


def iterate(stream: BinaryIO, alone: frozenset[str] = frozenset()) -> Iterator[Node]:
    """The records of a stream: the children of its root, or the root if it is itself a record.

    A root is itself a record if its name is in `alone` or its first child has no children. What is
    not well formed is noted at the record in which it stands; XmlFault follows the last record if
    the file is cut off or its tags do not match, so that it cannot be taken for complete.
    """
    head = stream.read(_HEAD)
    outline = _open(head)
    if len(outline.names) == 1:  # a collection without records
        parse(head)
        return
    records = _Records(outline, alone, head)
    for piece in _pieces(stream, head, records.boundary):
        yield from records.feed(piece)
    yield from records.close()


class _Outline:
    """A parser target that sees how a document begins: refuses document types, then stops."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.flat = True
        self.done = False

    def doctype(self, name: str, _public: str | None, _system: str | None) -> None:
        """Raise XmlFault before a single entity of the document type is read."""
        raise XmlFault(1, f"a document type is not allowed (<!DOCTYPE {name[:40]})")

    def start(self, tag: str | bytes, attrib: object) -> None:
        """Note the names down to the first record's first field."""
        self.names.append(str(tag))
        if len(self.names) == 3:
            self.flat = False
            raise _Seen

    def end(self, tag: str | bytes) -> None:
        """An element ends before it had a child."""
        raise _Seen

    def data(self, data: str | bytes) -> None:
        """Text does not matter here."""

    def comment(self, text: str | bytes) -> None:
        """Comments neither."""

    def close(self) -> None:
        """Nothing is built."""


class _Seen(Exception):
    """Not an error: enough of the document has been seen."""


def _open(head: bytes) -> _Outline:
    """How the document begins; XmlFault if it is no XML or has a document type."""
    outline = _Outline()
    parser = etree.XMLParser(
        target=outline, encoding=_override(head), resolve_entities=False, no_network=True
    )
    try:
        parser.feed(head)
        parser.close()
    except _Seen:
        pass
    except (etree.XMLSyntaxError, LookupError) as error:
        if not outline.names:
            raise _fault(error) from None
    if not outline.names:
        raise XmlFault(1, "there is no element")
    return outline


class _Records:
    """Feeds a recovering parser piece by piece and tells which record each error is in."""

    def __init__(self, outline: _Outline, alone: frozenset[str], head: bytes) -> None:
        single = outline.flat or _local(outline.names[0]).casefold() in alone
        self.root, self.tag = _local(outline.names[0]), outline.names[0 if single else 1]
        self.place = f"/{self.root}" if single else f"/{self.root}/{_local(self.tag)}"
        self.single = single
        self.boundary = _boundary(_local(self.tag), _encoding(head))
        self.parser = etree.XMLPullParser(
            ("end",),
            tag=self.tag,
            recover=True,
            huge_tree=True,  # one long field must not end the file: sizes are bounded here
            encoding=_override(head),
            resolve_entities=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
        )
        self.count = self.seen = self.bytes = 0
        self.faults: list[XmlFault] = []
        self.broken: XmlFault | None = None

    def feed(self, piece: bytes) -> Iterator[Node]:
        """The records that end in this piece."""
        self.bytes += len(piece)
        if self.bytes > MOST_BYTES:
            raise XmlFault(0, f"one record is larger than {MOST_BYTES} bytes")
        try:
            self.parser.feed(piece)
        except (etree.XMLSyntaxError, LookupError) as error:
            raise _fault(error) from None
        self._note()
        yield from self._ended()

    def close(self) -> Iterator[Node]:
        """What is left at the end of the file, and the fault that the file as a whole has."""
        try:
            self.parser.close()
        except (etree.XMLSyntaxError, LookupError) as error:
            self.broken = self.broken or _fault(error)
        self._note()
        yield from self._ended()
        if self.broken or self.faults:
            raise self.broken or self.faults[0]

    def _note(self) -> None:
        log = self.parser.feed_error_log
        for entry in log[self.seen :]:
            if entry.level >= etree.ErrorLevels.ERROR:
                fault = XmlFault(entry.line, entry.message)
                self.faults.append(fault)
                if entry.type in _STRUCTURE:
                    self.broken = self.broken or fault
        self.seen = len(log)
        if self.seen > _MOST_ERRORS:
            raise XmlFault(self.faults[0].line if self.faults else 0, "too many errors")

    def _ended(self) -> Iterator[Node]:
        for _, element in self.parser.read_events():
            if not isinstance(element, etree._Element):
                continue
            self.count += 1
            place = self.place if self.single else f"{self.place}[{self.count}]"
            line = element.sourceline
            yield Node(element, f"{place} L{line}" if line else place, tuple(self.faults))
            self.faults.clear()
            self.bytes = 0
            _forget(element)


def _forget(element: etree._Element) -> None:
    """Free a record and what stands before it, so that memory stays flat."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _pieces(stream: BinaryIO, head: bytes, boundary: re.Pattern[bytes] | None) -> Iterator[bytes]:
    """The stream in pieces that end where a record ends, as far as the boundary tells."""
    rest = b""
    chunk = head
    while chunk:
        rest += chunk
        start = 0
        while boundary and (found := boundary.search(rest, start)):
            yield rest[start : found.end()]
            start = found.end()
        keep = max(start, len(rest) - 256 if boundary else len(rest))
        if keep > start:
            yield rest[start:keep]
        rest = rest[keep:]
        chunk = stream.read(_CHUNK)
    if rest:
        yield rest


def _boundary(name: str, encoding: str) -> re.Pattern[bytes] | None:
    """The end tag of a record, in encodings whose ASCII bytes mean ASCII."""
    try:
        written = name.encode(encoding)
        if "<".encode(encoding) != b"<":
            return None
    except (LookupError, UnicodeEncodeError):
        return None
    return re.compile(rb"</(?:[^\s<>:]{1,60}:)?" + re.escape(written) + rb"\s{0,20}>")


def _encoding(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    declared = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8))
    return declared.group(1).decode("ascii").lower() if declared else "utf-8"


def _override(head: bytes) -> str | None:
    """Files that say GB2312 or GBK are read as GB18030, which contains both and what they hold."""
    return "gb18030" if _encoding(head) in _SMALLER else None


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _fault(error: Exception) -> XmlFault:
    line = error.lineno if isinstance(error, etree.XMLSyntaxError) else 0
    return XmlFault(line or 0, str(error.args[0] if error.args else error)[:300])
