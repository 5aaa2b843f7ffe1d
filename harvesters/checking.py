"""Checks the records of a file without registering anything: the validator as a service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harvesters.faults import HarvestFault
from harvesters.fetched import Fetched, Job
from harvesters.fetching import GuardedFetcher
from harvesters.plan import Action
from harvesters.report import Line
from harvesters.sources import reader_of
from standards.profile import KINDS, Level
from standards.validation import validate


def checked(path: Path, kind: str | None, level: Level) -> Iterator[Line]:
    """Every record of the file with its problems; a fault of the file itself is the last line."""
    with GuardedFetcher() as fetcher:
        job = Job(location=str(path), kind=kind, fetcher=fetcher)
        try:
            for page in reader_of(path).pages(job):
                for record in page.records:
                    yield _line(record, kind, level)
        except HarvestFault as fault:
            yield Line(path.name, "", Action.REJECTED, problems=(fault.problem,))


def _line(record: Fetched, kind: str | None, level: Level) -> Line:
    validation = validate(record.kind or kind or KINDS[0], record.values, level)
    problems = (*record.problems, *validation.problems)
    bad = any(each.is_error for each in problems)
    action = Action.REJECTED if bad else Action.CREATE
    return Line(record.place, record.key, action, problems=problems)
