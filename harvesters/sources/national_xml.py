"""Harvests national XML from a file, a folder or an address; also with Chinese element names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import orjson

from harvesters import keys
from harvesters.faults import HarvestFault, fault, xml_problem
from harvesters.fetched import Fetched, Job, Page
from harvesters.sources.opening import opened
from harvesters.sources.walking import Walk
from standards.formats import national_xml
from standards.formats.records import Parsed
from standards.problems import Problem, Text
from standards.xmlparser import XmlFault


class NationalXml:
    """The source `national-xml`. A broken file gives the records before its fault, and the other
    files are read all the same; but the whole is not complete then."""

    name = "national-xml"
    label = Text("国家标准 XML", "National XML")
    suffixes = (".xml",)
    options = ()

    def pages(self, job: Job) -> Iterator[Page]:
        """The records in pages; a checkpoint counts as long as the files are the same."""
        with opened(job.location, job.fetcher, self.suffixes) as paths:
            walk = Walk.over(paths, job.checkpoint)
            if walk.again:
                yield Page(again=True)
            broken: list[Problem] = []
            for path in walk.rest():
                yield from walk.pages(partial(_records, path, broken))
            yield Page(notes=(*broken, *keys.notes(walk.tally)))
            if broken:
                raise HarvestFault(broken[0])
            if not walk.tally:
                raise fault("records-none", value=job.location)


def _records(path: Path, broken: list[Problem], done: int) -> Iterator[Fetched]:
    """The records of one file after those that are done; its fault, if any, goes to `broken`."""
    try:
        with path.open("rb") as stream:
            for parsed in islice(national_xml.read(stream), done, None):
                yield _record(path, parsed)
    except XmlFault as error:
        place = f"{path.name} L{error.line}" if error.line else path.name
        broken.append(xml_problem(error, place))


def _record(path: Path, parsed: Parsed) -> Fetched:
    place = f"{path.name}{parsed.place}"
    if parsed.kind is None:
        return Fetched(f"place:{place}", {}, None, place, problems=parsed.problems)
    return Fetched(
        key=keys.key(parsed.kind, parsed.raw),
        values=parsed.raw,
        kind=parsed.kind,
        place=place,
        raw=orjson.dumps(parsed.raw, default=str).decode(),
        problems=parsed.problems,
        places=parsed.places,
    )
