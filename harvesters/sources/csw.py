"""Harvests GetRecords of a catalogue service (CSW 2.0.2 and 3.0), and trusts its counts no further
than they prove themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from harvesters.faults import HarvestFault, fault
from harvesters.fetched import Fetched, Job, Page
from harvesters.options import Option
from harvesters.sources.csw_answers import CswException, CswRecord, Results
from harvesters.sources.csw_server import SCHEMAS, VERSIONS, Server
from harvesters.sources.halving import halved
from harvesters.sources.reading import read
from standards.problems import Problem, Text

_PAGE = 100
_POISON = frozenset({"xml-broken", "csw-withheld", "csw-exception", "answer-too-large"})


class Csw:
    """The source `csw`: the location is the address of the service, with its own query if it has
    one. A catalogue service tells no deletions: what a complete harvest misses is gone."""

    name = "csw"
    label = Text("网络目录服务（CSW）", "Catalogue service (CSW)")
    suffixes = ()
    options = (
        Option(
            "version",
            Text("版本", "Version"),
            kind="choice",
            default="auto",
            choices=("auto", *VERSIONS),
            explanation=Text("auto：双方都支持的最高版本。", "auto: the highest that both know."),
        ),
        Option(
            "schema",
            Text("元数据格式", "Output schema"),
            default="auto",
            explanation=Text(
                f"{'、'.join(SCHEMAS)} 或对方的 outputSchema；auto：对方提供的最完整的一种。",
                f"{', '.join(SCHEMAS)} or an outputSchema; auto: the fullest that is offered.",
            ),
        ),
        Option(
            "typenames",
            Text("记录类型", "Type names"),
            explanation=Text("typeNames；不写则取 Record。", "The typeNames; else Record."),
        ),
        Option(
            "page",
            Text("每页条数", "Records of a page"),
            kind="integer",
            default=_PAGE,
            least=1,
            most=5000,
            explanation=Text("每次请求多少条。", "How many records are asked for at a time."),
        ),
        Option(
            "incremental",
            Text("只采集变化", "Changes only"),
            kind="choice",
            default="never",
            choices=("always", "never"),
            explanation=Text(
                "always：对方能按修改日期筛选时只采集变化；这样看不出删除，须另以 --full 采集。",
                "always: changes only, where the server can filter by date; deletions then show "
                "only in a harvest with --full.",
            ),
        ),
    )

    def pages(self, job: Job) -> Iterator[Page]:
        """The pages of records from the checkpoint on."""
        server = Server.met(job)
        walk = _Walk.resumed(server) if job.checkpoint else _Walk(server)
        yield from walk.pages()

    def some(self, job: Job, keys: Sequence[str]) -> Iterator[Page]:
        """These records by GetRecordById; one that the server does not have is left out."""
        server = Server.met(job)
        done = int((job.checkpoint or {}).get("asked", 0))
        for at, key in enumerate(keys[done:], start=done + 1):
            found = server.record(key)
            records = (_fetched(found, job, f"GetRecordById({key})"),) if found else ()
            yield Page(records, {"asked": at})


@dataclass
class _Walk:
    """Where the harvest of one catalogue stands: the position that is asked for next."""

    server: Server
    start: int = 1
    matched: int | None = None
    left_out: int = 0
    moved: bool = False
    grown: bool = False
    before: frozenset[str] = frozenset()
    ended: bool = False
    facts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def resumed(cls, server: Server) -> _Walk:
        """Where the checkpoint says."""
        kept = dict(server.job.checkpoint or {})
        server.order, server.changed = kept.pop("order"), kept.pop("changed")
        server.settled = True
        return cls(server, before=frozenset(kept.pop("before")), **kept)

    def pages(self) -> Iterator[Page]:
        """Page by page to the end; HarvestFault where it is not proven that nothing is missing."""
        while not self.ended:
            yield self._page()
        if self.left_out:
            raise fault("csw-left-out", value=str(self.left_out))
        if self.moved:
            raise fault("csw-moved")

    def _page(self) -> Page:
        try:
            found = self.server.records(self.start, self._size)
        except HarvestFault as error:
            if not _may_be_one_record(error) or self._size == 1:
                raise
            return self._split()
        self._note(found)
        count = len(found.records)
        if _withheld(found, self.start + count, self.start + self._size):
            return self._split()
        if not count and self.start <= self._total:
            raise fault("csw-ends-early", value=str(self.matched or "∅"), received=self.start - 1)
        return self._taken(self._fetched(found.records, self.start), count, found)

    def _split(self) -> Page:
        """The page asked for in halves; what cannot be had alone is left out with its reason."""
        records: list[Fetched] = []
        left = self._size if self.matched is None else self.matched - self.start + 1
        total = min(self._size, left)
        for part in halved(self.start, total, self._whole):
            if part.fault is not None:
                self.left_out += 1
                place = f"GetRecords[{part.start}]"
                records.append(
                    Fetched(f"place:{place}", {}, None, place, problems=(part.fault.problem,))
                )
            else:
                records += self._fetched(part.found or (), part.start)
        return self._taken(tuple(records), total, None)

    def _whole(self, start: int, size: int) -> tuple[CswRecord, ...]:
        """All records of these positions, in as many requests as the server makes of it."""
        records: list[CswRecord] = []
        while len(records) < size:
            found = self.server.records(start + len(records), size - len(records))
            self._note(found)
            records += found.records
            reached = start + len(records)
            if reached > self._total:
                break
            if not found.records or _withheld(found, reached, start + size):
                raise fault("csw-withheld", value=str(reached))
        return tuple(records)

    def _taken(self, records: tuple[Fetched, ...], count: int, found: Results | None) -> Page:
        """The page; afterwards the walk stands behind it."""
        keys = frozenset(each.key for each in records)
        if keys and keys == self.before:
            raise fault("csw-repeats", value=str(self.start))
        met = keys & self.before
        if self.grown:  # what was added before this position has pushed these along
            records = tuple(each for each in records if each.key not in met)
        elif len(met) * 2 > len(keys):
            self.moved = True
        self.before = keys
        self.start += count
        self.ended = self.start > self._total
        if self.matched is None and found is not None:
            self.ended = found.following == 0
        return Page(records, self._checkpoint(), dict(self.facts))

    def _note(self, found: Results) -> None:
        """What a page says of the whole. A number that falls means that records have moved to
        positions that were read already; one that grows, that some come twice."""
        if found.moment and "moment" not in self.facts and self.start == 1:
            self.facts["moment"] = found.moment.isoformat()
        self.facts["incremental"] = bool(self.server.changed)
        if self.matched is not None and found.matched is not None:
            self.moved = self.moved or found.matched < self.matched
            self.grown = self.grown or found.matched > self.matched
        self.matched = found.matched if found.matched is not None else self.matched

    @property
    def _size(self) -> int:
        return int(self.server.job.options.get("page", _PAGE))

    @property
    def _total(self) -> float:
        return float("inf") if self.matched is None else self.matched

    def _fetched(self, records: tuple[CswRecord, ...], start: int) -> tuple[Fetched, ...]:
        return tuple(
            _fetched(each, self.server.job, f"GetRecords[{at}]")
            for at, each in enumerate(records, start=start)
        )

    def _checkpoint(self) -> dict[str, Any]:
        return {
            "start": self.start,
            "matched": self.matched,
            "left_out": self.left_out,
            "moved": self.moved,
            "grown": self.grown,
            "before": sorted(self.before),
            "order": self.server.order,
            "changed": self.server.changed,
        }


def _fetched(record: CswRecord, job: Job, place: str) -> Fetched:
    return read(
        record.metadata,
        job.kind,
        place=place,
        raw=record.raw,
        key=record.key,
        problems=record.problems,
    )


def _withheld(found: Results, reached: int, asked: int) -> bool:
    """Whether the server goes on behind records that were asked for and that it did not give."""
    return found.following is not None and reached < found.following <= asked


def _may_be_one_record(error: HarvestFault) -> bool:
    """Whether a smaller page may do: one record may be what the server cannot write."""
    if isinstance(error, CswException):
        return not error.refused
    told: Problem = error.problem
    failed = told.rule == "http-status" and str(told.value or "").startswith("5")
    return failed or told.rule in _POISON
