"""Runs in the venv of ``pygeoapi``: PORT FOLDER PAGE. Serves the features of FOLDER/NAME.json as
the collection NAME of OGC API Records."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from wsgiref.simple_server import make_server

import yaml
from tinydb import TinyDB


def load(collection: Path) -> Path:
    """A database with every feature of the file."""
    path = collection.with_suffix(".db")
    path.unlink(missing_ok=True)
    with TinyDB(path) as database:
        database.insert_multiple(json.loads(collection.read_text(encoding="utf-8")))
    return path


def settings(address: str, databases: list[Path], page: int) -> dict:
    """What pygeoapi wants to be told."""
    words = {"title": "目录", "description": "目录", "keywords": ["目录"]}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 0},
            "url": address,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": page, "max_items": page},
            "map": {"url": "https://tile.example/{z}/{x}/{y}.png", "attribution": "-"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                **words,
                "keywords_type": "theme",
                "terms_of_service": "-",
                "url": address,
            },
            "license": {"name": "-", "url": address},
            "provider": {"name": "云泽市", "url": address},
            "contact": {"name": "-", "email": "records@data.yunze.example"},
        },
        "resources": {path.stem: _collection(path, words) for path in databases},
    }


def _collection(path: Path, words: dict) -> dict:
    return {
        "type": "collection",
        **words,
        "links": [],
        "extents": {"spatial": {"bbox": [-180, -90, 180, 90]}},
        "providers": [
            {
                "type": "record",
                "name": "TinyDBCatalogue",
                "data": str(path),
                "id_field": "externalId",
                "time_field": "created",
                "title_field": "title",
            }
        ],
    }


def main(port: str, folder: str, page: str) -> None:
    databases = [load(each) for each in sorted(Path(folder).glob("*.json"))]
    told = settings(f"http://127.0.0.1:{port}", databases, int(page))
    config, description = Path(folder) / "pygeoapi.yml", Path(folder) / "openapi.yml"
    config.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    os.environ["PYGEOAPI_CONFIG"] = str(config)
    os.environ["PYGEOAPI_OPENAPI"] = str(description)
    from pygeoapi.openapi import get_oas

    description.write_text(yaml.safe_dump(get_oas(told), allow_unicode=True), encoding="utf-8")
    from pygeoapi.flask_app import APP

    make_server("127.0.0.1", int(port), APP).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
