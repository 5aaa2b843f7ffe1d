"""One exchange with a server: what is asked, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from harvesters.faults import HarvestFault, fault
from harvesters.marks import Mark
from standards.clocks import CHINA

AGENT = "Mulu-harvester/1 (+metadata catalogue)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, already decoded; `url` is where it came from in the end, `link` its header
    of that name."""

    url: str
    body: bytes
    media_type: str = ""
    link: str = ""
    charset: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One GET: where to, what is accepted, and what was said of the address the last time."""

    address: httpx.URL
    accept: str
    mark: Mark | None = None
    token: str = ""

    def headers(self) -> list[tuple[str, str]]:
        """The header lines."""
        return [
            ("Host", self.address.netloc.decode("ascii")),
            ("User-Agent", AGENT),
            ("Accept", self.accept),
            ("Accept-Encoding", "gzip"),
            *(self.mark.headers() if self.mark else ()),
            *([("Authorization", f"Bearer {self.token}")] if self.token else ()),
        ]


@dataclass(frozen=True, slots=True)
class Reply:
    """One exchange: a final body, a place to go to instead, or a fault that may pass, with how
    long the server asks to wait."""

    body: bytes = b""
    media_type: str = ""
    link: str = ""
    charset: str = ""
    location: str = ""
    mark: Mark | None = None
    wait: float | None = None
    fault: HarvestFault | None = None

    def answer(self, landed: httpx.URL) -> Answer:
        """The answer that it is, from where it came in the end."""
        return Answer(str(landed), self.body, self.media_type, self.link, self.charset)


def host_of(address: httpx.URL) -> str:
    """The host and port, as politeness and faults are counted."""
    return address.netloc.decode("ascii")[:300]


def busy(address: httpx.URL, seconds: float) -> HarvestFault:
    """The fault of a server that asks for more patience than there is."""
    until = datetime.now(UTC) + timedelta(seconds=min(seconds, 10**9))
    told = f"{until.astimezone(CHINA):%Y-%m-%d %H:%M}"
    return fault("host-busy", place=str(address), value=address.host, until=told)
