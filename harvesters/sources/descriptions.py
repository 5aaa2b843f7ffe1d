"""Harvests descriptions of what runs already: a file (or a folder of them, or an address) in which
each operation or layer is a resource."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import orjson

from harvesters import keys
from harvesters.faults import HarvestFault, fault
from harvesters.fetched import Fetched, Job, Page
from harvesters.sources.opening import opened
from harvesters.sources.walking import Walk
from standards.formats.described import Described, NotUnderstood, values
from standards.problems import Problem
from standards.xmlparser import XmlFault

KIND = "non-document"
Read = Callable[[bytes, str], Iterable[Described]]
"""The content of a file and where it came from, to what it describes."""


def pages(job: Job, suffixes: tuple[str, ...], read: Read) -> Iterator[Page]:
    """The resources in pages. A file that cannot be read is noted, the others are read all the
    same; but the whole is not complete then."""
    with opened(job.location, job.fetcher, suffixes) as paths:
        walk = Walk.over(paths, job.checkpoint)
        if walk.again:
            yield Page(again=True)
        broken: list[Problem] = []
        for path in walk.rest():
            yield from walk.pages(partial(_records, job, path, read, broken))
        yield Page(notes=tuple(broken))
        if broken:
            raise HarvestFault(broken[0])
        if not walk.tally:
            raise fault("records-none", value=job.location)


def fetched(described: Described, kind: str = KIND, file: str = "") -> Fetched:
    """A resource as a record; within a folder the file's name keeps equal keys apart."""
    raw, said = values(kind, described)
    scheme, _, name = described.key.partition(":")
    return Fetched(
        key=keys.bounded(scheme, f"{file}#{name}" if file else name),
        values=raw,
        kind=kind,
        place=f"{file}{described.place}",
        raw=described.raw or orjson.dumps(raw, default=str).decode(),
        problems=(*described.problems, *said),
    )


def _records(
    job: Job, path: Path, read: Read, broken: list[Problem], done: int
) -> Iterator[Fetched]:
    """The records of one file after those that are done; its fault goes to `broken`."""
    folder = Path(job.location)
    file = path.relative_to(folder).as_posix() if folder.is_dir() else ""
    remote = job.location.startswith(("http://", "https://"))
    try:
        base = str(job.options.get("server") or (job.location if remote else ""))
        told = read(path.read_bytes(), base)
        for described in islice(told, done, None):
            yield fetched(described, file=file)
    except NotUnderstood as error:
        broken.append(_placed(error.problem, path.name))
    except XmlFault as error:
        broken.append(error.problem(path.name))


def _placed(told: Problem, place: str) -> Problem:
    return Problem.from_dict({**told.as_dict(), "path": place})
