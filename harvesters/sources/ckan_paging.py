"""Pages of CKAN's search: by what came, not by what was announced. The list may change while it is
read, rows may be capped, and a single package may make the server fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from harvesters.faults import fault, problem
from harvesters.fetched import Fetched, Job, Page
from harvesters.sources.ckan_answers import Portal, Refused
from harvesters.sources.taking import refused, taken
from standards.formats import ckan
from standards.formats.data_json import source_of
from standards.problems import Problem

ROWS = 100
_MOST_ROWS = 1000
_SORT = "id asc"
_MOST_POISON = 20
_MOST_SHIFTS = 20
_SHOWN = 20


@dataclass
class Taker:
    """Makes records of packages, and remembers what the report should say of them."""

    site: str
    kind: str | None
    latest: str = ""
    hidden: list[str] = field(default_factory=list)

    def taken(self, package: Any, place: str) -> Fetched:
        """The record of a package; of one that is gone or not public, its deletion."""
        if not isinstance(package, Mapping):
            return refused(
                place, "json-no-record", source_of(package), value=type(package).__name__
            )
        try:
            record = taken(ckan.read(package, self.site, self.kind), place)
        except Exception as error:  # noqa: BLE001  the record boundary: kept with its error
            return refused(place, "record-fault", source_of(package), value=repr(error))
        self.latest = max(self.latest, ckan.modified(package))
        if ckan.hidden(package):
            self.hidden.append(str(record.key.partition(":")[2]))
        if ckan.gone(package):
            return Fetched(record.key, {}, record.kind, place, deleted=True)
        return record

    def notes(self) -> tuple[Problem, ...]:
        """Which packages are not for the public and were passed over."""
        if not self.hidden:
            return ()
        some, count = ", ".join(self.hidden[:_SHOWN]), len(self.hidden)
        return (problem("ckan-not-public", severity="warning", value=some, count=count),)


@dataclass
class Walk:
    """Where the reading stands: how many rows came, which were the last, and what was odd. Each
    page begins with the last row of the one before, so that a list that shifted is seen."""

    portal: Portal
    job: Job
    taker: Taker
    most: int
    rows: int
    incremental: bool
    start: int = 0
    received: int = 0
    recent: list[str] = field(default_factory=list)
    count: int | None = None
    poison: int = 0
    shifts: int = 0
    overlapping: bool = True
    ended: bool = False

    @classmethod
    def over(cls, portal: Portal, job: Job, kept: Mapping[str, Any]) -> Walk:
        """From the checkpoint on, or from the start."""
        rows = _rows(job.options.get("rows"))
        incremental = bool(job.since) and job.options.get("incremental") == "always"
        taker = Taker(portal.site, job.kind, kept.get("latest", ""))
        names = ("start", "received", "recent", "count", "poison", "shifts", "overlapping")
        held = {name: kept[name] for name in names if name in kept}
        return cls(portal, job, taker, rows, rows, incremental, **held)

    def step(self) -> Page:
        """The next page; `ended` is set after the last. Refused where the search itself fails."""
        overlap = 1 if self.overlapping and self.recent and self.rows > 1 else 0
        at = self.start - overlap
        try:
            found = self.portal.search(self._parameters(at))
        except Refused as error:
            return self._split(error)
        ids = [_id(each) for each in found.packages]
        self.count = found.count if found.count is not None else self.count
        if overlap and self.recent[-1] not in ids and self.shifts < _MOST_SHIFTS:
            return self._back()
        known = 1 if overlap and ids[:1] == self.recent[-1:] else 0
        fresh = [n for n in range(known, len(ids)) if not ids[n] or ids[n] not in self.recent]
        if not fresh:
            return self._nothing_new(overlap, ids)
        place = f"package_search?rows={self.rows}&start={at}"
        records = tuple(self.taker.taken(found.packages[n], f"{place} [{n}]") for n in fresh)
        self.start = at + len(ids)
        self.received += len(records)
        self.recent = [*self.recent, *(ids[n] for n in fresh)][-2 * self.most :]
        self.rows = min(self.most, self.rows * 2)
        return Page(records, self._state(), {"incremental": self.incremental})

    def _parameters(self, at: int) -> dict[str, str]:
        asked = {"q": "*:*", "rows": str(self.rows), "start": str(at), "sort": _SORT}
        filters = [str(self.job.options["fq"])] if self.job.options.get("fq") else []
        if self.incremental and self.job.since:
            since = self.job.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            filters.append(f"metadata_modified:[{since} TO *]")
        return asked | ({"fq": " AND ".join(filters)} if filters else {})

    def _split(self, error: Refused) -> Page:
        """Half as many rows over which the server fails; down to the one that is left out."""
        if error.unknown:
            raise error
        if self.rows > 1:
            self.rows //= 2
            return Page()
        self.poison += 1
        if self.poison > _MOST_POISON:
            raise fault("ckan-poison-many", value=str(self.poison))
        place = f"package_search?rows=1&start={self.start}"
        self.start, self.recent = self.start + 1, []
        return Page((refused(place, "ckan-poison", "", value=error.words),), self._state())

    def _back(self) -> Page:
        """The last row is not where it was: one before it went, and what followed moved up."""
        self.shifts += 1
        self.start = max(0, self.start - self.most)
        self.overlapping = self.start > 0
        return Page()

    def _nothing_new(self, overlap: int, ids: list[str]) -> Page:
        """Either the end, which an empty page proves, or a page that was here before."""
        if not ids:
            self.ended = True
        elif overlap:
            self.overlapping = False
        elif not self.shifts or self.start + len(ids) > self.received + self.most:
            if self.count != self.received:
                raise fault("ckan-pages-repeat", place=f"start={self.start}")
            self.ended = True
        else:
            self.start += len(ids)
            self.overlapping = True
        return Page()

    def notes(self) -> tuple[Problem, ...]:
        """What was odd, for the report."""
        found = list(self.taker.notes())
        if self.shifts:
            found.append(problem("ckan-pages-shift", value=str(self.shifts), severity="warning"))
        if self.count is not None and self.count != self.received + self.poison:
            found.append(self._differs())
        return tuple(found)

    def prove(self) -> None:
        """HarvestFault unless everything came: no page failed, and where more was announced, the
        list of names agrees with what came."""
        if self.poison:
            raise fault("ckan-poison", value=str(self.poison))
        if self.count is None or self.count <= self.received:
            return
        if self.incremental or self.job.options.get("fq") or not self._listed():
            raise fault("ckan-count-differs", value=str(self.count), received=self.received)

    def _listed(self) -> bool:
        """Whether the portal lists as many packages as came."""
        try:
            return len(self.portal.names()) == self.received
        except Refused:
            return False

    def _differs(self) -> Problem:
        told = str(self.count)
        return problem("ckan-count-differs", severity="warning", value=told, received=self.received)

    def _state(self) -> dict[str, Any]:
        names = ("start", "received", "recent", "count", "poison", "shifts", "overlapping")
        return {name: getattr(self, name) for name in names} | {"latest": self.taker.latest}


def _id(package: Any) -> str:
    return ckan.id_of(package) if isinstance(package, Mapping) else ""


def _rows(wish: Any) -> int:
    """The rows to ask for, within bounds; what is no number is the usual."""
    text = str(wish if wish is not None else ROWS)
    return max(1, min(_MOST_ROWS, int(text))) if text.isascii() and text.isdigit() else ROWS
