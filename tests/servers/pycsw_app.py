"""Runs in the venv of ``pycsw``: PORT FOLDER PAGE. Serves FOLDER/NAME.json, or the XML files of the
folder FOLDER/NAME, at /NAME as CSW 2.0.2 and 3.0, and at /NAME?mode=oaipmh as OAI-PMH."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from wsgiref.simple_server import make_server

from lxml import etree
from pycsw import server
from pycsw.core import admin, config

TABLE = "records"
CSW = "http://www.opengis.net/cat/csw/2.0.2"
DC = "http://purl.org/dc/elements/1.1/"
DCT = "http://purl.org/dc/terms/"
# The one thing the Dublin Core of a catalogue service calls otherwise.
TERMS = {"description": f"{{{DCT}}}abstract", "coverage": f"{{{DCT}}}spatial"}
# OAI-PMH shows two of these; without the others pycsw fails all the same.
MAIN = dict.fromkeys(
    (
        *("identification_abstract", "identification_accessconstraints", "identification_fees"),
        *("identification_keywords", "identification_keywords_type"),
        *("provider_name", "provider_url", "contact_name", "contact_position", "contact_role"),
        *("contact_address", "contact_city", "contact_stateorprovince", "contact_postalcode"),
        *("contact_country", "contact_phone", "contact_fax", "contact_url", "contact_hours"),
        "contact_instructions",
    ),
    "-",
) | {
    "identification_title": "云泽市地理信息目录",
    "contact_email": "oai@data.yunze.example",
}


def lay(collection: Path, folder: Path) -> None:
    """A file of every record that is not deleted: this server knows no deletions."""
    folder.mkdir(parents=True)
    for number, record in enumerate(json.loads(collection.read_text(encoding="utf-8"))):
        if not record.get("deleted"):
            (folder / f"{number:04d}.xml").write_bytes(_csw(record))


def load(database: str, folder: Path) -> None:
    """A database with every record of the folder."""
    admin.setup_db(database, TABLE, "")
    admin.load_records(config.StaticContext(), database, TABLE, str(folder))


def _csw(record: dict) -> bytes:
    root = etree.Element(f"{{{CSW}}}Record", nsmap={"csw": CSW, "dc": DC, "dct": DCT})
    etree.SubElement(root, f"{{{DC}}}identifier").text = record["identifier"]
    etree.SubElement(root, f"{{{DCT}}}modified").text = record["datestamp"]
    for name, values in record["dc"].items():
        for value in values:
            etree.SubElement(root, TERMS.get(name, f"{{{DC}}}{name}")).text = value
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _settings(address: str, database: str, page: str) -> dict[str, dict[str, str]]:
    return {
        "server": {
            "home": "/",
            "url": address,
            "mimetype": "application/xml; charset=UTF-8",
            "encoding": "UTF-8",
            "maxrecords": page,
            "pretty_print": "true",
            "profiles": "apiso",
        },
        "manager": {"transactions": "false"},
        "metadata:main": MAIN,
        "repository": {"database": database, "table": TABLE},
    }


def main(port: str, folder: str, page: str) -> None:
    for collection in Path(folder).glob("*.json"):
        if not collection.with_suffix("").exists():
            lay(collection, collection.with_suffix(""))
    settings = {}
    for collection in [each for each in Path(folder).iterdir() if each.is_dir()]:
        database = collection.with_suffix(".db")
        if not database.exists():
            load(f"sqlite:///{database}", collection)
        address = f"http://127.0.0.1:{port}/{collection.name}"
        settings[f"/{collection.name}"] = _settings(address, f"sqlite:///{database}", page)

    def application(request, respond):
        chosen = settings.get(request["PATH_INFO"])
        if chosen is None:
            respond("404 Not Found", [("Content-Type", "text/plain")])
            return [b""]
        csw = server.Csw(chosen, request)
        status, answer = csw.dispatch_wsgi()
        respond(status, [("Content-Type", str(csw.contenttype))])
        return [answer]

    make_server("127.0.0.1", int(port), application).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
