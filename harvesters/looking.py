"""Looks at an address once: the guarded connection, a bounded answer, its certificate's end."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import httpcore
import httpx

from harvesters.addresses import Permit, Resolver, is_public, parsed, resolve
from harvesters.connecting import Dialler
from harvesters.faults import fault
from harvesters.fetching import AGENT

MOST = 256 * 1024
"""So much of an answer is read: enough for a description, and no more than a look."""
SECONDS = 20.0
HOPS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Look:
    """What answered in the end: where, with which status, and the beginning of what it said."""

    url: str
    status: int
    media_type: str
    body: bytes
    whole: bool
    certificate_until: datetime | None


class Looker:
    """Looks at addresses, as a context manager; a fault of the line is a HarvestFault."""

    def __init__(
        self,
        *,
        permit: Permit = is_public,
        resolver: Resolver = resolve,
        context: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._permit, self._resolver = permit, resolver
        self._context = context or ssl.create_default_context()
        self._seconds = seconds

    def look(self, url: str) -> Look:
        """What the address answers, redirects followed; nothing is repeated and nothing kept."""
        dialler = Dialler(self._permit, self._resolver)
        dialler.deadline = time.monotonic() + self._seconds
        with httpcore.ConnectionPool(
            ssl_context=self._context, network_backend=dialler, max_connections=1
        ) as pool:
            for _ in range(HOPS + 1):
                found = self._exchange(pool, url)
                if isinstance(found, Look):
                    return found
                url = found
        raise fault("too-many-redirects", place=url)

    def _exchange(self, pool: httpcore.ConnectionPool, url: str) -> Look | str:
        address = parsed(url)
        headers = [
            ("Host", address.netloc.decode("ascii")),
            ("User-Agent", AGENT),
            ("Accept", "*/*"),
            ("Accept-Encoding", "identity"),
        ]
        wait = dict.fromkeys(("connect", "read", "write", "pool"), self._seconds)
        try:
            with pool.stream(
                "GET", str(address), headers=headers, extensions={"timeout": wait}
            ) as response:
                return _read(address, response)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            rule = "certificate-bad" if "CERTIFICATE" in str(error) else "connection-lost"
            raise fault(rule, place=str(address), value=str(error)) from error


def _read(address: httpx.URL, response: httpcore.Response) -> Look | str:
    headers = httpx.Headers(response.headers)
    if response.status in _REDIRECTS and headers.get("location"):
        return str(parsed(headers["location"], address))
    body, whole = bytearray(), True
    for piece in response.iter_stream():
        body += piece
        if len(body) > MOST:
            whole = False
            break
    return Look(
        url=str(address),
        status=response.status,
        media_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
        body=bytes(body[:MOST]),
        whole=whole,
        certificate_until=_until(response),
    )


def _until(response: httpcore.Response) -> datetime | None:
    """When the certificate ends that the connection was made with."""
    stream = response.extensions.get("network_stream")
    secured = stream.get_extra_info("ssl_object") if stream else None
    certificate = secured.getpeercert() if secured else None
    if not certificate or "notAfter" not in certificate:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
