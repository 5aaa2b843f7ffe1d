"""The connection below the fetcher: it dials the pinned address only, and no read outlives the
deadline, so that a server which drips bytes cannot hold a run."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from harvesters.addresses import Permit, Resolver, pinned
from harvesters.budget import Budget
from harvesters.faults import fault


class Dialler(httpcore.NetworkBackend):
    """Dials by the address policy; the deadline is that of the request under way, and the budget
    that of the whole run."""

    def __init__(self, permit: Permit, resolver: Resolver, budget: Budget | None = None) -> None:
        self.deadline = float("inf")
        self._budget = budget or Budget()
        self._permit = permit
        self._resolver = resolver
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the one address that the policy lets through."""
        address = pinned(host, port, self._permit, self._resolver)
        allowed = self.allowed(timeout)
        stream = self._sockets.connect_tcp(address, port, allowed, local_address, socket_options)
        return _Bounded(stream, self)

    @property
    def late(self) -> bool:
        """Whether the request under way has had its time."""
        return time.monotonic() >= self.deadline

    def allowed(self, timeout: float | None) -> float:
        """How long the next wait may take; the fault of a spent deadline if there is no time."""
        self._budget.check()
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise fault("too-slow", retry=True)
        left = min(left, self._budget.left())
        return left if timeout is None else min(left, timeout)


class _Bounded(httpcore.NetworkStream):
    """A stream whose every wait is bounded by the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, dialler: Dialler) -> None:
        self._stream = stream
        self._dialler = dialler

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._dialler.allowed(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._dialler.allowed(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        allowed = self._dialler.allowed(timeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, allowed)
        return _Bounded(secured, self._dialler)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
