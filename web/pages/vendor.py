"""Style, scripts and Leaflet, all served by us and kept by browsers until they change: each address
carries a digest of the file.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, send_from_directory, url_for
from xstatic.pkg import leaflet  # type: ignore[import-untyped]

pages = Blueprint("vendor", __name__)
YEAR = 365 * 86_400


def set_up(app: Flask) -> None:
    """Let browsers keep the files, and templates ask for their addresses."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR
    app.jinja_env.globals.update(file_url=file_url, leaflet_url=leaflet_url)


def file_url(name: str) -> str:
    """The address of one of our own files."""
    return url_for("static", filename=name, v=_mark(f"{current_app.static_folder}/{name}"))


def leaflet_url(name: str) -> str:
    """The address of one of Leaflet's files."""
    return url_for("vendor.leaflet_file", name=name, v=_mark(f"{leaflet.BASE_DIR}/{name}"))


@pages.get("/vendor/leaflet/<path:name>")
def leaflet_file(name: str) -> Response:
    """A file of Leaflet; 404 for what is not in its folder."""
    return send_from_directory(leaflet.BASE_DIR, name, max_age=YEAR)


@cache
def _mark(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:8]
