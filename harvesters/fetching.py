"""The one client for what is outside: guarded against private addresses, endless or swollen
answers, redirects that lead astray and servers that ask for patience."""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

import httpcore
import httpx

from harvesters.addresses import Permit, Resolver, is_public, resolve
from harvesters.connecting import Dialler
from harvesters.faults import HarvestFault, fault

AGENT = "Mulu-harvester/1 (+metadata catalogue)"
ANYTHING = "*/*"
_BUSY = frozenset({429, 503})
_PASSING = frozenset({500, 502, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PIECE = 65536


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may cost: bytes after decoding, seconds, hops, attempts, and waiting."""

    size: int = 64 * 1024 * 1024
    seconds: float = 300.0
    silence: float = 30.0
    redirects: int = 5
    attempts: int = 5
    patience: float = 600.0
    backoff: float = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, already decoded; `url` is where it came from in the end."""

    url: str
    body: bytes
    media_type: str = ""


class Fetcher(Protocol):
    """Gets the body behind an address, or raises a HarvestFault."""

    def get(
        self, url: str, params: Mapping[str, str] | None = None, *, accept: str = ANYTHING
    ) -> Answer:
        """The answer to a GET with these parameters, in a media type of `accept` if it can."""
        ...


@dataclass
class FakeFetcher:
    """The stand-in for tests: canned bodies by address, and a list of what was asked."""

    answers: Mapping[str, bytes | HarvestFault]
    asked: list[str] = field(default_factory=list)

    def get(
        self, url: str, params: Mapping[str, str] | None = None, *, accept: str = ANYTHING
    ) -> Answer:
        """The canned answer for the address with its parameters, whatever is accepted."""
        full = str(httpx.URL(url).copy_merge_params(params or {}))
        self.asked.append(full)
        answer = self.answers.get(full, fault("http-status", place=full, value="404"))
        if isinstance(answer, HarvestFault):
            raise answer
        return Answer(full, answer, "text/xml")


@dataclass(frozen=True, slots=True)
class _Reply:
    """One exchange: a final body, a place to go to instead, or a wait before the next attempt."""

    body: bytes = b""
    media_type: str = ""
    location: str = ""
    wait: float | None = None
    fault: HarvestFault | None = None


class GuardedFetcher:
    """The real client. Knows no proxies of the environment; use it as a context manager."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        permit: Permit = is_public,
        resolver: Resolver = resolve,
        sleep: Callable[[float], None] = time.sleep,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._dialler = Dialler(permit, resolver)
        self._sleep = sleep
        self._pool = httpcore.ConnectionPool(
            ssl_context=context or ssl.create_default_context(),
            max_connections=4,
            keepalive_expiry=30.0,
            network_backend=self._dialler,
        )

    def __enter__(self) -> GuardedFetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def get(
        self, url: str, params: Mapping[str, str] | None = None, *, accept: str = ANYTHING
    ) -> Answer:
        """The answer to a GET: attempts are repeated over passing faults, with growing pauses."""
        address = _address(url)
        if params:
            address = address.copy_merge_params(params)
        waited = 0.0
        for attempt in range(1, self._limits.attempts + 1):
            answer, reply = self._follow(address, accept)
            if answer is not None:
                return answer
            failure = reply.fault or fault("too-slow", place=str(address))
            pause = self._limits.backoff * 2 ** (attempt - 1) if reply.wait is None else reply.wait
            waited += pause
            if attempt == self._limits.attempts or waited > self._limits.patience:
                raise failure
            self._sleep(pause)
        raise fault("too-slow", place=str(address))

    def _follow(self, address: httpx.URL, accept: str) -> tuple[Answer | None, _Reply]:
        """One attempt through all redirects, each hop checked like the first."""
        self._dialler.deadline = time.monotonic() + self._limits.seconds
        for _ in range(self._limits.redirects + 1):
            reply = self._exchange(address, accept)
            if reply.location:
                address = _address(str(address.join(reply.location)))
            elif reply.fault is not None:
                return None, reply
            else:
                return Answer(str(address), reply.body, reply.media_type), reply
        raise fault("too-many-redirects", place=str(address))

    def _exchange(self, address: httpx.URL, accept: str) -> _Reply:
        try:
            with self._pool.stream(
                "GET", str(address), headers=_headers(address, accept), extensions=self._timeouts()
            ) as response:
                return self._read(address, response)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            return _Reply(fault=fault("connection-lost", place=str(address), value=str(error)))
        except HarvestFault as failure:
            if failure.retry:
                return _Reply(fault=failure)
            raise

    def _read(self, address: httpx.URL, response: httpcore.Response) -> _Reply:
        headers = httpx.Headers(response.headers)
        status = response.status
        if status in _REDIRECTS and "location" in headers:
            return _Reply(location=headers["location"])
        if status in _BUSY or status in _PASSING:
            failure = fault("http-status", place=str(address), value=str(status))
            return _Reply(wait=_retry_after(headers.get("retry-after")), fault=failure)
        if status != 200:
            raise fault("http-status", place=str(address), value=str(status))
        encoding = headers.get("content-encoding", "").strip().lower()
        body = _body(response.iter_stream(), encoding, self._limits.size, str(address))
        return _Reply(body=body, media_type=headers.get("content-type", "").partition(";")[0])

    def _timeouts(self) -> dict[str, dict[str, float]]:
        silence = self._limits.silence
        return {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), silence)}


def _address(text: str) -> httpx.URL:
    """The parsed address; only http and https, and no credentials in it."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise fault("address-invalid", value=text) from error
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise fault("address-invalid", value=text)
    return url.copy_with(fragment=None)


def _headers(address: httpx.URL, accept: str) -> list[tuple[str, str]]:
    return [
        ("Host", address.netloc.decode("ascii")),
        ("User-Agent", AGENT),
        ("Accept", accept),
        ("Accept-Encoding", "gzip"),
    ]


def _body(pieces: Iterable[bytes], encoding: str, limit: int, place: str) -> bytes:
    """The whole decoded body; stops reading as soon as it exceeds the limit."""
    if encoding in ("gzip", "x-gzip", "deflate"):
        pieces = _inflated(pieces, encoding, place)
    elif encoding not in ("", "identity"):
        raise fault("encoding-unknown", place=place, value=encoding)
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > limit:
            raise fault("answer-too-large", place=place, value=str(limit))
    return bytes(body)


def _inflated(pieces: Iterable[bytes], encoding: str, place: str) -> Iterator[bytes]:
    """Decoded pieces of bounded size: a bomb is never unfolded at once."""
    inflate = zlib.decompressobj(zlib.MAX_WBITS | (0 if encoding == "deflate" else 16))
    try:
        for piece in pieces:
            rest = piece
            while rest:
                yield inflate.decompress(rest, _PIECE)
                rest = inflate.unconsumed_tail
        while tail := inflate.decompress(inflate.unconsumed_tail, _PIECE):
            yield tail
    except zlib.error as error:
        raise fault("encoding-broken", place=place, value=encoding) from error
    if not inflate.eof:
        raise fault("connection-lost", place=place, value=encoding, retry=True)


def _retry_after(value: str | None) -> float | None:
    """Seconds from a Retry-After header, given as a number or a date; None if it says nothing."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
