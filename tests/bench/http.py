"""Search over HTTP with one and with several clients: latencies and requests per second."""

from __future__ import annotations

import http.client
import multiprocessing
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

FACETS = "agency,kind,topic,disclosure,sharing"


@dataclass(frozen=True)
class Latency:
    """Milliseconds and requests a second of one measurement."""

    clients: int
    requests: int
    p50: float
    p95: float
    per_second: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which ``part`` of the values lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(part * 100) - 1]


def _client(port: int, queries: Sequence[str], sink: multiprocessing.Queue[list[float]]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    times = []
    for text in queries:
        began = time.perf_counter()
        connection.request("GET", "/api/v1/search?" + urlencode({"q": text, "size": 10}))
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{text!r}: HTTP {answer.status} {body[:200]!r}")
        times.append((time.perf_counter() - began) * 1000)
    sink.put(times)


def measure(port: int, queries: Sequence[str], clients: int) -> Latency:
    """Send every query once, shared out among the clients, each a process of its own."""
    sink: multiprocessing.Queue[list[float]] = multiprocessing.Queue()
    workers = [
        multiprocessing.Process(target=_client, args=(port, queries[i::clients], sink))
        for i in range(clients)
    ]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    times = [value for _ in workers for value in sink.get(timeout=300)]
    wall = time.perf_counter() - began
    for worker in workers:
        worker.join()
    return Latency(
        clients,
        len(times),
        round(percentile(times, 0.5), 2),
        round(percentile(times, 0.95), 2),
        round(len(times) / wall, 1),
    )
