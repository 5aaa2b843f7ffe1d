"""pygeoapi, which serves the collections of records.py as OGC API Records, paging as it is asked.

``ADDRESS`` is the landing page; ``/collections/NAME`` are ``sample``, ``state-council``, ``cite``
and ``iso``. Deleted records are not loaded: this server knows no deletions.

Its oddities, which a harvester has to bear:
- it answers in JSON only if it is asked for by ``Accept`` or ``f=json``;
- a link in an answer has the address that the server was configured with, not the one asked;
- each record has links of its own added: to itself, in every format, and to its collection;
- ``limit`` beyond the server's own is cut in silence.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.servers import process, records

REQUIREMENTS = ("pygeoapi==0.21.0",)
PAGE = 10


def start(folder: Path, page: int = PAGE) -> str:
    """Load the collections as features, serve them, and return the landing page."""
    python = process.virtual_environment("pygeoapi", REQUIREMENTS)
    collections = folder / "records"
    if not collections.is_dir():
        collections.mkdir(parents=True)
        for name, features in records.features().items():
            text = json.dumps(features, ensure_ascii=False)
            (collections / f"{name}.json").write_text(text, encoding="utf-8")
    port = process.free_port()
    program = Path(__file__).with_name("pygeoapi_app.py")
    server = process.spawn(folder, "pygeoapi", [python, program, port, collections, page])
    address = f"http://127.0.0.1:{port}"
    process.wait_until(
        lambda: process.answers(f"{address}/?f=json"), server, folder / "pygeoapi.log"
    )
    return address


def stop(folder: Path) -> None:
    """End the server."""
    process.end(folder)


if __name__ == "__main__":
    process.main(start, stop, page=PAGE)
