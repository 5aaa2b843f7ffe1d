"""The resources of a DCAT graph: datasets, series and services, wherever they stand, and what the
collection says of its further pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Any

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from standards.formats import contexts, dcat_parts, dcat_reading
from standards.formats.dcat_reading import Resource
from standards.formats.records import Parsed
from standards.formats.things import MOST, Said, Thing, Value
from standards.problems import excerpt
from standards.profile import KINDS
from standards.reading.texts import clean

DOCUMENT, OTHER = KINDS
_CLASSES = {
    "dcat:Dataset": OTHER,
    "dcat:DatasetSeries": OTHER,
    "dcat:DataService": OTHER,
    "schema:Dataset": OTHER,
    "dcat:Resource": DOCUMENT,
}
"""The classes of which every node is a record, and what kind of resource that is."""
_OFFERED = {
    "dcat:dataset": OTHER,
    "dcat:service": OTHER,
    "dcat:resource": DOCUMENT,
    "hydra:member": OTHER,
}
"""The properties by which a catalog names its records."""
_NEXT = ("hydra:next", "hydra:nextPage")
_TOTAL = "hydra:totalItems"
_SERVICE = "dcat:DataService"
_MOST_LINES = 200
_COUNT = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Paging:
    """What a collection says of itself: the page after this one, and how many records there are."""

    following: str = ""
    total: int | None = None


def resources(graph: Graph, kind: str | None = None) -> Iterator[Resource]:
    """Every record of the graph, in the order of the document; a kind given holds for all."""
    served = _served(graph)
    for node, own in _records(graph).items():
        yield _resource(graph, node, kind or own, served.get(node, ()))


def paging(graph: Graph) -> Paging:
    """The next page and the number of records, by any of the ways of Hydra."""
    following = next((str(each) for term in _NEXT for each in _objects(graph, term)), "")
    totals = [str(each) for each in _objects(graph, _TOTAL)]
    total = next(
        (int(each) for each in totals if each.isascii() and each.isdigit() and len(each) < 10), None
    )
    return Paging(following, total)


def _records(graph: Graph) -> dict[Node, str]:
    """The nodes that are records, each with its kind: by its class, or as a catalog names it."""
    found: dict[Node, str] = {}
    for name, kind in _CLASSES.items():
        for uri in _uris(name):
            for node in graph.subjects(RDF.type, uri):
                found.setdefault(node, kind)
    for name, kind in _OFFERED.items():
        for node in _objects(graph, name):
            if not isinstance(node, Literal):
                found.setdefault(node, kind)
    return found


def _resource(graph: Graph, node: Node, kind: str, services: tuple[Node, ...]) -> Resource:
    thing = _thing(graph, node)
    described = any(True for _ in graph.predicate_objects(node))
    own = ""
    if any((node, RDF.type, uri) in graph for uri in _uris(_SERVICE)):
        services = (node, *services)
        own = next((dcat_parts.address_of(each) for each in thing.all("dcat:endpointURL")), "")
    if services:
        thing = _offering(thing, [_thing(graph, each) for each in services])
    raw, problems = dcat_reading.read(thing, kind)
    iri = clean(own if isinstance(node, BNode) else str(node))
    parsed = Parsed(raw, iri, kind, problems)
    return Resource(parsed, dcat_reading.identifier_of(thing), iri, _source(graph, node), described)


def _source(graph: Graph, node: Node) -> str:
    """What is said of the node itself, a line a statement."""
    lines = (f"{predicate} {each}" for predicate, each in graph.predicate_objects(node))
    return clean("\n".join(excerpt(line, 400) for line in islice(lines, _MOST_LINES)))


def _offering(thing: Thing, services: list[Thing]) -> Thing:
    """The thing with a distribution more: the services through which it is to be had."""
    offered = Thing(said={"dcat:accessService": tuple(services)})
    held = thing.said.get("dcat:distribution", ())
    return replace(thing, said=_Laid(thing.said, {"dcat:distribution": (*held, offered)}))


def _served(graph: Graph) -> dict[Node, tuple[Node, ...]]:
    """The services of each dataset that a service says it serves."""
    found: dict[Node, tuple[Node, ...]] = {}
    for uri in _uris("dcat:servesDataset"):
        for service, dataset in graph.subject_objects(uri):
            if len(found.get(dataset, ())) < MOST:
                found[dataset] = (*found.get(dataset, ()), service)
    return found


def _thing(graph: Graph, node: Node) -> Thing:
    return Thing("" if isinstance(node, BNode) else str(node), _Statements(graph, node))


def _value(graph: Graph, node: Node) -> Value:
    if isinstance(node, Literal):
        return Said(clean(str(node)), node.language or "")
    return _thing(graph, node)


class _Statements(Mapping[str, tuple[Value, ...]]):
    """What a graph says of a node, looked up term by term: however the nodes hang together, no more
    is walked than is read."""

    __slots__ = ("_graph", "_node")

    def __init__(self, graph: Graph, node: Node) -> None:
        self._graph, self._node = graph, node

    def __getitem__(self, term: str) -> tuple[Value, ...]:
        found = [
            _value(self._graph, each)
            for uri in _uris(term)
            for each in self._graph.objects(self._node, uri)
        ]
        if not found:
            raise KeyError(term)
        return tuple(found[:MOST])

    def __iter__(self) -> Iterator[str]:
        yield from (str(each) for each in self._graph.predicates(self._node, unique=True))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Laid(Mapping[str, tuple[Value, ...]]):
    """Statements with others laid over them."""

    __slots__ = ("_below", "_over")

    def __init__(self, below: Mapping[str, tuple[Value, ...]], over: Mapping[str, Any]) -> None:
        self._below, self._over = below, over

    def __getitem__(self, term: str) -> tuple[Value, ...]:
        return self._over[term] if term in self._over else self._below[term]

    def __iter__(self) -> Iterator[str]:
        yield from dict.fromkeys((*self._over, *self._below))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _objects(graph: Graph, term: str) -> Iterator[Node]:
    for uri in _uris(term):
        yield from graph.objects(None, uri)


@cache
def _uris(term: str) -> tuple[URIRef, ...]:
    """The full addresses of a term; schema.org is written both ways."""
    prefix, _, local = term.partition(":")
    address = contexts.prefixes().get(prefix, f"{prefix}:") + local
    other = address.replace("http://schema.org/", "https://schema.org/")
    return tuple(URIRef(each) for each in dict.fromkeys((address, other)))
