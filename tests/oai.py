"""An OAI-PMH repository in memory, honest unless a test gives it a flaw; it is also a fetcher."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from harvesters.fetching import ANYTHING, Answer

MOMENT = "2026-03-01T08:00:00Z"
_OAI = "http://www.openarchives.org/OAI/2.0/"
_DC = (
    'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


@dataclass
class Item:
    """One record: its key, title and what else Dublin Core says of it."""

    key: str
    title: str
    deleted: bool = False
    more: str = "<dc:type>Text</dc:type>"
    datestamp: str = "2026-01-05T00:00:00Z"

    def xml(self) -> str:
        """The record's element."""
        status = ' status="deleted"' if self.deleted else ""
        header = (
            f"<header{status}><identifier>{self.key}</identifier>"
            f"<datestamp>{self.datestamp}</datestamp></header>"
        )
        if self.deleted:
            return f"<record>{header}</record>"
        data = f"<dc:title>{escape(self.title)}</dc:title>{self.more}"
        return f"<record>{header}<metadata><oai_dc:dc {_DC}>{data}</oai_dc:dc></metadata></record>"


@dataclass
class Repository:
    """Answers Identify and ListRecords; a flaw may replace any answer, seeing its arguments."""

    items: list[Item]
    page: int = 2
    deletions: str = "persistent"
    sizes: bool = True
    flaw: Callable[[dict[str, str]], bytes | Exception | None] = lambda _: None
    asked: list[dict[str, str]] = field(default_factory=list)

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = ANYTHING,
        conditional: bool = False,
    ) -> Answer:
        """As a fetcher."""
        return Answer(url, self.answer(dict(params or {})), "text/xml")

    def answer(self, arguments: dict[str, str]) -> bytes:
        """The body for these arguments."""
        self.asked.append(arguments)
        flaw = self.flaw(arguments)
        if isinstance(flaw, Exception):
            raise flaw
        if flaw is not None:
            return flaw
        if arguments["verb"] == "Identify":
            return envelope(
                f"<Identify><deletedRecord>{self.deletions}</deletedRecord>"
                "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>"
            )
        if arguments["verb"] == "GetRecord":
            found = [item for item in self.items if item.key == arguments["identifier"]]
            if not found:
                return error("idDoesNotExist")
            return envelope(f"<GetRecord>{found[0].xml()}</GetRecord>")
        return self.listing(arguments)

    def listing(self, arguments: dict[str, str]) -> bytes:
        """One page of the list."""
        since, _, at = arguments.get("resumptionToken", "").rpartition("/")
        since = since or arguments.get("from", "")
        start = int(at or 0)
        chosen = [item for item in self.items if item.datestamp >= since]
        if not chosen:
            return error("noRecordsMatch")
        records = "".join(item.xml() for item in chosen[start : start + self.page])
        size = f' completeListSize="{len(chosen)}" cursor="{start}"' if self.sizes else ""
        following = start + self.page
        token = f"{since}/{following}" if following < len(chosen) else ""
        ending = f"<resumptionToken{size}>{token}</resumptionToken>" if token or start else ""
        return envelope(f"<ListRecords>{records}{ending}</ListRecords>")


def envelope(inside: str) -> bytes:
    """An answer around its content."""
    head = f'<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="{_OAI}">'
    return f"{head}<responseDate>{MOMENT}</responseDate><request/>{inside}</OAI-PMH>".encode()


def error(code: str) -> bytes:
    """An answer that is an error of the protocol."""
    return envelope(f'<error code="{code}">no</error>')
