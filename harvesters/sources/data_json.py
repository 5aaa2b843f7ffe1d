"""Harvests a data.json, the catalog file of DCAT-US (schema 1.1), from an address or a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from harvesters import keys
from harvesters.faults import HarvestFault, fault, problem
from harvesters.fetched import Fetched, Job, Page
from harvesters.sources.opening import opened
from harvesters.sources.taking import refused, taken
from harvesters.sources.walking import Walk
from standards.formats import data_json
from standards.formats.json_items import Items, JsonFault
from standards.problems import Problem, Text, excerpt


class DataJson:
    """The source `data-json`. A document that breaks gives the datasets before the break."""

    name = "data-json"
    label = Text("data.json（DCAT-US）", "data.json (DCAT-US)")
    suffixes = (".json",)
    options = ()

    def pages(self, job: Job) -> Iterator[Page]:
        """The datasets in pages; a checkpoint counts as long as the document is the same."""
        with opened(job.location, job.fetcher, self.suffixes) as paths:
            walk = Walk.over(paths, job.checkpoint)
            if walk.again:
                yield Page(again=True)
            broken: list[Problem] = []
            notes: list[Problem] = []
            for path in walk.rest():
                yield from walk.pages(partial(_records, path, job.kind, broken, notes))
            yield Page(notes=(*broken, *notes, *keys.notes(walk.tally)))
            if broken:
                raise HarvestFault(broken[0])
            if not paths:
                raise fault("records-none", value=job.location)


def _records(
    path: Path, kind: str | None, broken: list[Problem], notes: list[Problem], done: int
) -> Iterator[Fetched]:
    """The datasets of one file after those that are done; what is wrong with the file itself goes
    to `broken` where it may have cost records, else to `notes`."""
    body = path.read_bytes()
    items = Items(body, data_json.LIST)
    try:
        for number, item in enumerate(islice(items, done, None), start=done):
            yield _record(f"{path.name} {data_json.LIST}[{number}]", item, kind)
    except JsonFault as error:
        broken.append(_fault(path.name, body, error))
        return
    if not items.found:
        seen = ", ".join(map(str, list(items.head)[:10]))
        broken.append(problem("json-no-catalog", place=path.name, value=seen or "{}"))
    if items.trailing:
        notes.append(problem("json-trailing", place=path.name, severity="warning"))


def _fault(name: str, body: bytes, error: JsonFault) -> Problem:
    """A break in the JSON, or the beginning of what is no JSON at all."""
    start = body[:200].decode("utf-8", "replace").strip()
    if start[:1] not in ("{", "["):
        return problem("json-not", place=name, value=excerpt(start) or "(0)")
    return problem("json-broken", place=f"{name} L{error.line}", value=error.words)


def _record(place: str, item: Any, kind: str | None) -> Fetched:
    if not isinstance(item, Mapping):
        return refused(
            place, "json-no-record", data_json.source_of(item), value=type(item).__name__
        )
    try:
        return taken(data_json.read(item, kind), place)
    except Exception as error:  # noqa: BLE001  the record boundary: kept with its error
        return refused(place, "record-fault", data_json.source_of(item), value=repr(error))
