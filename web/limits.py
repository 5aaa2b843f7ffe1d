"""Rate limits in the process: a bucket for each caller, bounded in number, refilled by time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class RateLimit:
    """``burst`` calls at once and ``per_minute`` in the long run for each key.

    At most ``capacity`` callers are remembered; the one not seen for longest is forgotten first,
    so that a flood of addresses cannot fill the memory.
    """

    burst: int
    per_minute: float
    capacity: int = 10_000
    monotonic: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, key: str) -> float:
        """Take one call; 0 when allowed, else the seconds until the next is."""
        now = self.monotonic()
        with self._lock:
            tokens, seen = self._buckets.pop(key, (float(self.burst), now))
            tokens = min(float(self.burst), tokens + (now - seen) * self.per_minute / 60)
            allowed = tokens >= 1
            self._buckets[key] = (tokens - 1 if allowed else tokens, now)
            while len(self._buckets) > self.capacity:
                self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) * 60 / self.per_minute

    def give_back(self, key: str) -> None:
        """Uncount a call that did no harm."""
        with self._lock:
            if key in self._buckets:
                tokens, seen = self._buckets[key]
                self._buckets[key] = (min(float(self.burst), tokens + 1), seen)

    def forget(self, key: str) -> None:
        """Start anew for a caller who has proven good."""
        with self._lock:
            self._buckets.pop(key, None)
