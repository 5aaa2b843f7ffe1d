"""What a catalogue service (CSW 2.0.2 and 3.0) answers: its capabilities, and pages of records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from harvesters.faults import HarvestFault, fault, problem
from harvesters.sources.xml_answers import (
    LOST,
    Piece,
    cut_out,
    described,
    name_of,
    named,
    parse_text,
    text_of,
    written,
)
from standards.formats.metadata import metadata_of
from standards.problems import Problem
from standards.xmlparser import XmlFault, parse

RECORDS = ("Record", "SummaryRecord", "BriefRecord", "M[DI]_Metadata")
REQUEST_AT_FAULT = re.compile(r"(?i)InvalidParameter|MissingParameter|NotSupported|Negotiation")
_KEY = re.compile(
    r"<(?:[\w.-]+:)?(?:identifier|fileIdentifier|metadataIdentifier)[\s>].*?>?\s*([^<>\s][^<>]*)<",
    re.DOTALL,
)


class CswException(HarvestFault):
    """An exception report, also one with status 200; `refused` where the request is at fault."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(problem("csw-exception", value=f"{code}: {words}"))
        self.refused = bool(REQUEST_AT_FAULT.search(code))


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server says of itself: its version, where GetRecords is, and what that takes."""

    version: str
    address: str = ""
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    queryables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CswRecord:
    """One record of a page; without metadata it is broken, and its key may be a guess."""

    metadata: etree._Element | None
    raw: str
    key: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """One page. `matched` and `following` are what the server says, None where it says nothing."""

    records: tuple[CswRecord, ...]
    matched: int | None
    following: int | None
    moment: datetime | None = None


def capabilities(body: bytes) -> Capabilities:
    """The answer to GetCapabilities."""
    root = _root(body, "capabilities")
    operations = (each for each in named(root, "operation") if each.get("name") == "GetRecords")
    operation = next(operations, None)
    link = next(named(operation, "get"), None)
    return Capabilities(
        version=root.get("version", ""),
        address=link.get("{http://www.w3.org/1999/xlink}href", "") if link is not None else "",
        parameters={
            each.get("name", "").lower(): tuple(text_of(value) for value in named(each, "value"))
            for each in named(operation, "parameter")
        },
        queryables=tuple(
            text_of(value)
            for each in named(operation, "constraint")
            for value in named(each, "value")
        ),
    )


def results(body: bytes) -> Results:
    """The answer to GetRecords; a page with a broken record still gives the others."""
    try:
        return _results(_root(body, "getrecordsresponse"))
    except XmlFault as error:
        return _salvaged(body, error)


def single(body: bytes) -> CswRecord | None:
    """The answer to GetRecordById: the record in a frame (2.0.2) or by itself (3.0), or none."""
    root = parse(body)
    if name_of(root) == "getrecordbyidresponse":
        return next((_record(each) for each in root if isinstance(each.tag, str)), None)
    return _record(root if metadata_of(root) else _checked(root, "record", body))


def _root(body: bytes, name: str) -> etree._Element:
    """The root of an answer that is what was asked for, and no exception report."""
    try:
        root = parse(body)
    except XmlFault:
        if not re.search(rb"(?i)<(?:[\w.-]+:)?getrecordsresponse[\s>]", body[:8192]):
            raise fault("csw-not-xml", value=described(body)) from None
        raise
    return _checked(root, name, body)


def _checked(root: etree._Element, name: str, body: bytes) -> etree._Element:
    if name_of(root) in {"exceptionreport", "serviceexceptionreport"}:
        said = next((each for each in root if isinstance(each.tag, str)), root)
        raise CswException(said.get("exceptionCode", said.get("code", "")), text_of(said))
    if name_of(root) != name:
        raise fault("csw-not-xml", value=described(body))
    return root


def _results(root: etree._Element) -> Results:
    found = next(named(root, "searchresults"), None)
    status = next(named(root, "searchstatus"), None)
    if found is None:
        raise fault("csw-not-xml", value=f"<{name_of(root)}/>")
    return Results(
        records=tuple(_record(each) for each in found if isinstance(each.tag, str)),
        matched=_number(found.get("numberOfRecordsMatched")),
        following=_number(found.get("nextRecord")),
        moment=_moment(status.get("timestamp", "")) if status is not None else None,
    )


def _record(node: etree._Element) -> CswRecord:
    raw = written(node)
    return CswRecord(node, raw, problems=(problem("undecodable"),) if LOST in raw else ())


def _salvaged(body: bytes, error: XmlFault) -> Results:
    """The records of a page that is not well-formed as a whole, each read by itself. What breaks
    off, so that not even the frame is whole, is asked for again."""
    rest, pieces = cut_out(body, RECORDS)
    try:
        frame = _results(_checked(parse_text(rest), "getrecordsresponse", body))
    except XmlFault:
        raise fault("xml-broken", value=str(error)) from None
    records = tuple(map(_alone, pieces))
    return Results(records, frame.matched, frame.following, frame.moment)


def _alone(piece: Piece) -> CswRecord:
    if piece.element is not None:
        return _record(piece.element)
    key = _KEY.search(piece.text)
    wrong = (piece.broken,) if piece.broken else ()
    return CswRecord(None, piece.text, key.group(1).strip() if key else "", wrong)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.strip().isascii() and text.strip().isdecimal() else None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
