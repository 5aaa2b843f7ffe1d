"""Harvests the records of an OGC API Records server by following its links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from harvesters.faults import HarvestFault, fault, problem
from harvesters.fetched import Fetched, Job, Page
from harvesters.options import Option
from harvesters.sources.halving import halved
from harvesters.sources.ogc_answers import Items, discovered, items, window, windowed
from harvesters.sources.xml_answers import LOST
from standards.formats import ogc_record
from standards.problems import Problem, Text

_PAGE = 100
_EMPTY = 20  # pages without a record, one after another, that are followed
_GEOJSON = "application/geo+json, application/json;q=0.9, */*;q=0.1"


class OgcRecords:
    """The source `ogc-records`: the location is the landing page, its collections, one collection
    or its items. The server tells no deletions: what a complete harvest misses is gone."""

    name = "ogc-records"
    label = Text("OGC API Records", "OGC API Records")
    suffixes = ()
    options = (
        Option(
            "collection",
            Text("目录", "Collection"),
            explanation=Text(
                "只采集这个编号的目录；不写则采集全部记录类目录。",
                "Harvest the collection of this id only; else all that hold records.",
            ),
        ),
        Option(
            "page",
            Text("每页条数", "Records of a page"),
            kind="integer",
            default=_PAGE,
            least=1,
            most=10000,
            explanation=Text("每次请求多少条。", "How many records are asked for at a time."),
        ),
    )

    def pages(self, job: Job) -> Iterator[Page]:
        """The pages of each collection from the checkpoint on, collection by collection."""
        kept = dict(job.checkpoint or {})
        waiting = kept.get("waiting") or discovered(job)
        walk = _Walk(job, **kept["walk"]) if kept else None
        lost = kept.get("lost", 0)
        while waiting:
            walk = walk or _Walk(job, waiting[0])
            while not walk.ended:
                page = walk.step()
                after = {"waiting": waiting, "walk": walk.as_dict(), "lost": lost + walk.left_out}
                yield Page(page, after)
            lost += walk.left_out
            waiting, walk = waiting[1:], None
        if lost:
            raise fault("csw-left-out", value=str(lost))


@dataclass
class _Walk:
    """Where the harvest of one collection stands: the address that is asked next."""

    job: Job
    next: str
    received: int = 0
    page: int = 0
    empty: int = 0
    left_out: int = 0
    seen: set[str] = field(default_factory=set)
    ended: bool = False

    def step(self) -> tuple[Fetched, ...]:
        """The records of the next page; HarvestFault where the chain of pages does not hold."""
        self.page += 1
        self.seen.add(self.next)
        try:
            found = self._ask(self.next)
        except HarvestFault as error:
            return self._split(error)
        records = self._fetched(found.features, 1)
        self.received += len(found.features)
        self.empty = 0 if found.features else self.empty + 1
        self._go_on(found)
        return records

    def as_dict(self) -> dict[str, Any]:
        """The walk as a checkpoint."""
        return {
            "next": self.next,
            "received": self.received,
            "page": self.page,
            "left_out": self.left_out,
            "ended": self.ended,
        }

    def _go_on(self, found: Items) -> None:
        if not found.following:
            self.ended = True
            if found.matched is not None and self.received < found.matched:
                said = str(found.matched)
                raise fault("csw-ends-early", value=said, received=self.received)
        elif found.following in self.seen or self.empty > _EMPTY:
            raise fault("ogc-loop", value=found.following)
        self.next = found.following

    def _split(self, error: HarvestFault) -> tuple[Fetched, ...]:
        """A page that cannot be had, asked for in halves where its address tells its place."""
        place = window(self.next, self._size)
        if place is None or not _may_be_one_record(error.problem):
            raise error
        records: list[Fetched] = []
        last = Items(())

        for part in halved(place.start, place.count, self._whole):
            if part.fault is None and part.found is not None:
                last = part.found
                records += self._fetched(last.features, part.start - place.start + 1)
            else:
                self.left_out += 1
                at = f"items[{part.start + 1}]"
                told = part.fault.problem if part.fault else problem("csw-withheld", value=at)
                records.append(Fetched(f"place:{at}", {}, None, at, problems=(told,)))
        self.received += len(records)
        going_on = Items(
            (), last.matched, windowed(self.next, place.start + place.count, place.count)
        )
        done = last.matched is not None and place.start + place.count >= last.matched
        self._go_on(Items((), last.matched) if done or not last.following else going_on)
        return tuple(records)

    def _whole(self, start: int, count: int) -> Items:
        """All records of a window, in as many requests as the server makes of it."""
        features: tuple[Any, ...] = ()
        while True:
            found = self._ask(windowed(self.next, start + len(features), count - len(features)))
            features += found.features
            reached = start + len(features)
            if len(features) >= count or reached >= (found.matched or reached):
                return Items(features, found.matched, found.following)
            if not found.features:
                raise fault("csw-withheld", value=str(reached + 1))

    def _ask(self, address: str) -> Items:
        return items(self.job.fetcher.get(address, accept=_GEOJSON), self.job.location)

    @property
    def _size(self) -> int:
        return int(self.job.options.get("page", _PAGE))

    def _fetched(self, features: tuple[Any, ...], first: int) -> tuple[Fetched, ...]:
        return tuple(self._record(each, at) for at, each in enumerate(features, start=first))

    def _record(self, feature: Any, at: int) -> Fetched:
        place = f"items[{self.page}]/features/{at - 1}"
        raw = orjson.dumps(feature).decode()
        if not isinstance(feature, Mapping):
            return Fetched(
                f"place:{place}", {}, None, place, raw=raw, problems=_told("ogc-no-feature")
            )
        try:
            parsed = ogc_record.read(feature, self.job.kind, self.next)
        except Exception as error:  # noqa: BLE001  the record boundary: kept with its error
            told = _told("record-fault", value=repr(error))
            return Fetched(f"place:{place}", {}, None, place, raw=raw, problems=told)
        problems = () if parsed.key else _told("identifier-missing")
        problems += _told("undecodable") if LOST in raw else ()
        key = parsed.key or f"place:{place}"
        return Fetched(
            key,
            dict(parsed.raw),
            parsed.kind,
            place,
            raw=raw,
            problems=problems,
            places=parsed.places,
        )


def _told(rule: str, value: str = "") -> tuple[Problem, ...]:
    return (problem(rule, value=value),)


def _may_be_one_record(told: Problem) -> bool:
    failed = told.rule == "http-status" and str(told.value or "").startswith("5")
    return failed or told.rule in {"ogc-not-json", "answer-too-large"}
