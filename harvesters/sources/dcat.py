"""Harvests DCAT in Turtle, RDF/XML or JSON-LD from an address, page by page, or from files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from harvesters import keys
from harvesters.faults import HarvestFault, fault, problem
from harvesters.fetched import PAGE, Fetched, Job, Page
from harvesters.fetching import Answer
from harvesters.sources.opening import opened
from harvesters.sources.taking import refused, taken
from harvesters.sources.walking import Walk
from standards.formats import dcat_graph, rdf
from standards.formats.dcat_reading import Resource
from standards.problems import Problem, Text

_ACCEPT = "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.9, */*;q=0.1"
_MOST_PAGES = 100_000
_EMPTY = 20  # pages without a record, one after another, that are asked for
_FAULTS = {
    "html": "graph-not-rdf",
    "empty": "graph-empty",
    "too-large": "graph-too-large",
    "too-many": "graph-too-many",
    "too-deep": "graph-too-deep",
}


class Dcat:
    """The source `dcat`. Pages are followed by Hydra and by Link headers; nothing that a document
    refers to is fetched."""

    name = "dcat"
    label = Text("DCAT（Turtle、RDF/XML、JSON-LD）", "DCAT (Turtle, RDF/XML, JSON-LD)")
    suffixes = (".ttl", ".rdf", ".jsonld", ".nt")
    options = ()

    def pages(self, job: Job) -> Iterator[Page]:
        """The records page by page; resumed in the page that was interrupted if it is the same."""
        if job.location.startswith(("http://", "https://")):
            yield from _Walk.over(job).pages()
        else:
            yield from _of_files(job, self.suffixes)


def _of_files(job: Job, suffixes: tuple[str, ...]) -> Iterator[Page]:
    with opened(job.location, job.fetcher, suffixes) as paths:
        walk = Walk.over(paths, job.checkpoint)
        if walk.again:
            yield Page(again=True)
        broken: list[Problem] = []
        notes: list[Problem] = []
        for path in walk.rest():
            yield from walk.pages(partial(_of_file, path, job.kind, broken, notes))
        yield Page(notes=(*broken, *notes, *keys.notes(walk.tally)))
        if broken:
            raise HarvestFault(broken[0])
        if not walk.tally:
            raise fault("records-none", value=job.location)


def _of_file(
    path: Path, kind: str | None, broken: list[Problem], notes: list[Problem], done: int
) -> Iterator[Fetched]:
    try:
        document = _Document.of(path.read_bytes(), "", path.name, f"file:///{path.name}", kind)
    except HarvestFault as error:
        broken.append(error.problem)
        return
    notes.extend(document.notes)
    broken.extend(document.faults)
    yield from islice((*document.records, *document.unnamed), done, None)


@dataclass(frozen=True, slots=True)
class _Document:
    """One document: its records, the places that are no record, and what it says of others."""

    records: tuple[Fetched, ...]
    named: dict[str, Fetched]
    """Records that it names but does not describe, by their address."""
    described: frozenset[str]
    notes: tuple[Problem, ...]
    faults: tuple[Problem, ...]
    paging: dcat_graph.Paging

    @classmethod
    def of(cls, body: bytes, media_type: str, name: str, base: str, kind: str | None) -> _Document:
        """What a body holds; HarvestFault where it cannot be read."""
        try:
            read = rdf.read(body, media_type, base)
            found = list(dcat_graph.resources(read.graph, kind))
        except rdf.RdfFault as error:
            place = f"{name} L{error.line}" if error.line else name
            rule = _FAULTS.get(error.kind, "graph-broken")
            raise fault(rule, place=place, value=error.words or error.kind) from error
        broken = tuple(
            refused(f"{name} L{each.line}", "graph-statement-broken", each.text, value=each.reason)
            for each in read.broken
        )
        full = [each for each in found if each.described]
        return cls(
            records=(*(_record(each, name, at) for at, each in enumerate(full, start=1)), *broken),
            named={
                each.iri or str(at): _record(each, name, len(full) + at)
                for at, each in enumerate(found, start=1)
                if not each.described
            },
            described=frozenset(each.iri for each in full),
            notes=tuple(_notes(read, name)),
            faults=tuple(replace(each.problems[0], path=each.place) for each in broken[:1]),
            paging=dcat_graph.paging(read.graph),
        )

    @property
    def unnamed(self) -> tuple[Fetched, ...]:
        """What is named but not described, as records that are refused."""
        return tuple(self.named.values())


def _record(resource: Resource, name: str, at: int) -> Fetched:
    return taken(resource, f"{name} [{at}] {resource.iri}".rstrip())


def _notes(read: rdf.Read, name: str) -> Iterator[Problem]:
    told = {"graph-prefixes-assumed": read.assumed, "graph-context-unknown": read.unknown}
    for rule, values in told.items():
        if values:
            yield problem(rule, place=name, value=", ".join(values), severity="warning")


@dataclass
class _Walk:
    """Where the harvest of a paged catalog stands. What was named but not yet described is kept in
    memory only: a run that was taken up again tells of what it met itself."""

    job: Job
    url: str
    page: int = 1
    done: int = 0
    mark: str = ""
    received: int = 0
    total: int | None = None
    seen: set[str] = field(default_factory=set)
    resumed: bool = False
    named: dict[str, Fetched] = field(default_factory=dict)
    described: set[str] = field(default_factory=set)
    empty: int = 0
    statement: Problem | None = None
    first: list[str] = field(default_factory=list)
    """What tells the first page again: all that a checkpoint remembers of those that were seen."""

    @classmethod
    def over(cls, job: Job) -> _Walk:
        """From the checkpoint on, or from the start."""
        kept = dict(job.checkpoint or {})
        if "url" not in kept:
            return cls(job, job.location)
        names = ("url", "page", "done", "mark", "received", "total", "first")
        held = {name: kept[name] for name in names}
        return cls(job, seen=set(kept["first"]), resumed=True, **held)

    def pages(self) -> Iterator[Page]:
        """Every page of the catalog; HarvestFault where it is not proven complete."""
        while self.url:
            answer = self.job.fetcher.get(self.url, accept=_ACCEPT)
            mark = hashlib.sha256(answer.body).hexdigest()
            if self.done and mark != self.mark:
                yield Page(again=True)
                yield from _Walk(self.job, self.job.location).pages()
                return
            self.mark = mark
            yield from self._page(answer)
        yield from self._closing()

    def _page(self, answer: Answer) -> Iterator[Page]:
        name = _name(answer.url, self.page)
        document = _Document.of(
            answer.body, answer.media_type, name, _bare(answer.url), self.job.kind
        )
        self._remember(document)
        if self.mark in self.seen and not self.done:
            self._looped()
        notes = document.notes
        for start in range(self.done, len(document.records), PAGE):
            records = document.records[start : start + PAGE]
            self.done, self.received = start + len(records), self.received + len(records)
            yield Page(records, self._checkpoint(), notes=notes)
            notes = ()
        if notes:
            yield Page(notes=notes)
        self._onward(answer, document)

    def _remember(self, document: _Document) -> None:
        self.described |= document.described
        self.named |= document.named
        self.total = document.paging.total if document.paging.total is not None else self.total
        self.statement = self.statement or next(iter(document.faults), None)
        self.empty = 0 if document.records else self.empty + 1

    def _onward(self, answer: Answer, document: _Document) -> None:
        """On to the next page, unless it is one that was here before."""
        self.seen |= {_short(self.url), _short(answer.url), self.mark}
        self.first = self.first or sorted(self.seen)
        following = document.paging.following or _next_link(answer)
        target = urljoin(answer.url, following.strip()) if following else ""
        self.url, self.page, self.done = target, self.page + 1, 0
        if target and (
            _short(target) in self.seen or self.empty > _EMPTY or self.page > _MOST_PAGES
        ):
            self._looped()

    def _looped(self) -> None:
        """A circle after as many records as were announced is only an odd way to end."""
        if self.total is None or self.received < self.total:
            raise fault("dcat-pages-loop", place=f"page {self.page}", value=self.url)
        self.url = ""

    def _closing(self) -> Iterator[Page]:
        left = (
            []
            if self.resumed
            else [self.named[iri] for iri in self.named if iri not in self.described]
        )
        for start in range(0, len(left), PAGE):
            yield Page(tuple(left[start : start + PAGE]))
        if self.statement is not None:
            raise HarvestFault(self.statement)
        if self.total is not None and self.received < self.total:
            raise fault("dcat-total-differs", value=str(self.total), received=str(self.received))
        if not self.received and not left and self.total != 0:
            yield Page(notes=(problem("dcat-none", value=self.job.location, severity="warning"),))

    def _checkpoint(self) -> dict[str, Any]:
        return {
            "url": self.url,
            "page": self.page,
            "done": self.done,
            "mark": self.mark,
            "received": self.received,
            "total": self.total,
            "first": self.first,
        }


def _next_link(answer: Answer) -> str:
    """The address of `Link: <…>; rel="next"`, if the answer has one."""
    for part in answer.link.split(","):
        address, _, parameters = part.strip().partition(";")
        relations = parameters.replace('"', " ").replace("=", " ").replace(";", " ").lower().split()
        if "next" in relations and address.startswith("<"):
            return address.strip("<> ")
    return ""


def _name(url: str, page: int) -> str:
    """What a page is called in places: the end of its path and its number."""
    name = urlsplit(url).path.rstrip("/").rpartition("/")[2] or urlsplit(url).netloc
    return f"{name} p{page}" if page > 1 else name


def _bare(url: str) -> str:
    """The address that relative ones in the document are relative to: the same on every page."""
    return urlunsplit(urlsplit(url)._replace(query="", fragment=""))


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
