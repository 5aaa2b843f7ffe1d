"""What servers answer in XML, read with patience: names by their local part in any case, a page
with one broken record still gives the others, and what is no XML is described in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from harvesters.faults import problem
from standards.problems import Problem, excerpt
from standards.xmlparser import XmlFault, encoding_of, parse

LOST = "\ufffd"
"""Stands for bytes that could not be decoded."""

_DECLARED = re.compile(r"""xmlns(?::[\w.-]+)?\s*=\s*(?:"[^"]*"|'[^']*')""")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Piece:
    """One record cut out of an answer; without an element it is broken, and `broken` says how."""

    element: etree._Element | None
    text: str
    broken: Problem | None = None


def cut_out(body: bytes, names: tuple[str, ...]) -> tuple[str, list[Piece]]:
    """An answer that is not well-formed as a whole: what is left of it without its records, and
    the records, which are the elements of these names, each read by itself."""
    text = _ILLEGAL.sub(LOST, decoded(body))
    record = re.compile(
        rf"<((?:[\w.-]+:)?(?:{'|'.join(names)}))(?=[\s>]).*?</\1\s*>", re.DOTALL | re.IGNORECASE
    )
    first = record.search(text)
    head = text[: first.start()] if first else text
    declared = " ".join(dict.fromkeys(_DECLARED.findall(head)))
    pieces = [_piece(match.group(0), declared) for match in record.finditer(text)]
    return record.sub("", text), pieces


def decoded(body: bytes) -> str:
    """The text of an answer by its declaration, with marks where bytes could not be decoded."""
    try:
        return body.decode(encoding_of(body), "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def parse_text(text: str) -> etree._Element:
    """The root of a document that is text already; XmlFault as `parse` raises it."""
    return parse(_DECLARATION.sub("", text, count=1).encode())


def name_of(node: etree._Element) -> str:
    """The local name, in lower case."""
    return str(node.tag).rpartition("}")[2].lower()


def named(node: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """The node and all below it of that local name."""
    if node is not None:
        yield from (each for each in node.iter(etree.Element) if name_of(each) == name)


def text_of(node: etree._Element) -> str:
    """All the text in it, trimmed."""
    return "".join(str(piece) for piece in node.itertext()).strip()


def written(node: etree._Element) -> str:
    """The element as it is kept beside a record."""
    return etree.tostring(node, encoding="unicode", with_tail=False)


def described(body: bytes) -> str:
    """What was answered instead, by its beginning."""
    start = body.lstrip()[:300].decode("utf-8", "replace")
    if re.match(r"<!doctype html|<html", start, re.IGNORECASE):
        title = re.search(r"<title[^>]*>([^<]*)", body[:20000].decode("utf-8", "replace"))
        return f"HTML “{title.group(1).strip()}”" if title else "HTML"
    return f"“{excerpt(start, 80)}”" if start else "∅"


def _piece(text: str, declared: str) -> Piece:
    try:
        root = parse(f"<page {declared}>{text}</page>".encode())
    except XmlFault as error:
        return Piece(None, text, problem("xml-broken", value=str(error)))
    return Piece(root[0], text)
