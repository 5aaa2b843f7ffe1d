"""The one client for what is outside: guarded against private addresses, endless or swollen
answers, redirects that lead astray and servers that ask for patience; polite to each host."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import httpcore
import httpx

from harvesters import decoding, patience
from harvesters.addresses import Permit, Resolver, is_public, parsed, resolve
from harvesters.budget import Budget
from harvesters.circuits import Circuits, Closed
from harvesters.connecting import Dialler
from harvesters.exchanging import AGENT, Answer, Ask, Reply, busy, host_of
from harvesters.faults import HarvestFault, fault
from harvesters.limits import Limits
from harvesters.marks import Mark, Marks, Unchanged
from harvesters.pacing import PACING

__all__ = [
    "AGENT",
    "ANYTHING",
    "Answer",
    "FakeFetcher",
    "Fetcher",
    "GuardedFetcher",
    "Limits",
    "Unchanged",
]
ANYTHING = "*/*"
_BUSY = frozenset({429, 503})
_PASSING = frozenset({500, 502, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NOT_MODIFIED = 304


class Fetcher(Protocol):
    """Gets the body behind an address, or raises a HarvestFault."""

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = ANYTHING,
        conditional: bool = False,
    ) -> Answer:
        """The answer to a GET with these parameters, in a media type of `accept` if it can.

        `conditional` is for an answer that is the whole source: it is asked for only if it is
        another one than at the last complete harvest, else Unchanged is raised, and all is done.
        """
        ...


@dataclass
class FakeFetcher:
    """The stand-in for tests: canned bodies by address, and a list of what was asked."""

    answers: Mapping[str, bytes | HarvestFault]
    asked: list[str] = field(default_factory=list)

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = ANYTHING,
        conditional: bool = False,
    ) -> Answer:
        """The canned answer for the address with its parameters, whatever is accepted."""
        full = str(httpx.URL(url).copy_merge_params(params or {}))
        self.asked.append(full)
        answer = self.answers.get(full, fault("http-status", place=full, value="404"))
        if isinstance(answer, HarvestFault):
            raise answer
        return Answer(full, answer, "text/xml")


class GuardedFetcher:
    """The real client. Knows no proxies of the environment; use it as a context manager. A
    ``token`` goes to the address that was asked for, never to where it leads."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        permit: Permit = is_public,
        resolver: Resolver = resolve,
        sleep: Callable[[float], None] | None = None,
        context: ssl.SSLContext | None = None,
        budget: Budget | None = None,
        circuits: Circuits | None = None,
        marks: Marks | None = None,
        token: str = "",
    ) -> None:
        self._token = token
        self._limits = limits or Limits()
        self._budget = budget or Budget(self._limits)
        self._circuits = circuits or Closed()
        self._marks = marks or Marks()
        self._dialler = Dialler(permit, resolver, self._budget)
        self._sleep = sleep or self._budget.wait
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
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = ANYTHING,
        conditional: bool = False,
    ) -> Answer:
        """The answer to a GET: attempts are repeated over passing faults, with growing pauses."""
        address = parsed(url, params=params)
        known = self._marks.of(str(address)) if conditional else None
        ask = Ask(address, accept, known, self._token)
        try:
            answer, mark = self._tried(ask)
        except Unchanged:
            self._marks.learn(str(address), ask.mark)
            raise
        if conditional:
            self._marks.learn(str(address), mark)
        return answer

    def _tried(self, ask: Ask) -> tuple[Answer, Mark | None]:
        waited = 0.0
        for attempt in range(1, self._limits.attempts + 1):
            landed, reply = self._follow(ask)
            if reply.fault is None:
                return reply.answer(landed), reply.mark
            resting = self._count(landed, reply)
            asked = reply.wait
            pause = patience.backoff(self._limits.backoff, attempt) if asked is None else asked
            waited += pause
            if waited > self._limits.patience and asked is not None:
                raise busy(landed, asked) from reply.fault
            if resting or attempt == self._limits.attempts or waited > self._limits.patience:
                raise reply.fault
            self._sleep(pause)
        raise fault("too-slow", place=str(ask.address))

    def _follow(self, ask: Ask) -> tuple[httpx.URL, Reply]:
        """One attempt through all redirects, each hop checked like the first."""
        self._dialler.deadline = time.monotonic() + self._limits.seconds
        for _ in range(self._limits.redirects + 1):
            reply = self._exchange(ask)
            if not reply.location:
                return ask.address, reply
            onward = parsed(reply.location, ask.address)
            ask = Ask(onward, ask.accept, ask.mark)
        raise fault("too-many-redirects", place=str(ask.address))

    def _exchange(self, ask: Ask) -> Reply:
        host = host_of(ask.address)
        self._circuits.check(host)
        self._budget.ask()
        try:
            with (
                PACING.turn(host, self._limits.rate, self._limits.at_once, self._budget.wait),
                self._pool.stream(
                    "GET", str(ask.address), headers=ask.headers(), extensions=self._timeouts()
                ) as response,
            ):
                reply = self._read(ask, response)
        except httpcore.TimeoutException:
            return Reply(fault=self._timed_out(ask.address))
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            said = str(error) or type(error).__name__
            return Reply(fault=fault("connection-lost", place=str(ask.address), value=said))
        except HarvestFault as failure:
            if failure.retry:
                return Reply(fault=failure)
            raise
        if reply.fault is None:
            self._circuits.succeeded(host)
        return reply

    def _timed_out(self, address: httpx.URL) -> HarvestFault:
        """Whose time was up: that of the run, of the answer, or of one wait."""
        self._budget.check()
        if self._dialler.late:
            return fault("too-slow", place=str(address))
        seconds = f"{self._limits.silence:g}"
        return fault("host-silent", place=str(address), value=address.host, seconds=seconds)

    def _count(self, address: httpx.URL, reply: Reply) -> bool:
        """Count a fault of a host; whether it rests now. One that asks for patience has none."""
        if reply.fault is None or reply.wait is not None:
            return False
        return self._circuits.failed(host_of(address), reply.fault.problem)

    def _read(self, ask: Ask, response: httpcore.Response) -> Reply:
        headers = httpx.Headers(response.headers)
        status, place = response.status, str(ask.address)
        if status in _REDIRECTS and "location" in headers:
            return Reply(location=headers["location"])
        if status in _BUSY or status in _PASSING:
            failure = fault("http-status", place=place, value=str(status))
            asked = patience.asked_for(headers.get("retry-after"))
            return Reply(wait=asked, fault=failure)
        if status == _NOT_MODIFIED and ask.mark:
            self._circuits.succeeded(host_of(ask.address))
            raise Unchanged
        if status != 200:
            raise fault("http-status", place=place, value=str(status))
        limit, length = self._limits.size, headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:20]) > limit:
            raise decoding.too_large(limit, place)
        encoding = headers.get("content-encoding", "").strip().lower()
        media_type, _, parameters = headers.get("content-type", "").partition(";")
        return Reply(
            body=decoding.body(response.iter_stream(), encoding, limit, place, self._budget),
            media_type=media_type,
            link=headers.get("link", ""),
            charset=parameters.lower().partition("charset=")[2].partition(";")[0].strip("\"' "),
            mark=Mark(headers.get("etag", ""), headers.get("last-modified", "")),
        )

    def _timeouts(self) -> dict[str, dict[str, float]]:
        silence = self._limits.silence
        return {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), silence)}
