"""What a harvest may cost and how polite it is, as the options of its source say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harvesters.options import value

_NAMES = {
    "size": "answer_bytes",
    "seconds": "answer_seconds",
    "silence": "silence",
    "attempts": "attempts",
    "patience": "patience",
    "rate": "rate",
    "at_once": "concurrency",
    "run_seconds": "run_seconds",
    "run_bytes": "run_bytes",
}
"""Which option each limit is; the other ones cannot be set."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may cost: bytes after decoding, seconds, hops, attempts, and waiting; how
    many requests a host is sent; and what the whole run may cost."""

    size: int = 64 * 1024 * 1024
    seconds: float = 300.0
    silence: float = 30.0
    redirects: int = 5
    attempts: int = 5
    patience: float = 600.0
    backoff: float = 1.0
    rate: float = 20.0
    at_once: int = 2
    run_seconds: float = 21_600.0
    run_bytes: int = 20 * 1024**3

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Limits:
        """As the options of a source have them."""
        return cls(**{own: value(options, name) for own, name in _NAMES.items()})
