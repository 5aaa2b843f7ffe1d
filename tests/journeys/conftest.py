"""A small directory served over HTTP on loopback, its index following the changes, for journeys."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from werkzeug.serving import make_server

from catalog.follower import Follower
from tests.websites import Website, furnish, website


@dataclass
class Served:
    """The directory, its address, and the identifiers of what is in it."""

    site: Website
    address: str
    entries: dict[str, str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with website(tmp_path_factory.mktemp("journey")) as site:
        entries = furnish(site)
        server = make_server("127.0.0.1", 0, site.app, threaded=True)
        stop = threading.Event()
        follower = Follower(site.parts.database, site.parts.engine)
        threads = [
            threading.Thread(target=server.serve_forever),
            threading.Thread(target=follower.run, args=(stop,)),
        ]
        for thread in threads:
            thread.start()
        try:
            yield Served(site, f"http://127.0.0.1:{server.server_port}", entries)
        finally:
            stop.set()
            server.shutdown()
            for thread in threads:
                thread.join()
            server.server_close()
