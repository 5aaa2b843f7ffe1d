"""Runs in the venv of ``oaipmh``: PORT FOLDER PAGE. Serves FOLDER/NAME.json at /NAME."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl
from wsgiref.simple_server import make_server

from oaipmh import common, error, metadata, server

DUBLIN_CORE = (
    "oai_dc",
    "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    "http://www.openarchives.org/OAI/2.0/oai_dc/",
)


class Collection:
    """The records of one file, as the package's server asks for them."""

    def __init__(self, address: str, file: Path) -> None:
        self.address = address
        self.records = json.loads(file.read_text(encoding="utf-8"))

    def identify(self):
        earliest = min(map(_stamp, self.records), default=datetime(2000, 1, 1))
        return common.Identify(
            repositoryName="参照服务器",
            baseURL=self.address,
            protocolVersion="2.0",
            adminEmails=["oai@data.yunze.example"],
            earliestDatestamp=earliest,
            deletedRecord="persistent",
            granularity="YYYY-MM-DDThh:mm:ssZ",
            compression=["identity"],
            toolkit_description=False,
        )

    def listMetadataFormats(self, identifier=None):
        return [DUBLIN_CORE]

    def listSets(self):
        names = sorted({name for record in self.records for name in record["sets"]})
        return [(name, name, None) for name in names]

    def getRecord(self, metadataPrefix, identifier):
        for record in self.records:
            if record["identifier"] == identifier:
                return _answer(record)
        raise error.IdDoesNotExistError(identifier)

    def listIdentifiers(self, metadataPrefix, **selection):
        return [header for header, _, _ in self.listRecords(metadataPrefix, **selection)]

    def listRecords(self, metadataPrefix, **selection):
        if metadataPrefix != DUBLIN_CORE[0]:
            raise error.CannotDisseminateFormatError(metadataPrefix)
        return [_answer(record) for record in self._selected(**selection)]

    def _selected(self, from_=None, until=None, **selection) -> Iterator[dict]:
        wanted = selection.get("set")
        for record in self.records:
            after = from_ is None or _stamp(record) >= from_
            before = until is None or _stamp(record) <= until
            if after and before and (wanted is None or wanted in record["sets"]):
                yield record


def _stamp(record: dict) -> datetime:
    return datetime.strptime(record["datestamp"], "%Y-%m-%dT%H:%M:%SZ")


def _answer(record: dict):
    deleted = record.get("deleted", False)
    header = common.Header(None, record["identifier"], _stamp(record), record["sets"], deleted)
    return header, common.Metadata(None, record["dc"]), None


def main(port: str, folder: str, page: str) -> None:
    registry = metadata.MetadataRegistry()
    registry.registerWriter(DUBLIN_CORE[0], server.oai_dc_writer)

    def application(request, respond):
        name = request["PATH_INFO"].strip("/")
        file = Path(folder, f"{name}.json")
        if not file.is_file():
            respond("404 Not Found", [("Content-Type", "text/plain")])
            return [b""]
        collection = Collection(f"http://127.0.0.1:{port}/{name}", file)
        oai = server.Server(collection, registry, resumption_batch_size=int(page))
        answer = oai.handleRequest(dict(parse_qsl(request["QUERY_STRING"])))
        respond("200 OK", [("Content-Type", "text/xml; charset=utf-8")])
        return [answer]

    make_server("127.0.0.1", int(port), application).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
