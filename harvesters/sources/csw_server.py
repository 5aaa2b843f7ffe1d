"""A catalogue service as a harvest asks it: version, schema and sorting are agreed upon first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from harvesters.faults import HarvestFault, fault
from harvesters.fetched import Job
from harvesters.sources.csw_answers import (
    Capabilities,
    CswException,
    CswRecord,
    Results,
    capabilities,
    results,
    single,
)

VERSIONS = ("3.0.0", "2.0.2")
SCHEMAS = {
    "iso19115-3": ("/19115/-3/mdb/",),
    "iso19139": ("http://www.isotc211.org/2005/gmd",),
    "csw": ("http://www.opengis.net/cat/csw/",),
}
"""The output schemas that can be read, by what their names contain; the fullest first."""

_XML = "application/xml, text/xml;q=0.9, */*;q=0.1"
_NAMESPACES = {
    "2.0.2": "http://www.opengis.net/cat/csw/2.0.2",
    "3.0.0": "http://www.opengis.net/cat/csw/3.0",
}
_ORDER = "dc:identifier"
_LEEWAY = timedelta(days=1)  # time zones and clocks: better a record twice than never


@dataclass
class Server:
    """One server and what was agreed with it; `order` and `changed` are emptied at the first page
    where it cannot sort or filter."""

    job: Job
    about: Capabilities
    version: str
    address: str
    schema: str
    order: str = _ORDER
    changed: str = ""
    settled: bool = False

    @classmethod
    def met(cls, job: Job) -> Server:
        """The server after asking what it can do."""
        wish = str(job.options.get("version", "auto"))
        about = _introduced(job, VERSIONS if wish == "auto" else (wish,))
        version = next(each for each in VERSIONS if each.startswith(about.version[:3]))
        server = cls(job, about, version, _address(job.location, about.address), "")
        server.schema = server._schema(str(job.options.get("schema", "auto")))
        if job.since is not None and job.options.get("incremental") == "always":
            server.changed = server._changed_since(job.since)
        return server

    def records(self, start: int, size: int) -> Results:
        """A page of at most so many records from this position on."""
        while True:
            try:
                found = self._records(start, size)
            except CswException as error:
                if not error.refused or self.settled or not (self.order or self.changed):
                    raise
                self.order, self.changed = "", self.changed if self.order else ""
            else:
                self.settled = True
                return found

    def record(self, key: str) -> CswRecord | None:
        """The record with this key, if there is one."""
        asked = {
            "service": "CSW",
            "version": self.version,
            "request": "GetRecordById",
            "id": key,
            "elementSetName": "full",
            "outputSchema": self.schema,
        }
        try:
            return single(self.job.fetcher.get(self.address, asked, accept=_XML).body)
        except CswException:  # 3.0: an identifier that is not there is an exception
            return None
        except HarvestFault as error:
            if error.problem.rule == "http-status" and error.problem.value in {"400", "404"}:
                return None
            raise

    def _records(self, start: int, size: int) -> Results:
        asked = {
            "service": "CSW",
            "version": self.version,
            "request": "GetRecords",
            "typeNames": self._types(),
            "elementSetName": "full",
            "outputSchema": self.schema,
            "startPosition": str(start),
            "maxRecords": str(size),
        }
        if self.version == "2.0.2":
            asked["resultType"] = "results"
        if self.order:
            asked["sortBy"] = f"{self.order}:A"
        if self.changed:
            asked |= self._filter()
        return results(self.job.fetcher.get(self.address, asked, accept=_XML).body)

    def _schema(self, wish: str) -> str:
        """The output schema to ask for: what is wished, else the fullest that is offered."""
        offered = self.about.parameters.get("outputschema", ())
        if wish not in {"auto", *SCHEMAS}:
            return wish
        for marks in SCHEMAS.values() if wish == "auto" else (SCHEMAS[wish],):
            for each in offered:
                if any(mark in each for mark in marks):
                    return each
        if wish not in {"auto", "csw"}:
            raise fault("csw-schema", value=wish, offered="、".join(offered) or "∅")
        return _NAMESPACES[self.version]

    def _types(self) -> str:
        """The type that all records are of, as the server spells it."""
        wish = str(self.job.options.get("typenames", ""))
        offered = self.about.parameters.get("typenames", ())
        records = (each for each in offered if each.rpartition(":")[2] == "Record")
        return wish or next(records, next(iter(offered), "csw:Record"))

    def _changed_since(self, since: datetime) -> str:
        """The filter of what changed; empty where the server has no such queryable."""
        if self._modified():
            return (since - _LEEWAY).strftime("%Y-%m-%d")
        return ""

    def _modified(self) -> str:
        named = (each for each in self.about.queryables if each.rpartition(":")[2] == "Modified")
        return next(named, "dct:modified" if "dct:modified" in self.about.queryables else "")

    def _filter(self) -> dict[str, str]:
        """The filter in the language that the server knows: Filter Encoding, else CQL."""
        if "FILTER" in self.about.parameters.get("constraintlanguage", ("FILTER",)):
            return {
                "constraintLanguage": "FILTER",
                "constraint_language_version": "1.1.0",
                "constraint": _encoded(self._modified(), self.changed),
            }
        return {
            "constraintLanguage": "CQL_TEXT",
            "constraint_language_version": "1.1.0",
            "constraint": f"{self._modified()} >= '{self.changed}'",
        }


def _introduced(job: Job, versions: tuple[str, ...]) -> Capabilities:
    """The capabilities in the first version that both sides know."""
    faults: list[HarvestFault] = []
    for asked in _greetings(versions):
        answer = job.fetcher.get(job.location, asked, accept=_XML)
        try:
            about = capabilities(answer.body)
        except CswException as error:  # it may not know this version, nor this way of asking
            faults.append(error)
            continue
        if any(each.startswith(about.version[:3]) for each in versions):
            return about
        faults.append(fault("csw-version", value=about.version, known="、".join(versions)))
    raise faults[-1]


def _greetings(versions: tuple[str, ...]) -> Iterator[dict[str, str]]:
    common = {"service": "CSW", "request": "GetCapabilities"}
    yield common | {"acceptVersions": ",".join(versions)}
    for version in versions:
        yield common | {"version": version}
    yield common


def _address(location: str, advertised: str) -> str:
    """Where GetRecords is: as the server advertises, unless that is another host."""
    with suppress(ValueError):
        if urlsplit(advertised).hostname == urlsplit(location).hostname:
            return advertised
    return location


def _encoded(name: str, since: str) -> str:
    """A filter as XML, made by OWSLib, which is slow to import and seldom needed."""
    from lxml import etree
    from owslib.fes import PropertyIsGreaterThanOrEqualTo

    condition = PropertyIsGreaterThanOrEqualTo(name, since).toXML()
    whole = etree.Element(
        "{http://www.opengis.net/ogc}Filter", nsmap={"ogc": "http://www.opengis.net/ogc"}
    )
    whole.append(condition)
    return etree.tostring(whole, encoding="unicode")
