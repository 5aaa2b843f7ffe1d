"""The client of the cluster, and what keeps people from waiting for one that does not answer."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch

from search.cluster import ClusterAddress, ClusterOptions
from search.engine import EngineUnavailable

TIMEOUT = 10.0
"""Seconds for what is neither a search nor a bulk."""
FEWEST_RETRIES = 2
RETRY_ON = (502, 503, 504)
"""Asked of another node at once. 429 is not among them: whoever is busy needs a pause."""
LONGEST_DEAD = 10.0
"""Seconds after which a node that failed is tried again at the latest."""
FIRST_SHUT, LONGEST_SHUT = 0.5, 4.0


def connect(address: ClusterAddress, options: ClusterOptions) -> Elasticsearch:
    """A client of all the nodes: what one does not answer is asked of the next, and one that failed
    is left alone for a while, longer each time."""
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)  # retries are no news
    return Elasticsearch(
        list(address.nodes),
        **_entering(address, options),
        request_timeout=TIMEOUT,
        max_retries=max(FEWEST_RETRIES, len(address.nodes)),
        retry_on_timeout=True,
        retry_on_status=RETRY_ON,
        max_dead_node_backoff=LONGEST_DEAD,
    )


def _entering(address: ClusterAddress, options: ClusterOptions) -> dict[str, Any]:
    """How we say who we are, and whom we believe. The settings come before the address."""
    told: dict[str, Any] = {}
    if options.ca:
        told["ca_certs"] = options.ca
    if options.api_key:
        told["api_key"] = options.api_key
    elif options.user:
        told["basic_auth"] = (options.user, options.password)
    elif address.login:
        told["basic_auth"] = address.login
    return told


class Gate:
    """Shut for a moment after no node answered: then one caller tries, and the others are told at
    once. So the threads of a web process never all wait for a cluster that hangs."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._until, self._pause, self._trying = 0.0, 0.0, False

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Tells every failure of the cluster as EngineUnavailable."""
        mine = self._enter()
        try:
            yield
        except TransportError as error:
            self._shut()
            raise EngineUnavailable(f"Elasticsearch: {error}") from error
        except ApiError as error:
            self.open()
            raise EngineUnavailable(f"Elasticsearch: {error}") from error
        else:
            self.open()
        finally:
            if mine:
                self._trying = False

    def _enter(self) -> bool:
        """Whether it is up to us to try."""
        with self._lock:
            if not self._pause:
                return False
            if self._trying or self._now() < self._until:
                raise EngineUnavailable("Elasticsearch: no node answered a moment ago")
            self._trying = True
            return True

    def _shut(self) -> None:
        with self._lock:
            self._pause = min(max(self._pause * 2, FIRST_SHUT), LONGEST_SHUT)
            self._until = self._now() + self._pause

    def open(self) -> None:
        """Somebody answered."""
        if self._pause:
            with self._lock:
                self._pause = 0.0
