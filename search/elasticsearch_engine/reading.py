"""What has to hold of an answer before anything of it is shown: it is of all shards, in time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from elasticsearch import ApiError

from search.engine import EngineUnavailable

LONGEST = 3.0
"""Seconds that the cluster may search; what it has found by then is not all, and not shown."""
TIMEOUT = LONGEST + 1.0
"""Seconds until a node that says nothing is left, and another one asked."""
PAUSES = (0.05, 0.2, 0.5)
"""Seconds before a search is asked again that the cluster could not answer as a whole just then: a
shard moves to another node, or there is no room."""
_MOMENTARY = (429, 503, 504)

Answer = dict[str, Any]


def whole(answer: Answer) -> Answer:
    """The answer, if it is of all shards and in time. Raises EngineUnavailable."""
    shards = answer["_shards"]
    if answer.get("timed_out") or answer.get("terminated_early"):
        raise EngineUnavailable(f"Elasticsearch did not search all of it within {LONGEST:g} s")
    if shards["failed"] or shards["successful"] < shards["total"]:
        raise EngineUnavailable(
            f"Elasticsearch searched {shards['successful']} of {shards['total']} shards"
        )
    return answer


def patiently(ask: Callable[[], Answer]) -> Answer:
    """A whole answer, asked for again after short pauses. Raises EngineUnavailable, ApiError."""
    until = time.monotonic() + LONGEST
    for pause in PAUSES:
        try:
            return whole(ask())
        except ApiError as error:
            if error.status_code not in _MOMENTARY or time.monotonic() > until:
                raise
        except EngineUnavailable:
            if time.monotonic() > until:
                raise
        time.sleep(pause)
    return whole(ask())
