"""The peer's full text: pycsw over the same entries as Dublin Core, asked over HTTP.

Its own loader commits each record by itself; so it takes in a few, and the others are laid into its
table beside them as it would.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from tests.bench import peer
from tests.servers import process

PROGRAMS = Path(process.__file__).parent
FEW = 50
MOST = 100_000
"""A search of it reads every row."""
_COPIED = ("typename", "schema", "mdsource", "insert_date", "language", "resourcelanguage")
_OPEN = (
    '<csw:Record xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dct="http://purl.org/dc/terms/">'
)


def there() -> bool:
    """Whether it is installed."""
    return peer.PYTHON.exists()


@contextmanager
def served(folder: Path, entries: int) -> Iterator[int]:
    """The port of pycsw with so many entries; what is there already is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    collections = folder / "collections"
    if not (collections / "sample").exists():
        _load(folder, collections, entries)
    port = process.free_port()
    command = [str(peer.PYTHON), str(PROGRAMS / "pycsw_app.py"), str(port), str(collections), "10"]
    server = process.spawn(folder, "pycsw", command)
    try:
        ready = f"http://127.0.0.1:{port}/sample?service=CSW&request=GetCapabilities"
        process.wait_until(lambda: process.answers(ready), server, folder / "pycsw.log")
        yield port
    finally:
        process.end(folder)


def path(text: str) -> str:
    """Where it answers a search by any text."""
    words = (word.replace("'", "''") for word in text.split() or [""])
    told = " and ".join(f"csw:AnyText like '%{word}%'" for word in words)
    asked = {"constraint": told, "constraintlanguage": "CQL_TEXT"} if text else {}
    return "/sample?" + urlencode(
        {
            "service": "CSW",
            "version": "2.0.2",
            "request": "GetRecords",
            "typenames": "csw:Record",
            "elementsetname": "summary",
            "resulttype": "results",
            "maxrecords": "10",
            **asked,
        }
    )


def _load(folder: Path, collections: Path, entries: int) -> None:
    records = peer.records(entries)
    first = [next(records) for _ in range(min(FEW, entries))]
    (folder / "records.json").write_text(json.dumps(first), encoding="utf-8")
    peer.loaded(folder)
    connection = sqlite3.connect(folder / "pycsw.db")
    connection.row_factory = sqlite3.Row
    kept = connection.execute("SELECT * FROM records LIMIT 1").fetchone()
    base = {name: kept[name] for name in _COPIED}
    names = [*base, *_row(first[0])]
    marks = ", ".join("?" * len(names))
    connection.executemany(
        f"INSERT INTO records ({', '.join(names)}) VALUES ({marks})",
        (tuple((base | _row(record)).values()) for record in records),
    )
    connection.commit()
    connection.close()
    (collections / "sample").mkdir(parents=True)
    (folder / "pycsw.db").rename(collections / "sample.db")


def _row(record: Mapping[str, Any]) -> dict[str, str]:
    """A record as its columns."""
    dc: dict[str, list[str]] = record["dc"]
    said = [record["identifier"], *(value for values in dc.values() for value in values)]
    elements = "".join(
        f"<dc:{name}>{escape(value)}</dc:{name}>" for name, values in dc.items() for value in values
    )
    return {
        "identifier": record["identifier"],
        "title": dc["title"][0],
        "abstract": dc.get("description", [""])[0],
        "keywords": ",".join(dc.get("subject", ())),
        "publisher": dc.get("publisher", [""])[0],
        "date": dc.get("date", [""])[0],
        "date_modified": record["datestamp"],
        "anytext": " ".join(said),
        "xml": f"{_OPEN}{elements}</csw:Record>",
    }
