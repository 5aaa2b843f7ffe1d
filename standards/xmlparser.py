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
from standards.xmlpieces import Piece, pieces

MOST_BYTES = 64 * 2**20
"""The largest document that is read whole, and the largest single record of a file."""

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


class DocumentType(XmlFault):
    """The XML has a document type, which may hold anything and is never read."""


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
    for piece in pieces(stream, head, records.name, encoding_of(head)):
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
        raise DocumentType(1, f"a document type is not allowed (<!DOCTYPE {name[:40]})")

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
        self.name = _local(self.tag)
        self.parser = etree.XMLPullParser(
            ("start", "end"),
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
        self.open: list[tuple[str, list[XmlFault]]] = []
        self.broken: XmlFault | None = None

    def feed(self, piece: Piece) -> Iterator[Node]:
        """The records that end in this piece."""
        self.bytes += len(piece.data)
        if self.bytes > MOST_BYTES:
            raise XmlFault(piece.line, f"one record is larger than {MOST_BYTES} bytes")
        try:
            self.parser.feed(piece.data)
        except (etree.XMLSyntaxError, LookupError) as error:
            raise _fault(error) from None
        strays = [XmlFault(line, "an & that is not written &amp;") for line in piece.strays]
        yield from self._ended([*strays, *self._noted()])

    def close(self) -> Iterator[Node]:
        """What is left at the end of the file, and the fault that the file as a whole has."""
        try:
            self.parser.close()
        except (etree.XMLSyntaxError, LookupError) as error:
            self.broken = self.broken or _fault(error)
        faults = self._noted()
        yield from self._ended(faults)
        if self.broken or faults:
            raise self.broken or faults[0]

    def _noted(self) -> list[XmlFault]:
        """What is wrong in the piece that was just fed."""
        log = self.parser.feed_error_log
        faults = []
        for entry in log[self.seen :]:
            if entry.level >= etree.ErrorLevels.ERROR:
                faults.append(XmlFault(entry.line, entry.message))
                if entry.type in _STRUCTURE:
                    self.broken = self.broken or faults[-1]
        self.seen = len(log)
        if self.seen > _MOST_ERRORS:
            raise XmlFault(log[-1].line, "too many errors")
        return faults

    def _ended(self, faults: list[XmlFault]) -> Iterator[Node]:
        """The records that ended; the faults belong to the last of them or to the open one."""
        events = list(self.parser.read_events())
        last = max((at for at, (event, _) in enumerate(events) if event == "end"), default=-1)
        for at, (event, element) in enumerate(events):
            if not isinstance(element, etree._Element):
                continue
            if event == "start":
                self.open.append((self._placed(element), []))
                continue
            place, own = self.open.pop()
            own.extend(faults if at == last else ())
            yield Node(element, place, tuple(own))
            self.bytes = 0
            _forget(element, whole=not self.open)
        if last < 0 and self.open:
            self.open[-1][1].extend(faults)

    def _placed(self, element: etree._Element) -> str:
        self.count += 1
        place = self.place if self.single else f"{self.place}[{self.count}]"
        return f"{place} L{element.sourceline}" if element.sourceline else place


def _forget(element: etree._Element, *, whole: bool) -> None:
    """Free a record and what stands before it, so that memory stays flat.

    Inside a record that was never closed only records go: the rest is still to be read.
    """
    element.clear()
    parent, before = element.getparent(), element.getprevious()
    while parent is not None and before is not None and (whole or before.tag == element.tag):
        parent.remove(before)
        before = element.getprevious()


def encoding_of(head: bytes) -> str:
    """The encoding that a document declares; GB2312 and GBK are read as GB18030."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    declared = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8))
    name = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    return "gb18030" if name in _SMALLER else name


def _override(head: bytes) -> str | None:
    """Files that say GB2312 or GBK are read as GB18030, which contains both and what they hold."""
    return "gb18030" if encoding_of(head) == "gb18030" else None


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _fault(error: Exception) -> XmlFault:
    line = error.lineno if isinstance(error, etree.XMLSyntaxError) else 0
    return XmlFault(line or 0, str(error.args[0] if error.args else error)[:300])
