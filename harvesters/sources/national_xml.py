"""Harvests national XML from a file, a folder or an address; also with Chinese element names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from harvesters import keys
from harvesters.faults import HarvestFault, fault, problem
from harvesters.fetched import Fetched, Job, Page, paged
from harvesters.sources.opening import fingerprint, opened
from standards.formats import national_xml
from standards.formats.records import Parsed
from standards.problems import Problem, Text
from standards.xmlparser import XmlFault

SUFFIXES = (".xml",)


class NationalXml:
    """The source `national-xml`. A broken file gives the records before its fault, and the other
    files are read all the same; but the whole is not complete then."""

    name = "national-xml"
    label = Text("国家标准 XML", "National XML")

    def pages(self, job: Job) -> Iterator[Page]:
        """The records in pages; a checkpoint counts as long as the files are the same."""
        with opened(job.location, job.fetcher, SUFFIXES) as paths:
            mark = fingerprint(paths)
            kept = dict(job.checkpoint or {})
            if kept and kept["fingerprint"] != mark:
                yield Page(again=True)
                kept = {}
            done = kept.get("files", 0)
            tally: Counter[str] = Counter(kept.get("keys", {}))
            broken: list[Problem] = []
            for at, path in enumerate(paths[done:], start=done):
                read = kept.pop("read", 0) if at == done else 0

                def state(read: int, at: int = at) -> dict[str, Any]:
                    return {"fingerprint": mark, "files": at, "read": read, "keys": dict(tally)}

                yield from paged(_records(path, tally, broken, read), state, read)
            yield Page(notes=(*broken, keys.note(tally)))
            if broken:
                raise HarvestFault(broken[0])
            if not tally:
                raise fault("records-none", value=job.location)


def _records(
    path: Path, tally: Counter[str], broken: list[Problem], done: int
) -> Iterator[Fetched]:
    """The records of one file after those that are done; its fault, if any, goes to `broken`."""
    try:
        with path.open("rb") as stream:
            for parsed in islice(national_xml.read(stream), done, None):
                record = _record(path, parsed)
                tally[keys.basis(record.key)] += 1
                yield record
    except XmlFault as error:
        place = f"{path.name} L{error.line}" if error.line else path.name
        broken.append(problem("xml-broken", place=place, value=error.message))


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
    )
