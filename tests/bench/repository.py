"""An OAI-PMH repository of any size on loopback: its pages are written once and then only read, so
that it costs next to nothing beside what harvests it. Run as a program: FOLDER.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from subprocess import PIPE, Popen
from urllib.parse import parse_qs, urlsplit

from standards.formats import dublin_core
from standards.formats.records import Record
from standards.sample import entries
from standards.validation import validate

PAGE = 500
MOMENT = "2026-01-05T08:00:00Z"
"""When every record was changed last."""
_OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    "<responseDate>2026-01-06T08:00:00Z</responseDate><request/>"
)
_IDENTIFY = (
    "<Identify><granularity>YYYY-MM-DDThh:mm:ssZ</granularity>"
    "<deletedRecord>persistent</deletedRecord></Identify>"
)
_NONE = '<error code="noRecordsMatch">Nothing has changed.</error>'


def write(folder: Path, records: int, page: int = PAGE) -> None:
    """Lay the pages of so many records into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in {"identify": _IDENTIFY, "none": _NONE}.items():
        (folder / f"{name}.xml").write_text(f"{_OPEN}{body}</OAI-PMH>", encoding="utf-8")
    made = _records(records)
    last = -(-records // page)
    for number in range(1, last + 1):
        body = "".join(islice(made, page))
        token = str(number + 1) if number < last else ""
        told = (
            f"{_OPEN}<ListRecords>{body}"
            f'<resumptionToken completeListSize="{records}">{token}</resumptionToken>'
            "</ListRecords></OAI-PMH>"
        )
        (folder / f"{number}.xml").write_text(told, encoding="utf-8")


def _records(count: int) -> Iterator[str]:
    for entry in islice(entries(count), count):
        values = {**entry.values, "disclosure": {"attribute": "proactive"}}
        descriptor = validate(entry.kind, values).descriptor
        metadata = dublin_core.text_of(Record("", "", descriptor))
        yield (
            f"<record><header><identifier>oai:bench:{entry.number}</identifier>"
            f"<datestamp>{MOMENT}</datestamp></header><metadata>{metadata}</metadata></record>"
        )


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the repository in the folder, served by a process of its own."""
    command = [sys.executable, "-m", "tests.bench.repository", str(folder)]
    with Popen(command, stdout=PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


class _Pages(BaseHTTPRequestHandler):
    folder: Path
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        name = asked.get("resumptionToken", ["1"])[0]
        if asked.get("verb") == ["Identify"]:
            name = "identify"
        elif asked.get("from", [MOMENT])[0] > MOMENT:
            name = "none"
        body = (self.folder / f"{name}.xml").read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""


def main() -> None:
    """Serve until terminated; the first line told is the address."""
    _Pages.folder = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    print(f"http://127.0.0.1:{server.server_port}/oai", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
