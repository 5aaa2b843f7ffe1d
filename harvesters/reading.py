"""The pages of a source as a run takes them: within its bounds, and with a page that says so where
the server has nothing new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from catalog.sources import SourceView
from harvesters.bounds import Bounds
from harvesters.faults import HarvestFault, fault, problem
from harvesters.fetched import Fetched, Job, Page, Source
from harvesters.marks import Unchanged
from harvesters.options import value
from harvesters.sources import known

INCREMENTAL = "incremental"
"""The fact of a run that only a part of the source was asked for."""


def pages(source: SourceView, job: Job, fetched: int = 0) -> Iterator[Page]:
    """The pages of a source from the checkpoint on, of which so many records were fetched before.

    Raises HarvestFault where the source does, where there are too many records, and at once for a
    protocol that nobody knows.
    """
    yield from bounded(source, protocol(source).pages(job), fetched)


def protocol(source: SourceView) -> Source:
    """How the source is read; a protocol that nobody knows is its first fault."""
    known_one = known().get(source.settings.protocol)
    if known_one is None:
        raise HarvestFault(problem("protocol-unknown", value=source.settings.protocol))
    return known_one


def bounded(source: SourceView, read: Iterator[Page], fetched: int) -> Iterator[Page]:
    """Pages within the bounds of their source."""
    options = source.settings.options
    bounds, most = Bounds.of(options), value(options, "run_records")
    try:
        for page in read:
            fetched = (0 if page.again else fetched) + len(page.records)
            if fetched > most:
                raise fault("run-too-many", value=f"{most:,}")
            yield replace(page, records=tuple(_bounded(each, bounds) for each in page.records))
    except Unchanged:
        told = problem("source-unchanged", severity="warning")
        yield Page(facts={INCREMENTAL: True}, notes=(told,))


def _bounded(record: Fetched, bounds: Bounds) -> Fetched:
    """The record; without its values if they are more than it may have."""
    if record.unread:
        return replace(record, unread=lambda: _bounded(record.read(), bounds))
    excess = bounds.exceeded(record.values)
    if excess is None:
        return record
    return replace(record, values={}, problems=(*record.problems, excess))
