"""Harvests ListRecords of an OAI-PMH server, and bears what real servers do wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from catalog.origins import LONGEST, Chain, Hop
from harvesters.faults import HarvestFault, fault, problem
from harvesters.fetched import Fetched, Job, Page
from harvesters.options import Option
from harvesters.sources.oai_answers import (
    Identity,
    Listing,
    OaiError,
    OaiRecord,
    identity,
    listing,
)
from harvesters.sources.reading import read
from standards.problems import Problem, Text
from standards.xmlparser import XmlFault

_SAMPLE = 50  # identifiers of the first page that tell whether a later page is the first again
_EMPTY = 200  # pages without a record, one after another, that a patient harvester asks for

_LACKING = ("idDoesNotExist", "cannotDisseminateFormat", "badArgument")


class OaiPmh:
    """The source `oai-pmh`: the location is the base address."""

    name = "oai-pmh"
    label = Text("OAI-PMH", "OAI-PMH")
    suffixes = ()
    options = (
        Option(
            "set",
            Text("集合", "Set"),
            explanation=Text("只采集这个集合（setSpec）。", "Harvest this set (setSpec) only."),
        ),
        Option(
            "prefix",
            Text("元数据格式", "Metadata format"),
            default="oai_dc",
            explanation=Text(
                "metadataPrefix，如 oai_dc、iso19139；按元数据的命名空间识别格式。",
                "The metadataPrefix, such as oai_dc or iso19139; what comes tells its own format.",
            ),
        ),
        Option(
            "incremental",
            Text("只采集变化", "Changes only"),
            kind="choice",
            default="auto",
            choices=("auto", "always", "never"),
            explanation=Text(
                "auto：对方保留删除记录时只采集变化。",
                "auto: changes only, where the server remembers deletions.",
            ),
        ),
    )

    def pages(self, job: Job) -> Iterator[Page]:
        """The pages of the list from the checkpoint on; from the start again if it is too old."""
        walk = _Walk.resumed(job)
        if walk.token:
            try:
                first = walk.step()
            except (HarvestFault, OaiError):  # the token is too old, however the server says so
                yield Page(again=True, notes=(_told("oai-token-expired"),))
                walk = _Walk.begun(job)
                first = walk.step()
        else:
            walk = _Walk.begun(job)
            first = walk.step()
        yield from _rest(walk, first, job)

    def some(self, job: Job, keys: Sequence[str]) -> Iterator[Page]:
        """These records by GetRecord; one that the server does not have is left out."""
        walk = _Walk(job, {"metadataPrefix": str(job.options.get("prefix", "oai_dc"))})
        done = int((job.checkpoint or {}).get("asked", 0))
        for at, key in enumerate(keys[done:], start=done + 1):
            yield Page(tuple(walk.single(key)), {"asked": at})


def _rest(walk: _Walk, page: Page, job: Job) -> Iterator[Page]:
    anew = False
    while True:
        yield page
        if walk.fault:
            raise HarvestFault(walk.fault)
        if walk.ended:
            return
        try:
            page = walk.step()
        except OaiError as error:
            if error.code != "badResumptionToken" or anew:
                raise fault("oai-error", value=str(error)) from error
            anew = True
            yield Page(again=True, notes=(_told("oai-token-expired"),))
            walk = _Walk.begun(job)
            page = walk.step()


@dataclass
class _Walk:
    """Where the harvest of one list stands."""

    job: Job
    first: dict[str, str]
    facts: dict[str, Any] = field(default_factory=dict)
    token: str = ""
    page: int = 0
    received: int = 0
    repeats: bool = False
    sample: frozenset[str] = frozenset()
    seen: set[str] = field(default_factory=set)
    empty: int = 0
    size: int | None = None
    ended: bool = False
    fault: Problem | None = None

    @classmethod
    def begun(cls, job: Job) -> _Walk:
        """At the start, after asking the server who it is."""
        about = _identity(job)
        first = {"metadataPrefix": str(job.options.get("prefix", "oai_dc"))}
        if "set" in job.options:
            first["set"] = str(job.options["set"])
        wish = job.options.get("incremental", "auto")
        trusted = wish == "always" or (wish == "auto" and about.deletions == "persistent")
        if job.since and trusted:
            first["from"] = _stamp(job.since, about)
        return cls(job, first, {"incremental": "from" in first})

    @classmethod
    def resumed(cls, job: Job) -> _Walk:
        """Where the checkpoint says; without one, nowhere yet."""
        kept = dict(job.checkpoint or {})
        return cls(
            job,
            kept.get("first", {}),
            token=kept.get("token", ""),
            page=kept.get("page", 0),
            received=kept.get("received", 0),
            repeats=kept.get("repeats", False),
            sample=frozenset(kept.get("sample", ())),
            size=kept.get("size"),
        )

    def step(self) -> Page:
        """The next page; afterwards `ended` or `fault` may be set."""
        try:
            found = self._ask()
        except OaiError as error:
            if error.code != "noRecordsMatch":
                if self.token and error.code == "badResumptionToken":
                    raise
                raise fault("oai-error", value=str(error)) from error
            found = Listing(())
        self.page += 1
        if found.moment and self.page == 1:
            self.facts["moment"] = found.moment.isoformat()
        if found.size is not None:
            self.size = self.facts["total"] = found.size
        if self._again(found):
            return self._looped()
        self.received += len(found.records)
        records = tuple(self._fetched(each, at) for at, each in enumerate(found.records, start=1))
        self.token, self.fault = found.token, found.cut
        self.ended = not found.token and not found.cut
        return Page(records, self._checkpoint(), dict(self.facts), self._closing())

    def _ask(self) -> Listing:
        if not self.token:
            return self._get(self.first)
        repeated = {**self.first, "resumptionToken": self.token}
        if self.repeats:
            return self._get(repeated)
        try:
            return self._get({"resumptionToken": self.token})
        except OaiError as error:
            if error.code != "badArgument":
                raise
            found = self._get(repeated)  # against the protocol, but pycsw insists
            self.repeats = True
            return found

    def _get(self, arguments: dict[str, str]) -> Listing:
        parameters = {"verb": "ListRecords", **arguments}
        return listing(self.job.fetcher.get(self.job.location, parameters).body)

    def single(self, key: str) -> Iterator[Fetched]:
        """The record of an identifier; nothing where there is none."""
        asked = {"verb": "GetRecord", "identifier": key, **self.first}
        try:
            found = listing(self.job.fetcher.get(self.job.location, asked).body)
        except OaiError as error:
            if error.code not in _LACKING:
                raise fault("oai-error", value=str(error)) from error
            return
        if found.cut and not found.records:
            raise HarvestFault(found.cut)
        for record in found.records[:1]:
            yield self._read(record, f"GetRecord({key})")

    def _again(self, found: Listing) -> bool:
        """Whether the page was here before, so that the token leads in a circle."""
        names = [_short(each.identifier or each.raw) for each in found.records]
        signature = _short("".join(names) or found.token)
        known = signature in self.seen
        self.seen.add(signature)
        if self.page == 1:
            self.sample = frozenset(names[:_SAMPLE])
            return False
        self.empty = 0 if names else self.empty + 1
        met = sum(name in self.sample for name in names[: len(self.sample)])
        first_again = met > 1 and met * 2 > min(len(names), len(self.sample))
        return bool(found.token) and (known or first_again or self.empty > _EMPTY)

    def _looped(self) -> Page:
        """A circle after as many records as were announced is only an odd way to end."""
        self.ended = self.size is not None and self.received == self.size
        if not self.ended:
            self.fault = problem("oai-token-loop", value=self.token)
        return Page(facts=dict(self.facts))

    def _closing(self) -> tuple[Problem, ...]:
        if not self.ended or self.size is None or self.size == self.received:
            return ()
        told = _told("oai-size-differs", value=str(self.size), received=self.received)
        if self.received < self.size:
            self.ended, self.fault = False, told
        return (told,)

    def _fetched(self, record: OaiRecord, at: int) -> Fetched:
        """The record, not read yet where nothing but its metadata has to be."""
        place = f"ListRecords[{self.page}]/record[{at}]"
        if record.deleted or record.problems:
            return self._read(record, place)
        reading = partial(self._read, record, place)
        return Fetched(record.identifier, {}, None, place, raw=record.raw, unread=reading)

    def _read(self, record: OaiRecord, place: str) -> Fetched:
        found = read(
            record.metadata,
            self.job.kind,
            place=place,
            raw=record.raw,
            key=record.identifier,
            problems=record.problems,
            deleted=record.deleted,
        )
        return found if record.deleted else replace(found, origin=self._origin(found, record))

    def _origin(self, found: Fetched, record: OaiRecord) -> Chain:
        """The way by which the record came: as our own format tells it, with the server last; else
        as its provenance does, and then this server."""
        if found.origin:
            return found.origin
        here = (urlsplit(self.job.location).netloc, record.identifier)
        kept = [*record.origins[-LONGEST + 1 :], here]
        return tuple(Hop(node[:300], identifier[:500]) for node, identifier in kept if node)

    def _checkpoint(self) -> dict[str, Any] | None:
        if not self.token:
            return None
        return {
            "first": self.first,
            "token": self.token,
            "page": self.page,
            "received": self.received,
            "repeats": self.repeats,
            "sample": sorted(self.sample),
            "size": self.size,
        }


def _identity(job: Job) -> Identity:
    try:
        return identity(job.fetcher.get(job.location, {"verb": "Identify"}).body)
    except (OaiError, XmlFault):
        return Identity()


def _stamp(moment: datetime, about: Identity) -> str:
    form = "%Y-%m-%dT%H:%M:%SZ" if about.seconds else "%Y-%m-%d"
    return moment.astimezone(UTC).strftime(form)


def _told(rule: str, **words: Any) -> Problem:
    return problem(rule, severity="warning", **words)


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
