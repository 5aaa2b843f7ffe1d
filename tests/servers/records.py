"""What the harvested servers serve: collections of Dublin Core records, one JSON file each, and
folders of XML records.

``sample`` is ours; ``state-council`` holds real documents, ``cite`` and ``iso`` are what others
test catalogue services with. These are there when the fixtures are.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FIXTURES = Path(os.environ.get("MULU_FIXTURES", HERE.parents[2] / "shared" / "fixtures"))
DOCUMENTS = FIXTURES / "zh" / "state-council" / "documents.json"
FOLDERS = {"cite": FIXTURES / "csw" / "cite-records", "iso": FIXTURES / "iso" / "pycsw-apiso"}

Record = dict[str, Any]


def write_collections(folder: Path) -> None:
    """Lay every collection into the folder, where a server reads it: /NAME serves NAME.json, or
    the files of the folder NAME."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, records in _collections().items():
        text = json.dumps(records, ensure_ascii=False, indent=1)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    for name, source in FOLDERS.items():
        if source.is_dir():
            shutil.copytree(source, folder / name)


def _collections() -> dict[str, list[Record]]:
    found = {"sample": _read(HERE / "records.json")}
    if DOCUMENTS.is_file():
        found["state-council"] = [_state_council(row) for row in _read(DOCUMENTS)]
    return found


def _read(file: Path) -> list[Record]:
    records: list[Record] = json.loads(file.read_text(encoding="utf-8"))
    return records


def _state_council(row: dict[str, str]) -> Record:
    """One document as another system would offer it: simple Dublin Core, everything repeatable."""
    return {
        "identifier": f"oai:gov.cn:{row['index_number']}",
        "datestamp": row["crawl_time"].replace(" ", "T") + "Z",
        "sets": ["documents"],
        "dc": {
            "title": [row["title"]],
            "creator": [row["issuer"]],
            "subject": [text for text in (row["theme"], row["keywords"]) if text],
            "description": [row["excerpt"]],
            "publisher": [row["issuer"]],
            "date": [_iso(row["released"])],
            "type": ["公文"],
            "identifier": [text for text in (row["doc_number"], row["url"]) if text],
            "source": [row["index_number"]],
            "language": ["zh"],
        },
    }


def _iso(date: str) -> str:
    year, month, day = re.findall(r"\d+", date)
    return f"{year}-{month:0>2}-{day:0>2}"
