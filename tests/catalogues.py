"""A catalogue service (CSW) and an OGC API Records server in memory, honest unless a test gives
them a flaw; they are also fetchers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from harvesters.faults import HarvestFault, fault
from harvesters.fetching import ANYTHING, Answer

MOMENT = "2026-03-01T08:00:00Z"
_GMD = "http://www.isotc211.org/2005/gmd"
_CSW = "http://www.opengis.net/cat/csw/2.0.2"
_OWS = "http://www.opengis.net/ows"
_DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dct="http://purl.org/dc/terms/"'

Arguments = dict[str, str]
Flaw = Callable[[Arguments], bytes | HarvestFault | None]


@dataclass
class Catalogue:
    """Records by position: their keys, each with a title. `cap` is the most that a page holds."""

    keys: Sequence[str]
    cap: int = 1000
    version: str = "2.0.2"
    schemas: tuple[str, ...] = (_CSW,)
    queryables: tuple[str, ...] = ("dct:modified",)
    flaw: Flaw = lambda _: None
    asked: list[Arguments] = field(default_factory=list)

    def get(
        self, url: str, params: Mapping[str, str] | None = None, *, accept: str = ANYTHING
    ) -> Answer:
        """As a fetcher."""
        arguments = dict(parse_qsl(urlsplit(url).query)) | dict(params or {})
        return Answer(url, self.answer(arguments), "text/xml")

    def answer(self, arguments: Arguments) -> bytes:
        """The body for these arguments."""
        self.asked.append(arguments)
        answer = self.flaw(arguments)
        if isinstance(answer, HarvestFault):
            raise answer
        if answer is not None:
            return answer
        if arguments["request"] == "GetCapabilities":
            return self._capabilities()
        return self.page(int(arguments["startPosition"]), int(arguments["maxRecords"]))

    def page(self, start: int, size: int, **said: Any) -> bytes:
        """The records from a position on; `said` replaces what the page says of itself."""
        keys = self.keys[start - 1 :][: min(size, self.cap)]
        after = start + len(keys)
        said = {
            "numberOfRecordsMatched": len(self.keys),
            "numberOfRecordsReturned": len(keys),
            "nextRecord": after if after <= len(self.keys) else 0,
        } | said
        return page("".join(map(record, keys)), **said)

    def starts(self) -> list[int]:
        """The positions that were asked for."""
        return [int(each["startPosition"]) for each in self.asked if "startPosition" in each]

    def _capabilities(self) -> bytes:
        schemas = "".join(f"<Value>{each}</Value>" for each in self.schemas)
        queryables = "".join(f"<Value>{each}</Value>" for each in self.queryables)
        return (
            f'<Capabilities xmlns="{_CSW}" version="{self.version}"><Operation name="GetRecords">'
            f'<Parameter name="outputSchema">{schemas}</Parameter>'
            f'<Constraint name="SupportedDublinCoreQueryables">{queryables}</Constraint>'
            "</Operation></Capabilities>"
        ).encode()


def record(key: str) -> str:
    """A csw:Record of a data set that is called after its key."""
    return (
        f"<csw:Record {_DC}><dc:identifier>{escape(key)}</dc:identifier><dc:type>dataset</dc:type>"
        f"<dc:title>资源{escape(key)}</dc:title></csw:Record>"
    )


def page(records: str, **said: Any) -> bytes:
    """The answer around records."""
    attributes = "".join(f' {name}="{value}"' for name, value in said.items() if value is not None)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><csw:GetRecordsResponse xmlns:csw="{_CSW}">'
        f'<csw:SearchStatus timestamp="{MOMENT}"/><csw:SearchResults{attributes}>{records}'
        "</csw:SearchResults></csw:GetRecordsResponse>"
    ).encode()


def exception(code: str, words: str = "不行") -> bytes:
    """An exception report, which comes with status 200."""
    return (
        f'<ows:ExceptionReport xmlns:ows="{_OWS}"><ows:Exception exceptionCode="{code}">'
        f"<ows:ExceptionText>{words}</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"
    ).encode()


def server_error() -> HarvestFault:
    """What a fetcher says of a status 500."""
    return fault("http-status", value="500")
