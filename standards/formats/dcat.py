"""DCAT 3 as a graph, made by looping over the `dcat` terms of the crosswalk; Turtle and others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import quote

from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, XSD
from rdflib.term import Node

from standards.formats.records import Record
from standards.formats.terms import code_of, written
from standards.profile import Element, profile
from standards.summary import Box, summarize

_ACCESS = Namespace("http://publications.europa.eu/resource/authority/access-right/")
_LOCN = Namespace("http://www.opengis.net/ont/geosparql#")
PREFIXES: Mapping[str, Namespace] = {
    "dcat": Namespace(str(DCAT)),
    "dct": Namespace(str(DCTERMS)),
    "foaf": Namespace(str(FOAF)),
    "skos": Namespace(str(SKOS)),
    "rdfs": Namespace(str(RDFS)),
    "adms": Namespace("http://www.w3.org/ns/adms#"),
    "vcard": Namespace("http://www.w3.org/2006/vcard/ns#"),
    "csvw": Namespace("http://www.w3.org/ns/csvw#"),
    "dcatap": Namespace("http://data.europa.eu/r5r/"),
    "eli": Namespace("http://data.europa.eu/eli/ontology#"),
}
CLASSES = {
    "adms:identifier": "adms:Identifier",
    "adms:status": "skos:Concept",
    "csvw:column": "csvw:Column",
    "csvw:tableSchema": "csvw:Schema",
    "dcat:accessService": "dcat:DataService",
    "dcat:distribution": "dcat:Distribution",
    "dcat:theme": "skos:Concept",
    "dcatap:applicableLegislation": "eli:LegalResource",
    "dct:accessRights": "dct:RightsStatement",
    "dct:accrualPeriodicity": "dct:Frequency",
    "dct:audience": "dct:AgentClass",
    "dct:conformsTo": "dct:Standard",
    "dct:format": "dct:MediaTypeOrExtent",
    "dct:language": "dct:LinguisticSystem",
    "dct:license": "dct:LicenseDocument",
    "dct:publisher": "foaf:Agent",
    "dct:rights": "dct:RightsStatement",
    "dct:spatial": "dct:Location",
    "dct:temporal": "dct:PeriodOfTime",
    "dct:type": "skos:Concept",
    "foaf:isPrimaryTopicOf": "dcat:CatalogRecord",
    "skos:inScheme": "skos:ConceptScheme",
    "vcard:hasAddress": "vcard:Address",
}
"""The class of the node that a property leads to; other properties have plain values."""

_RESOURCES = {"document": "dcat:Resource", "non-document": "dcat:Dataset"}
_OFFERED = {"document": "dcat:resource", "non-document": "dcat:dataset"}
_BARE = {"dct:identifier", "skos:notation"}  # properties that hold codes, not their labels
_DATES = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}


def graph(record: Record) -> Graph:
    """The record as a graph: the resource, its distribution and service, and the catalog record."""
    return _Writer(record).graph


def write(record: Record, syntax: str) -> bytes:
    """The graph in one of rdflib's syntaxes."""
    context = {prefix: str(namespace) for prefix, namespace in PREFIXES.items()}
    options: dict[str, Any] = {"context": context} if syntax == "json-ld" else {}
    made: bytes = graph(record).serialize(format=syntax, encoding="utf-8", **options)
    return made


turtle = partial(write, syntax="turtle")
json_ld = partial(write, syntax="json-ld")
rdf_xml = partial(write, syntax="pretty-xml")


