"""Checks the records of a file without registering anything: the validator as a service."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import structlog

from harvesters.faults import HarvestFault, fault, problem
from harvesters.fetched import Fetched, Job
from harvesters.fetching import FakeFetcher
from harvesters.plan import Action
from harvesters.report import Line, cell
from harvesters.sources import readable, reader_of
from standards.places import part_at, pointer, within
from standards.problems import Problem
from standards.profile import KINDS, Level, profile
from standards.validation import validate

JSON = ".json"
_VALUES, _KIND = "values", "kind"
log = structlog.get_logger("mulu.checking")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a file is checked at most: records, and seconds."""

    records: int = 1000
    seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking a file: a line for each record; `cut` where there are more."""

    lines: tuple[Line, ...]
    cut: bool

    @property
    def bad(self) -> int:
        """How many records have an error."""
        return sum(line.action is Action.REJECTED for line in self.lines)


def check_file(path: Path, kind: str | None, level: Level, bounds: Bounds) -> Checked:
    """Check a file of somebody unknown, within bounds; whatever it holds, words come of it."""
    lines: list[Line] = []
    until = time.monotonic() + bounds.seconds
    try:
        for line in checked(path, kind, level, bounds.seconds):
            if len(lines) == bounds.records or time.monotonic() > until:
                return Checked(tuple(lines), cut=True)
            lines.append(line)
    except Exception as error:
        log.exception("file not checked", suffix=path.suffix)
        lines.append(unread(path, problem("file-unreadable", value=type(error).__name__)))
    return Checked(tuple(lines), cut=False)


def checked(
    path: Path, kind: str | None, level: Level, patience: float | None = None
) -> Iterator[Line]:
    """Every record of the file with its problems; a fault of the file itself is the last line.
    Nothing is fetched, whatever the file refers to.
    """
    try:
        if path.suffix.lower() == JSON and (own := _own(path)):
            for record in own:
                yield _line(record, kind, level, partial(_pointed, record))
            return
        yield from _read(path, kind, level, patience)
    except HarvestFault as found:
        yield unread(path, found.problem)


def _read(path: Path, kind: str | None, level: Level, patience: float | None) -> Iterator[Line]:
    if path.is_file() and path.suffix.lower() not in readable():
        raise fault(
            "file-kind-unknown",
            place=path.name,
            value=", ".join(dict.fromkeys((JSON, *readable()))),
        )
    job = Job(location=str(path), kind=kind, fetcher=FakeFetcher({}), patience=patience)
    columns: Mapping[str, Mapping[str, str]] = {}
    count = 0
    for page in reader_of(path).pages(job):
        columns = page.facts.get("columns", columns)
        for record in page.records:
            count += 1
            yield _line(record, kind, level, partial(_place, record, columns))
    if not count:
        raise fault("records-none", value=path.name)


def _line(record: Fetched, kind: str | None, level: Level, place: Callable[[str], str]) -> Line:
    validation = validate(record.kind or kind or KINDS[0], record.values, level)
    problems = (*record.problems, *validation.problems)
    bad = any(each.is_error for each in problems)
    action = Action.REJECTED if bad else Action.CREATE
    places = {each.path: place(each.path) for each in problems}
    return Line(record.place, record.key, action, problems=problems, places=places)


def _pointed(record: Fetched, path: str) -> str:
    """The JSON pointer of an element of a descriptor of our own, or of the record."""
    return record.place + pointer(path) if path else record.place


def _place(record: Fetched, columns: Mapping[str, Mapping[str, str]], path: str) -> str:
    if part := part_at(record.places, path):
        return within(record.place, part)
    return cell(record.place, path, columns)


def unread(path: Path, found: Problem) -> Line:
    """The line that tells why a file as a whole was not read."""
    return Line(path.name, "", Action.REJECTED, problems=(found,))


def _own(path: Path) -> list[Fetched]:
    """The records of a file that holds descriptors as our own API gives and takes them, one or a
    list; none where it is another's JSON.
    """
    try:
        data = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise fault("json-broken", place=path.name, value=str(error)[:200]) from None
    listed = data if isinstance(data, list) else [data]
    if not listed or not all(isinstance(each, dict) and _is_own(each) for each in listed):
        return []
    many = isinstance(data, list)
    return [_fetched(each, f"/{at}" if many else "") for at, each in enumerate(listed)]


def _is_own(given: Mapping[str, Any]) -> bool:
    if isinstance(given.get(_VALUES), Mapping):
        return True
    names = {use.element.name for kind in KINDS for use in profile(kind).elements}
    foreign = any(name.startswith("@") for name in given)
    return not foreign and len(names & given.keys()) * 2 > len(given)


def _fetched(given: Mapping[str, Any], place: str) -> Fetched:
    inside = isinstance(given.get(_VALUES), Mapping)
    values = given[_VALUES] if inside else given
    stated = given.get(_KIND) if inside else None
    kind = stated if stated in KINDS else None
    start = f"{place}/{_VALUES}" if inside else place
    return Fetched(str(given.get("identifier", "")), values, kind, start)
