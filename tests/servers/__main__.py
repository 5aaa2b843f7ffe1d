"""``python -m tests.servers start`` starts every server and prints the variables that name them;
``stop`` ends them. What the tests read them with: tests/parts.py."""

from __future__ import annotations

import shlex
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.parts import SETTINGS
from tests.servers import (
    elasticsearch,
    oai_clients,
    oai_reference,
    postgres,
    process,
    pycsw_server,
    pygeoapi_server,
)

SERVERS = (
    ("postgres", postgres),
    ("elasticsearch", elasticsearch),
    ("oaipmh", oai_reference),
    ("pycsw", pycsw_server),
    ("pygeoapi", pygeoapi_server),
)
CHROMIUM = Path("/usr/bin/chromium")


def start() -> None:
    """Start, all at a time, what does not run yet; print ``export NAME=ADDRESS`` for each."""
    with ThreadPoolExecutor() as pool:
        started = [
            (part, pool.submit(process.once, _folder(part), server.start))
            for part, server in SERVERS
        ]
    addresses = {part: running.result() for part, running in started}
    addresses["oai-clients"] = str(oai_clients.installed())
    if CHROMIUM.is_file():
        addresses["chromium"] = str(CHROMIUM)
    for part, address in addresses.items():
        print(f"export {SETTINGS[part]}={shlex.quote(address)}")


def stop() -> None:
    """End all of them; those that do not run are no fault."""
    for part, server in SERVERS:
        server.stop(_folder(part))


def _folder(part: str) -> Path:
    return process.PARTS / "run" / part


if __name__ == "__main__":
    {"start": start, "stop": stop}[sys.argv[1]]()
