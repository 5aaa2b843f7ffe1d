"""What a source yields: pages of records as they were sent, each with a place to go on from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Protocol

from catalog.origins import Chain
from catalog.proposals import Home
from harvesters.fetching import Fetcher
from harvesters.options import Option
from standards.problems import Problem, Text

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fetched:
    """One record of a source: its key there, raw values, and where in the source it stands.

    The key begins with what it is made of (``index-number:…``). Problems found while reading
    keep the record out, with its raw text beside them. ``origin`` is the way that it came, node by
    node; a node like ours also tells the agency's code and what it decided (``home``).
    """

    key: str
    values: Json
    kind: str | None
    place: str
    deleted: bool = False
    raw: str = ""
    problems: tuple[Problem, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    """Where its elements stand, by path, seen from its place (`standards.places`)."""
    agency: str = ""
    origin: Chain = ()
    home: Home | None = None
    unread: Callable[[], Fetched] | None = None
    """Reads it: so far only its key and its raw text are known (`harvesters.unread`)."""

    def read(self) -> Fetched:
        """The record with all that it says."""
        return self.unread() if self.unread else self


@dataclass(frozen=True, slots=True)
class Page:
    """Records that are stored together, with the checkpoint after them.

    `again` says that the source had to begin anew: what was read in this run before does not
    count. `facts` are kept with the run, `notes` are shown in its report.
    """

    records: tuple[Fetched, ...] = ()
    checkpoint: Json | None = None
    facts: Json = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """What a source is asked to read: where, with what options, from which checkpoint on."""

    location: str
    kind: str | None
    fetcher: Fetcher
    options: Json = field(default_factory=dict)
    mapping: Json = field(default_factory=dict)
    checkpoint: Json | None = None
    since: datetime | None = None
    patience: float | None = None
    """The seconds after which a file that does not unfold is given up, where fewer than usual."""


PAGE = 500
"""Records that a source without pages of its own yields at a time."""


def paged(records: Iterable[Fetched], state: Callable[[int], Json], start: int) -> Iterator[Page]:
    """Records in pages, each with the checkpoint that `state` makes of how many were read."""
    waiting = iter(records)
    read = start
    while page := tuple(islice(waiting, PAGE)):
        read += len(page)
        yield Page(page, state(read))


class Source(Protocol):
    """A protocol that can be harvested. The pages end when the source is read completely;
    a HarvestFault in between means that they are good but not complete."""

    @property
    def name(self) -> str:
        """The name in settings and commands."""
        ...

    @property
    def label(self) -> Text:
        """The name shown to people."""
        ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Those of the files that it reads; empty for what is asked of a server only."""
        ...

    @property
    def options(self) -> tuple[Option, ...]:
        """Those of its own, beside the ones that every source has."""
        ...

    def pages(self, job: Job) -> Iterator[Page]:
        """The pages of the source, beginning after the checkpoint of the job."""
        ...
