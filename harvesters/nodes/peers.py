"""Asks peers along in a search: all at once, for a short time, and what did not answer is named."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from catalog.federation.peers import PeerView
from harvesters.addresses import anywhere, is_public
from harvesters.faults import HarvestFault
from harvesters.fetching import Fetcher, GuardedFetcher
from harvesters.limits import Limits
from standards.problems import Text

SECONDS = 2.5
"""So long a search waits for its peers."""
LIMITS = Limits(
    size=1024 * 1024, seconds=SECONDS, silence=SECONDS, redirects=0, attempts=1, at_once=4
)
SIZE = 10
FAULTS = 3
REST = 30.0
"""After so many faults in a row a peer is not asked for so many seconds."""
AT_ONCE = 2
"""So many questions to one peer a process has on the way; the others do without it."""
THREADS = 16
MOST_PEERS = 20
LONGEST = 500
SILENT = Text("没有及时回答", "did not answer in time")
RESTING = Text("连续出错，暂不询问", "failed several times and is left alone for a while")
BUSY = Text("正忙，未询问", "is being asked too much already")
BROKEN = Text("回答有误", "gave an answer that makes no sense")


@dataclass(frozen=True, slots=True)
class PeerEntry:
    """An entry that a peer found, with its address there."""

    identifier: str
    title: str
    agency: str
    issued: str
    url: str


@dataclass(frozen=True, slots=True)
class PeerAnswer:
    """What one peer said; ``silence`` is why it said nothing."""

    name: str
    address: str
    total: int = 0
    entries: tuple[PeerEntry, ...] = ()
    silence: Text | None = None


def guarded(peer: PeerView) -> AbstractContextManager[Fetcher]:
    """The client for a peer."""
    return GuardedFetcher(LIMITS, permit=anywhere if peer.private else is_public)


@dataclass
class _Circuit:
    """How a peer has been of late, as far as this process knows."""

    faults: int = 0
    until: float = 0.0
    asking: int = 0


@dataclass
class Peers:
    """Asks peers on behalf of one process; it remembers which of them fail."""

    client: Callable[[PeerView], AbstractContextManager[Fetcher]] = guarded
    monotonic: Callable[[], float] = time.monotonic
    seconds: float = SECONDS
    _circuits: dict[str, _Circuit] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(THREADS, "mulu-peers")
    )

    def ask(
        self, peers: Sequence[PeerView], query: Sequence[tuple[str, str]]
    ) -> tuple[PeerAnswer, ...]:
        """What each of them finds, in their order."""
        asked: dict[str, Future[PeerAnswer]] = {}
        silent: dict[str, Text] = {}
        for peer in peers[:MOST_PEERS]:
            if refusal := self._begin(peer):
                silent[peer.name] = refusal
            else:
                asked[peer.name] = self._threads.submit(self._one, peer, query)
        wait(asked.values(), timeout=self.seconds)
        answers = []
        for peer in peers[:MOST_PEERS]:
            future = asked.get(peer.name)
            if future is not None and future.done():
                answers.append(future.result())
            else:
                why = silent.get(peer.name, SILENT)
                answers.append(PeerAnswer(peer.name, peer.address, silence=why))
        return tuple(answers)

    def _begin(self, peer: PeerView) -> Text | None:
        with self._lock:
            circuit = self._circuits.setdefault(peer.address, _Circuit())
            if circuit.until > self.monotonic():
                return RESTING
            if circuit.asking >= AT_ONCE:
                return BUSY
            circuit.asking += 1
            return None

    def _one(self, peer: PeerView, query: Sequence[tuple[str, str]]) -> PeerAnswer:
        begun, answer = self.monotonic(), PeerAnswer(peer.name, peer.address, silence=BROKEN)
        try:
            with self.client(peer) as fetcher:
                answer = _asked(fetcher, peer, query)
        except HarvestFault as fault:
            answer = PeerAnswer(peer.name, peer.address, silence=fault.problem.message)
        finally:
            late = self.monotonic() - begun > self.seconds
            self._end(peer, answer.silence is None and not late)
        return answer

    def _end(self, peer: PeerView, well: bool) -> None:
        with self._lock:
            circuit = self._circuits[peer.address]
            circuit.asking -= 1
            circuit.faults = 0 if well else circuit.faults + 1
            if circuit.faults >= FAULTS:
                circuit.until = self.monotonic() + REST


def _asked(fetcher: Fetcher, peer: PeerView, query: Sequence[tuple[str, str]]) -> PeerAnswer:
    address = f"{peer.address.rstrip('/')}/api/v1/search?{urlencode(query)}"
    body = fetcher.get(address, accept="application/json").body
    try:
        return _read(peer, orjson.loads(body))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, OverflowError):
        return PeerAnswer(peer.name, peer.address, silence=BROKEN)


def _read(peer: PeerView, told: Mapping[str, Any]) -> PeerAnswer:
    """What of an answer is shown: plain words of bounded length; where an entry lies follows from
    the peer's own address, whatever it says."""
    entries = tuple(_entry(peer, each) for each in list(told["entries"])[:SIZE])
    total = int(told["total"])
    if total < 0:
        raise ValueError(total)
    return PeerAnswer(peer.name, peer.address, min(total, 2**53), entries)


def _entry(peer: PeerView, told: Mapping[str, Any]) -> PeerEntry:
    identifier = _words(told["identifier"])
    return PeerEntry(
        identifier,
        _words(told["title"]),
        _words(told["agency"]["name"]),
        _words(told.get("issued") or ""),
        f"{peer.address.rstrip('/')}/entries/{quote(identifier, safe='')}",
    )


def _words(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return "".join(c if c.isprintable() else " " for c in value[:LONGEST])
