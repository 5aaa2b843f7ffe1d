"""What a whole run has spent and may spend still. It is asked before every wait, so that a run ends
within its bounds, and soon after somebody cancels it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from harvesters.faults import HarvestFault, fault
from harvesters.limits import Limits


@dataclass(slots=True)
class Spent:
    """What a run has cost so far, over all its processes."""

    seconds: float = 0.0
    bytes: int = 0
    requests: int = 0


class Budget:
    """Counts what a run costs; every excess is a HarvestFault that no retry mends."""

    def __init__(self, limits: Limits | None = None, spent: Spent | None = None) -> None:
        self._limits = limits or Limits()
        self._before = spent or Spent()
        self._begun = time.monotonic()
        self._bytes, self._requests = self._before.bytes, self._before.requests
        self._stopped = threading.Event()
        self._why: HarvestFault | None = None

    @property
    def spent(self) -> Spent:
        """What it has cost up to now."""
        return Spent(round(self._seconds(), 3), self._bytes, self._requests)

    def stop(self, why: HarvestFault) -> None:
        """Let whoever fetches for this run end with that fault; may be called by another thread."""
        self._why = why
        self._stopped.set()

    def check(self) -> None:
        """Raise the fault of a run that is stopped or has no time left."""
        if self._why:
            raise self._why
        if self.left() <= 0:
            raise fault("run-too-slow", value=f"{self._limits.run_seconds:g}")

    def left(self) -> float:
        """The seconds that are left."""
        return self._limits.run_seconds - self._seconds()

    def wait(self, seconds: float) -> None:
        """Wait, but no longer than the run may last."""
        self._stopped.wait(max(0.0, min(seconds, self.left())))
        self.check()

    def ask(self) -> None:
        """One request more."""
        self.check()
        self._requests += 1

    def read(self, size: int) -> None:
        """So many bytes more."""
        self._bytes += size
        if self._bytes > self._limits.run_bytes:
            raise fault("run-too-large", value=f"{self._limits.run_bytes:,}")

    def _seconds(self) -> float:
        return self._before.seconds + time.monotonic() - self._begun
