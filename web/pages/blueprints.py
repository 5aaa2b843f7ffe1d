"""Every page, listed: one module each. The app takes them from here."""

from __future__ import annotations

from flask import Blueprint, Flask
from werkzeug.routing import AnyConverter, Map

from standards.profile import KINDS
from web.pages import (
    about,
    access,
    agencies,
    asking_access,
    attributes,
    auditing,
    claims,
    consistency,
    curations,
    deputies,
    desk,
    duplicates,
    duplication,
    editing,
    elements,
    endpoints,
    entry,
    federation,
    home,
    locating,
    mine,
    places,
    plans,
    progress,
    registering,
    reports,
    review_steps,
    reviewing,
    searching,
    signing_in,
    sources,
    transparency,
    uploading,
    validating,
    vendor,
    withdrawing,
)
from web.pages.words import set_up as set_up_words

BLUEPRINTS: tuple[Blueprint, ...] = (
    home.pages,
    searching.pages,
    entry.pages,
    agencies.pages,
    locating.pages,
    places.pages,
    about.pages,
    signing_in.pages,
    registering.pages,
    editing.pages,
    uploading.pages,
    validating.pages,
    mine.pages,
    reviewing.pages,
    desk.pages,
    attributes.pages,
    deputies.pages,
    review_steps.pages,
    withdrawing.pages,
    asking_access.pages,
    access.pages,
    sources.pages,
    reports.pages,
    progress.pages,
    plans.pages,
    endpoints.pages,
    auditing.pages,
    consistency.pages,
    curations.pages,
    duplicates.pages,
    elements.pages,
    claims.pages,
    duplication.pages,
    transparency.pages,
    federation.pages,
    vendor.pages,
)


class Kind(AnyConverter):
    """A kind in an address: ``<kind:kind>``."""

    def __init__(self, addresses: Map) -> None:
        super().__init__(addresses, *KINDS)


def register_pages(app: Flask) -> None:
    """Give the app its pages and the words that templates use."""
    set_up_words(app)
    vendor.set_up(app)
    app.url_map.converters["kind"] = Kind
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
