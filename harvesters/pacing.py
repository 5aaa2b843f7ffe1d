"""Politeness within a process: how many requests a host is sent in a second, and at once."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MOST_HOSTS = 1000
_LOOK = 0.2


@dataclass
class _Host:
    """One host: the requests under way, and when the next would come at an even pace."""

    free: threading.Condition = field(default_factory=threading.Condition)
    active: int = 0
    next: float = 0.0

    def begin(self, rate: float) -> float:
        """When the request may begin, in seconds from now. What a second may have can come at
        once, so that a few requests never wait."""
        now, even = time.monotonic(), 1 / rate
        at = max(now, self.next - max(0.0, 1 - even))
        self.next = max(self.next, at) + even
        return at - now


class Pacing:
    """The hosts that this process talks to."""

    def __init__(self) -> None:
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def turn(
        self, name: str, rate: float, at_once: int, wait: Callable[[float], None]
    ) -> Iterator[None]:
        """Wait for one's turn at a host, and hold it; `wait` may raise to give it up."""
        host = self._host(name)
        with host.free:
            while host.active >= at_once:
                host.free.wait(_LOOK)
                wait(0)
            host.active += 1
            pause = host.begin(rate)
        try:
            if pause > 0:
                wait(pause)
            yield
        finally:
            with host.free:
                host.active -= 1
                host.free.notify()

    def _host(self, name: str) -> _Host:
        with self._lock:
            host = self._hosts.setdefault(name, _Host())
            self._hosts.move_to_end(name)
            while len(self._hosts) > MOST_HOSTS:
                self._hosts.popitem(last=False)
            return host


PACING = Pacing()
"""That of this process, whatever runs in it."""
