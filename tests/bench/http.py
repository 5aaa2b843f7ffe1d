"""Search over HTTP with one and with several clients: latencies and requests per second."""

from __future__ import annotations

import http.client
import multiprocessing
import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

SIZE = 10
_TOOK = re.compile(rb'"took_ms":([0-9.]+)')


@dataclass(frozen=True)
class Latency:
    """Milliseconds and requests a second of one measurement; ``server`` is what the answers say
    that the search itself took."""

    p50: float
    p95: float
    per_second: float = 0.0
    server: float = 0.0


def of(times: Sequence[float], seconds: float = 0.0, server: Sequence[float] = ()) -> Latency:
    """The figures of a measurement in milliseconds."""
    return Latency(
        round(percentile(times, 0.5), 2),
        round(percentile(times, 0.95), 2),
        round(len(times) / seconds, 1) if seconds else 0.0,
        round(percentile(server, 0.95), 2) if len(server) > 1 else 0.0,
    )


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which ``part`` of the values lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(part * 100) - 1]


def timed(ask: Callable[[str], object], asked: Sequence[str]) -> Latency:
    """Ask one after another within this process."""
    times = []
    for text in asked:
        began = time.perf_counter()
        ask(text)
        times.append((time.perf_counter() - began) * 1000)
    return of(times, sum(times) / 1000)


def search_path(text: str, facets: Sequence[str]) -> str:
    """Where the API answers a search."""
    told = {"q": text, "size": SIZE, "facets": ",".join(facets)}
    return "/api/v1/search?" + urlencode(told)


Measured = tuple[list[float], list[float]]


def _client(port: int, paths: Sequence[str], sink: multiprocessing.Queue[Measured]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times, server = [], []
    for path in paths:
        began = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        times.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path!r}: HTTP {answer.status} {body[:200]!r}")
        server += map(float, _TOOK.findall(body))
    sink.put((times, server))


def measure(port: int, paths: Sequence[str], clients: int) -> Latency:
    """Get every path once, shared out among the clients, each a process of its own."""
    sink: multiprocessing.Queue[Measured] = multiprocessing.Queue()
    workers = [
        multiprocessing.Process(target=_client, args=(port, paths[i::clients], sink))
        for i in range(clients)
    ]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    found = [sink.get(timeout=300) for _ in workers]
    seconds = time.perf_counter() - began
    for worker in workers:
        worker.join()
    times = [value for mine, _ in found for value in mine]
    return of(times, seconds, [value for _, mine in found for value in mine])
