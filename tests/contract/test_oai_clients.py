"""Harvesters that are not ours take everything over HTTP, by GET and by POST, and agree with one
another and with the database.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from catalog.exposure import Tier
from tests import exposed
from tests.parts import require
from tests.servers.oai_clients import PROGRAM
from tests.websites import furnish, website
from web.feeds.oai import verbs


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_foreign_harvesters_agree_with_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = require("oai-clients")
    for name, size in {"RECORDS": 7, "HEADS": 11, "SETS": 100}.items():
        monkeypatch.setattr(verbs, name, size)
    with website(tmp_path) as site:
        furnish(site)
        for n in range(25):
            site.offices.sent(f"k{n}", title=f"第{n}号 <&> \x0b")
        for n in range(0, 25, 5):
            site.offices.sent(f"k{n}", disclosure="withheld")
        with site.offices.database.reading() as session:
            rows = exposed.rows(session, Tier.PUBLIC)
        with served(site.app) as address:
            done = subprocess.run(
                [python, PROGRAM, f"{address}/oai"], check=False, capture_output=True, timeout=120
            )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    told = json.loads(done.stdout)
    expected = [(f"oai:catalogue.mulu:{row.entry}", not row.present) for row in rows]
    for client, harvest in told.items():
        for prefix in ("oai_dc", "mulu"):
            got = [(record[0], record[1]) for record in harvest[prefix]]
            assert got == expected, client
            assert harvest[prefix] == told["sickle"][prefix], client
        assert harvest["heads"] == [identifier for identifier, _ in expected]
        assert harvest["sets"] == told["sickle"]["sets"]
        assert harvest["name"] == told["sickle"]["name"]
    assert len(told) == 4
