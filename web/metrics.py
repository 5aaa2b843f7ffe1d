"""What is counted: requests and searches in every web process, added up when they are asked for."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

TOGETHER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


@dataclass(frozen=True, slots=True)
class Metrics:
    """The counters of one app."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram


def set_up(app: Flask) -> None:
    """Count every request by endpoint and status."""
    registry = CollectorRegistry()
    metrics = Metrics(
        registry,
        Counter("mulu_requests", "Requests answered", ["endpoint", "status"], registry=registry),
        Histogram(
            "mulu_request_seconds",
            "Time to answer",
            ["endpoint"],
            buckets=BUCKETS,
            registry=registry,
        ),
    )
    app.extensions["mulu-metrics"] = metrics

    def count(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        metrics.requests.labels(endpoint, str(response.status_code)).inc()
        if "begun" in g:
            metrics.seconds.labels(endpoint).observe(time.perf_counter() - g.begun)
        return response

    app.after_request(count)


def page(metrics: Metrics, gauges: dict[str, tuple[str, float]]) -> Response:
    """The exposition text: the counters of all processes and these gauges of the moment."""
    if os.environ.get(TOGETHER):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    else:
        counted = metrics.registry
    lines = (
        f"# HELP {name} {text}\n# TYPE {name} gauge\n{name} {value:g}\n"
        for name, (text, value) in gauges.items()
    )
    body = generate_latest(counted).decode() + "".join(lines)
    return Response(body, content_type=CONTENT_TYPE_LATEST)
