"""Graphs out of Turtle, RDF/XML and JSON-LD, each guarded before the parser sees it: no document
types, nothing fetched, bounded in size, triples and nesting."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from rdflib import Graph
from rdflib.namespace import RDFS
from rdflib.plugins.parsers.jsonld import to_rdf
from rdflib.plugins.stores.memory import SimpleMemory

from standards.formats import contexts, turtle
from standards.problems import excerpt
from standards.xmlparser import XmlFault, parse

MOST_BYTES = 48 * 2**20
MOST_TRIPLES = 1_000_000
DEEPEST = 60
_TRIED, _TRIED_FREELY = 6, 1_000_000
"""So many times its length, and so many characters beside, of a document are tried for what is
broken in it."""
_MOST_BROKEN = 500
_MEDIA = {
    "text/turtle": "turtle",
    "application/x-turtle": "turtle",
    "application/n-triples": "turtle",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
    "application/json": "json-ld",
}
_XML = re.compile(rb"\s*<(?:\?xml|!--|!DOCTYPE|rdf:RDF|[\w.-]+:?[\w.-]*\s+xmlns)", re.IGNORECASE)
_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_JSON = re.compile(rb"\s*\[?\s*\{")
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_BARE = ("ID", "about", "resource", "nodeID", "datatype", "parseType")


class RdfFault(ValueError):
    """The document cannot be read, or not further than this."""

    def __init__(self, kind: str, words: str = "", line: int = 0) -> None:
        super().__init__(f"{kind}: {words}")
        self.kind, self.words, self.line = kind, words, line


@dataclass(frozen=True, slots=True)
class Broken:
    """A statement that could not be read: where it stands, why, and its text."""

    line: int
    reason: str
    text: str


@dataclass(slots=True)
class Read:
    """A graph and what was wrong with the document that it was read from."""

    graph: Graph
    broken: list[Broken] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    """Prefixes that were taken for what they usually mean."""
    unknown: list[str] = field(default_factory=list)
    """Addresses of contexts that were not fetched."""


class _Bounded(SimpleMemory):
    """A store that refuses to grow without end."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def add(self, triple: Any, context: Any, quoted: bool = False) -> None:
        """Add a triple; RdfFault when there are too many."""
        self.count += 1
        if self.count > MOST_TRIPLES:
            raise RdfFault("too-many", str(MOST_TRIPLES))
        super().add(triple, context, quoted)


def read(body: bytes, media_type: str, base: str) -> Read:
    """The graph of a document, by its media type or by how it begins; RdfFault if it has none."""
    if len(body) > MOST_BYTES:
        raise RdfFault("too-large", str(MOST_BYTES))
    reader = _READERS[syntax(body, media_type)]
    _quiet()
    try:
        return reader(body, base)
    except RecursionError:
        raise RdfFault("too-deep", str(DEEPEST)) from None
    except contexts.TooDeep:
        raise RdfFault("too-deep", str(contexts.DEEPEST)) from None


def syntax(body: bytes, media_type: str) -> str:
    """Which of the syntaxes a document is in; RdfFault for a web page or an empty answer."""
    head = body[:4096].removeprefix(b"\xef\xbb\xbf")
    if not head.strip():
        raise RdfFault("empty")
    if _HTML.match(head):
        raise RdfFault("html", excerpt(head.decode("utf-8", "replace").strip(), 200))
    looks = {"xml": _XML, "json-ld": _JSON}
    seen = next((name for name, pattern in looks.items() if pattern.match(head)), None)
    return seen or _MEDIA.get(media_type, "turtle")


def _graph() -> Graph:
    return Graph(store=_Bounded(), bind_namespaces="core")


def _turtle(body: bytes, base: str) -> Read:
    text = body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    parts = turtle.outline(text)
    if parts.depth > DEEPEST:
        raise RdfFault("too-deep", str(DEEPEST))
    known = contexts.prefixes()
    assumed = {name: known[name] for name in sorted(parts.unbound & known.keys())}
    head = turtle.declared(assumed)
    found = Read(_graph(), assumed=list(assumed))
    try:
        found.graph.parse(data=head + text, format="turtle", publicID=base)
    except Exception as error:  # noqa: BLE001  the parser raises whatever it stumbles over
        _raise_if_ours(error)
        found.graph = _graph()
        found.broken = _without_broken(parts, head, base, found.graph)
    return found


def _raise_if_ours(error: Exception) -> None:
    if isinstance(error, (RdfFault, RecursionError)):
        raise error


