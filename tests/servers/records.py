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
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

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


def features() -> dict[str, list[Record]]:
    """The collections as the GeoJSON of OGC API Records, without the records that are deleted."""
    found = {
        name: [
            _feature(each["identifier"], each["dc"], each["datestamp"])
            for each in records
            if not each.get("deleted")
        ]
        for name, records in _collections().items()
    }
    readers = {"cite": _of_cite, "iso": _of_iso}
    for name, source in FOLDERS.items():
        if source.is_dir():
            found[name] = [readers[name](each) for each in sorted(source.glob("*.xml"))]
    return found


def _feature(
    key: str, dc: Mapping[str, Any], updated: str = "", box: Sequence[float] = ()
) -> Record:
    """A record by its Dublin Core; what it does not say is left out."""
    numbers = [text for text in dc.get("identifier", ()) if not text.startswith("http")]
    properties = {
        "type": "document"
        if "公文" in dc.get("type", ())
        else next(iter(dc.get("type", ())), None),
        "title": next(iter(dc.get("title", ())), None),
        "description": "\n".join(dc.get("description", ())) or None,
        "keywords": list(dc.get("subject", ())) or None,
        "created": next(iter(dc.get("date", ())), None),
        "updated": updated or None,
        "contacts": [
            {"organization": each, "roles": ["publisher"]} for each in dc.get("publisher", ())
        ],
        "formats": [{"name": each} for each in dc.get("format", ())] or None,
        "language": [{"code": each} for each in dc.get("language", ())][:1] or None,
        "externalIds": _external("发文字号", numbers) + _external("索引号", dc.get("source", ()))
        or None,
        "externalId": key,
    }
    links = [text for text in dc.get("identifier", ()) if text.startswith("http")]
    return {
        "id": key,
        "type": "Feature",
        "geometry": _polygon(box) if box else None,
        "properties": {name: value for name, value in properties.items() if value},
        "links": [{"rel": "item", "href": each} for each in links],
    }


def _external(scheme: str, values: Iterable[str]) -> list[Record]:
    return [{"scheme": scheme, "value": each} for each in values]


def _polygon(box: Sequence[float]) -> Record:
    west, south, east, north = box
    ring = [[west, south], [west, north], [east, north], [east, south], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _of_cite(file: Path) -> Record:
    """A csw:Record."""
    root = etree.parse(file).getroot()
    dc: dict[str, list[str]] = {}
    alike = {"abstract": "description", "modified": "date"}
    for node in root.iterchildren("{*}*"):
        name = etree.QName(node).localname
        if node.text and not len(node):
            dc.setdefault(alike.get(name, name), []).append(node.text.strip())
    corners = [node.text.split() for node in root.iter("{*}LowerCorner", "{*}UpperCorner")]
    box = [float(corners[at][turn]) for at in (0, 1) for turn in (1, 0)] if corners else ()
    return _feature(dc.pop("identifier")[0], dc, box=box)


def _of_iso(file: Path) -> Record:
    """An ISO 19139 record, as OWSLib reads it."""
    from owslib.iso import MD_Metadata

    read = MD_Metadata(etree.parse(file).getroot())
    about = read.identification[0]
    box = about.bbox
    dc = {
        "type": [read.hierarchy or "dataset"],
        "title": [about.title] if about.title else [],
        "description": [about.abstract] if about.abstract else [],
        "subject": [word.name for group in about.keywords for word in group.keywords if word.name],
        "date": [each.date for each in about.date],
        "publisher": [each.organization for each in about.contact if each.organization],
    }
    sides = [float(side) for side in (box.minx, box.miny, box.maxx, box.maxy)] if box else ()
    return _feature(read.identifier, dc, read.datestamp or "", sides)
