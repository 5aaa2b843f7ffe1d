"""What an OAI-PMH server answers, read with patience."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from harvesters.faults import fault, problem, xml_problem
from harvesters.sources.xml_answers import (
    LOST,
    Piece,
    cut_out,
    described,
    name_of,
    named,
    text_of,
    written,
)
from standards.formats import provenance
from standards.formats.provenance import Hops
from standards.problems import Problem
from standards.xmlparser import XmlFault, parse

_TOKEN = re.compile(
    r"<((?:[\w.-]+:)?resumptionToken)([^>]*)>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE
)


class OaiError(Exception):
    """An error of the protocol, by its code."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(f"{code}: {words}")
        self.code = code


@dataclass(frozen=True, slots=True)
class OaiRecord:
    """One record of a list; the metadata are missing where it is deleted or broken."""

    identifier: str
    deleted: bool
    metadata: etree._Element | None
    raw: str
    problems: tuple[Problem, ...] = ()
    origins: Hops = ()
    """The nodes by which it came to this server, as its provenance tells."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list. `cut` is the fault of an answer that breaks off."""

    records: tuple[OaiRecord, ...]
    token: str = ""
    size: int | None = None
    moment: datetime | None = None
    cut: Problem | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """What a server says of itself, as far as a harvest asks."""

    seconds: bool = False
    deletions: str = "no"


def identity(body: bytes) -> Identity:
    """The answer to Identify."""
    told = {name_of(node): (node.text or "").strip() for node in _root(body).iter(etree.Element)}
    return Identity(
        seconds="T" in told.get("granularity", ""),
        deletions=told.get("deletedrecord", "no").lower(),
    )


def listing(body: bytes) -> Listing:
    """The answer to ListRecords; raises OaiError, or a HarvestFault when it is none."""
    try:
        root = _root(body)
    except XmlFault as error:
        return _salvaged(body, xml_problem(error, f"line {error.line}"))
    records = tuple(_record(node) for node in named(root, "record"))
    token = next(named(root, "resumptiontoken"), None)
    size = token.get("completeListSize") if token is not None else None
    return Listing(
        records=records,
        token=(token.text or "").strip() if token is not None else "",
        size=int(size) if size and size.isdigit() else None,
        moment=_moment(root),
    )


def _root(body: bytes) -> etree._Element:
    """The root of an answer that is OAI-PMH and no error."""
    try:
        root = parse(body)
    except XmlFault:
        if not re.search(rb"<(?:[\w.-]+:)?OAI-PMH[\s>]", body[:4096], re.IGNORECASE):
            raise fault("oai-not-xml", value=described(body)) from None
        raise
    if name_of(root) != "oai-pmh":
        raise fault("oai-not-xml", value=described(body))
    error = next((node for node in root if name_of(node) == "error"), None)
    if error is not None:
        raise OaiError(error.get("code", ""), (error.text or "").strip())
    return root


def _record(node: etree._Element) -> OaiRecord:
    header = next(named(node, "header"), None)
    identifier = next((text_of(each) for each in named(header, "identifier")), "")
    deleted = header is not None and header.get("status", "").strip().lower() == "deleted"
    holder = next(named(node, "metadata"), None)
    metadata = (
        next((child for child in holder if isinstance(child.tag, str)), None)
        if (holder is not None)
        else None
    )
    problems = []
    if not identifier:
        problems.append(problem("oai-identifier-missing"))
    if metadata is None and not deleted:
        problems.append(problem("oai-metadata-missing"))
    raw = written(node)
    if LOST in raw:
        problems.append(problem("undecodable"))
    came = provenance.read(node) if next(named(node, "about"), None) is not None else ()
    return OaiRecord(identifier, deleted, metadata, raw, tuple(problems), came)


def _salvaged(body: bytes, broken: Problem) -> Listing:
    """The records of a page that is not well-formed as a whole, each read by itself."""
    rest, pieces = cut_out(body, ("record",))
    token = _TOKEN.search(rest)
    ended = re.search(r"</(?:[\w.-]+:)?OAI-PMH\s*>\s*$", rest, re.IGNORECASE)
    return Listing(
        records=tuple(map(_alone, pieces)),
        token=token.group(3).strip() if token else "",
        cut=None if ended and pieces else broken,
    )


def _alone(piece: Piece) -> OaiRecord:
    if piece.element is not None:
        return _record(piece.element)
    found = re.search(r"<(?:[\w.-]+:)?identifier\s*>([^<]*)<", piece.text)
    wrong = (piece.broken,) if piece.broken else ()
    return OaiRecord(found.group(1).strip() if found else "", False, None, piece.text, wrong)


def _moment(root: etree._Element) -> datetime | None:
    text = next((text_of(node) for node in named(root, "responsedate")), "")
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