def _without_broken(parts: turtle.Outline, head: str, base: str, graph: Graph) -> list[Broken]:
    """Read what can be read into the graph: halves of what is broken are tried down to single
    statements, and these are blanked out, so that the rest is still one document with one set of
    blank nodes."""
    declared = head + " ".join(each.text for each in parts.statements if each.declares)
    whole = sum(len(each.text) for each in parts.statements)
    reasons: dict[int, str] = {}
    left = [[at for at, each in enumerate(parts.statements) if not each.declares]]
    tried = 0
    while left:
        some = left.pop()
        text = declared + "".join(parts.statements[at].text for at in some)
        tried += len(text)
        reason = _fault_of(text, base)
        if reason is None:
            continue
        if some and (len(reasons) == _MOST_BROKEN or tried > _TRIED_FREELY + _TRIED * whole):
            raise RdfFault("syntax", reason, parts.statements[some[0]].line)
        if len(some) > 1:  # else it is this one, or the declarations alone
            half = len(some) // 2
            left += [some[half:], some[:half]]
        elif some:
            reasons[some[0]] = reason
    broken = [
        Broken(each.line, reasons[at], excerpt(each.text.strip(), 2000))
        for at, each in enumerate(parts.statements)
        if at in reasons
    ]
    kept = [
        "\n" * each.text.count("\n") if at in reasons else each.text
        for at, each in enumerate(parts.statements)
    ]
    try:
        graph.parse(data=head + "".join(kept), format="turtle", publicID=base)
    except Exception as error:  # noqa: BLE001  the parser raises whatever it stumbles over
        _raise_if_ours(error)
        first = broken[0] if broken else Broken(0, _reason(error), "")
        raise RdfFault("syntax", first.reason, first.line) from None
    return broken


def _fault_of(text: str, base: str) -> str | None:
    try:
        _graph().parse(data=text, format="turtle", publicID=base)
    except Exception as error:  # noqa: BLE001  the parser raises whatever it stumbles over
        _raise_if_ours(error)
        return _reason(error)
    return None


def _reason(error: Exception) -> str:
    """What the parser says in one line, without the excerpt it adds."""
    words = getattr(error, "_why", None) or str(error)
    return excerpt(str(words).replace("\n", " ").strip(), 200)


def _xml(body: bytes, base: str) -> Read:
    try:
        root = parse(body)
    except XmlFault as error:
        raise RdfFault("xml", error.message, error.line) from None
    _mend(root)
    found = Read(_graph())
    try:
        found.graph.parse(data=etree.tostring(root), format="xml", publicID=base)
    except (RdfFault, RecursionError):
        raise
    except Exception as error:  # noqa: BLE001  the parser raises whatever its handlers do
        raise RdfFault("rdf-xml", _reason(error)) from None
    return found


def _mend(root: etree._Element) -> None:
    """What real servers write that RDF/XML forbids: RDF's own attributes without their prefix, and
    a text beside rdf:resource, which is taken for the label of that resource."""
    for node in list(root.iter(etree.Element)):
        for name in _BARE:
            if name in node.attrib and f"{_RDF}{name}" not in node.attrib and ":" not in name:
                node.attrib[f"{_RDF}{name}"] = node.attrib.pop(name)
        if f"{_RDF}resource" in node.attrib and len(node) == 0:
            text, node.text = (node.text or "").strip(), None
            if text:
                address = node.attrib.pop(f"{_RDF}resource")
                about = etree.SubElement(node, f"{_RDF}Description")
                about.set(f"{_RDF}about", address)
                etree.SubElement(about, f"{{{RDFS}}}label").text = text


def _json_ld(body: bytes, base: str) -> Read:
    document = _document(body)
    document, unknown = contexts.closed(document)
    found = Read(_graph(), unknown=unknown)
    try:
        to_rdf(contexts.assumed(document), found.graph, base)
    except (RdfFault, RecursionError):
        raise
    except Exception as error:  # noqa: BLE001  the parser raises whatever its input makes it stumble over
        raise RdfFault("json-ld", _reason(error) or type(error).__name__) from None
    return found


def _document(body: bytes) -> Any:
    text = body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        raise RdfFault("json", error.msg, error.lineno) from None


def _quiet() -> None:
    """A literal that is no date is told in the report, not in the log."""
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)


_READERS: Mapping[str, Callable[[bytes, str], Read]] = {
    "turtle": _turtle,
    "xml": _xml,
    "json-ld": _json_ld,
}