class _Writer:
    """Builds the graph of one record."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.graph = Graph(bind_namespaces="core")
        self.numbers = count(1)
        self.between: dict[tuple[Node, str], Node] = {}
        for prefix, namespace in PREFIXES.items():
            self.graph.bind(prefix, namespace)
        self.resource = URIRef(record.url or f"urn:mulu:{quote(record.identifier)}")
        self.graph.add((self.resource, RDF.type, _term(_RESOURCES[record.descriptor.kind])))
        for use in profile(record.descriptor.kind).elements:
            value = record.descriptor.values.get(use.element.name)
            if value is not None:
                self._add(self.resource, use.element, value)
        self._frame()

    def _frame(self) -> None:
        """What follows from the record itself rather than from an element."""
        summary = summarize(self.record.descriptor)
        if summary.box:
            place = self.graph.value(self.resource, DCTERMS.spatial)
            place = place or self._node(self.resource, "dct:spatial")
            self.graph.add((place, DCAT.bbox, _polygon(summary.box)))
        for redacted in summary.redactions:
            rights = self._node(self.resource, "dct:rights")
            for language in ("zh", "en"):
                text = redacted.sentence.in_language(language)
                self.graph.add((rights, RDFS.label, Literal(text, lang=language)))
        offered = self.between.get((self.resource, "dcat:distribution"))
        if offered is not None:
            address = (*summary.links, summary.endpoint.url if summary.endpoint else "")[0]
            access = URIRef(_iri(address)) if address else self.resource
            self.graph.add((offered, DCAT.accessURL, access))
        described = self._passing(self.resource, "foaf:isPrimaryTopicOf")
        self.graph.add((described, FOAF.primaryTopic, self.resource))
        if self.record.identifier:
            self.graph.set((described, DCTERMS.identifier, Literal(self.record.identifier)))
        if self.record.updated:
            moment = Literal(self.record.updated.isoformat(), datatype=XSD.dateTime)
            self.graph.set((described, DCTERMS.modified, moment))
        if self.record.catalog_url:
            catalog = URIRef(self.record.catalog_url)
            self.graph.add((catalog, RDF.type, DCAT.Catalog))
            self.graph.add((catalog, DCAT.record, described))
            self.graph.add((catalog, _term(_OFFERED[self.record.descriptor.kind]), self.resource))

    def _add(self, subject: Node, element: Element, value: Any) -> None:
        path = element.term("dcat")
        if path is None:
            return
        *between, term = path.split("/")
        for step in between:
            subject = self._passing(subject, step)
        for each in value if isinstance(value, list) else [value]:
            if element.children:
                self._group(subject, term, element, each)
            else:
                self._leaf(subject, term, element, each)

    def _group(self, subject: Node, term: str, group: Element, row: Mapping[str, Any]) -> None:
        """A group is a node with its parts; a part with the group's own term is that node."""
        chief = next((each for each in group.children if each.term("dcat") == term), None)
        if chief is not None and chief.name in row and (chief.many or chief.type != "code"):
            self._add(subject, chief, row[chief.name])
            return
        code = row.get(chief.name) if chief is not None else None
        node = (
            self._node(subject, term)
            if chief is None or code is None
            else self._leaf(subject, term, chief, code)
        )
        if isinstance(node, BNode):
            for child in group.children:
                if child.name in row and not (child is chief and code is not None):
                    self._add(node, child, row[child.name])

    def _leaf(self, subject: Node, term: str, element: Element, value: Any) -> Node:
        node = self._value(subject, term, element, value)
        self.graph.add((subject, _term(term), node))
        return node

    def _value(self, subject: Node, term: str, element: Element, value: Any) -> Node:
        code = code_of(element, value)
        if code is not None and "access" in code.extra:
            return _ACCESS[code.extra["access"]]
        if element.type == "uri":
            return URIRef(_iri(value))
        if element.type == "date":
            return Literal(value, datatype=_DATES[len(value)])
        if term not in CLASSES:
            if code is not None and term not in _BARE:
                return Literal(code.label.zh, lang="zh")
            return _literal(value, element)
        node = self._node(subject, term)
        if code is not None:
            self.graph.add((node, SKOS.notation, Literal(code.code)))
            for language in ("zh", "en"):
                text = code.label.in_language(language)
                self.graph.add((node, RDFS.label, Literal(text, lang=language)))
        elif element.type == "identifier":
            self.graph.add((node, SKOS.notation, Literal(written(value))))
        else:
            self.graph.add((node, RDFS.label, _literal(value, element)))
        return node

    def _passing(self, subject: Node, term: str) -> Node:
        """The one node that a property leads to, made when first needed."""
        if (subject, term) not in self.between:
            named = {"dcat:distribution": "distribution", "foaf:isPrimaryTopicOf": "record"}
            fragment = named.get(term) if subject == self.resource else None
            node = URIRef(f"{self.resource}#{fragment}") if fragment else None
            self.between[subject, term] = self._node(subject, term, node)
        return self.between[subject, term]

    def _node(self, subject: Node, term: str, node: Node | None = None) -> Node:
        made = node or BNode(f"b{next(self.numbers)}")
        self.graph.add((subject, _term(term), made))
        if term in CLASSES:
            self.graph.add((made, RDF.type, _term(CLASSES[term])))
        return made


def _term(name: str) -> URIRef:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix][local]


def _literal(value: Any, element: Element) -> Literal:
    if isinstance(value, (bool, int, float)):
        return Literal(value)
    return Literal(value) if element.type in {"identifier", "code"} else Literal(value, lang="zh")


def _iri(address: str) -> str:
    """An address with what an IRI may not hold escaped."""
    return quote(address, safe="%/:=&?~#+!$,;'@()*[]-._") if not address.isascii() else address


def _polygon(box: Box) -> Literal:
    west, south, east, north = box.west, box.south, box.east, box.north
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    points = ", ".join(f"{x} {y}" for x, y in corners)
    return Literal(f"POLYGON(({points}))", datatype=_LOCN.wktLiteral)
