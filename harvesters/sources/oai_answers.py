"""What an OAI-PMH server answers, read with patience: names by their local part in any case, and a
page with one broken record still gives the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from harvesters.faults import fault, problem
from standards.problems import Problem, excerpt
from standards.xmlparser import XmlFault, parse

_RECORD = re.compile(rb"<((?:[\w.-]+:)?record)[\s>].*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TOKEN = re.compile(
    rb"<((?:[\w.-]+:)?resumptionToken)([^>]*)>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE
)
_DECLARED = re.compile(rb"""xmlns(?::[\w.-]+)?\s*=\s*(?:"[^"]*"|'[^']*')""")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


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
    told = {_name(node): (node.text or "").strip() for node in _root(body).iter(etree.Element)}
    return Identity(
        seconds="T" in told.get("granularity", ""),
        deletions=told.get("deletedrecord", "no").lower(),
    )


def listing(body: bytes) -> Listing:
    """The answer to ListRecords; raises OaiError, or a HarvestFault when it is none."""
    try:
        root = _root(body)
    except XmlFault as error:
        return _salvaged(body, problem("xml-broken", place=f"line {error.line}", value=str(error)))
    records = tuple(_record(node) for node in _named(root, "record"))
    token = next(_named(root, "resumptiontoken"), None)
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
            raise fault("oai-not-xml", value=_described(body)) from None
        raise
    if _name(root) != "oai-pmh":
        raise fault("oai-not-xml", value=_described(body))
    error = next((node for node in root if _name(node) == "error"), None)
    if error is not None:
        raise OaiError(error.get("code", ""), (error.text or "").strip())
    return root


def _record(node: etree._Element) -> OaiRecord:
    header = next(_named(node, "header"), None)
    identifier = next((_text(each) for each in _named(header, "identifier")), "")
    deleted = header is not None and header.get("status", "").strip().lower() == "deleted"
    holder = next(_named(node, "metadata"), None)
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
    raw = etree.tostring(node, encoding="unicode", with_tail=False)
    if "\ufffd" in raw:
        problems.append(problem("undecodable"))
    return OaiRecord(identifier, deleted, metadata, raw, tuple(problems))


def _salvaged(body: bytes, broken: Problem) -> Listing:
    """The records of a page that is not well-formed as a whole, each read by itself."""
    declared = b" ".join(dict.fromkeys(_DECLARED.findall(body[: body.find(b"record")])))
    records = [_alone(match.group(0), declared) for match in _RECORD.finditer(body)]
    token = _TOKEN.search(body)
    ended = re.search(rb"</(?:[\w.-]+:)?OAI-PMH\s*>\s*$", body, re.IGNORECASE)
    return Listing(
        records=tuple(records),
        token=token.group(3).decode("utf-8", "replace").strip() if token else "",
        cut=None if ended and records else broken,
    )


def _alone(chunk: bytes, declared: bytes) -> OaiRecord:
    text = _ILLEGAL.sub("\ufffd", chunk.decode("utf-8", "replace"))
    try:
        root = parse(b"<page " + declared + b">" + text.encode() + b"</page>")
    except XmlFault as error:
        found = re.search(r"<(?:[\w.-]+:)?identifier\s*>([^<]*)<", text)
        wrong = problem("xml-broken", value=str(error))
        return OaiRecord(found.group(1).strip() if found else "", False, None, text, (wrong,))
    return _record(root[0])


def _named(node: etree._Element | None, name: str) -> Iterator[etree._Element]:
    if node is not None:
        yield from (each for each in node.iter(etree.Element) if _name(each) == name)


def _name(node: etree._Element) -> str:
    return etree.QName(node).localname.lower()


def _text(node: etree._Element) -> str:
    return "".join(str(piece) for piece in node.itertext()).strip()


def _moment(root: etree._Element) -> datetime | None:
    text = next((_text(node) for node in _named(root, "responsedate")), "")
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _described(body: bytes) -> str:
    """What was answered instead, by its beginning."""
    start = body.lstrip()[:300].decode("utf-8", "replace")
    if re.match(r"<!doctype html|<html", start, re.IGNORECASE):
        title = re.search(r"<title[^>]*>([^<]*)", body[:20000].decode("utf-8", "replace"))
        return f"HTML “{title.group(1).strip()}”" if title else "HTML"
    return f"“{excerpt(start, 80)}”" if start else "∅"
