"""Leaflet from its distribution on the package index, served by us: no page asks another site."""

from __future__ import annotations

from flask import Blueprint, Response, send_from_directory
from xstatic.pkg import leaflet  # type: ignore[import-untyped]

pages = Blueprint("vendor", __name__)


@pages.get("/vendor/leaflet/<path:name>")
def leaflet_file(name: str) -> Response:
    """A file of Leaflet; 404 for what is not in its folder."""
    return send_from_directory(leaflet.BASE_DIR, name, max_age=86_400)
