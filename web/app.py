"""The Flask application: every part of the web, listed and put together."""

from __future__ import annotations

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from web import (
    access,
    errors,
    lagging,
    language,
    logs,
    metrics,
    negotiation,
    security,
    signin,
    understanding,
    validating,
)
from web.api import register_api
from web.feeds import discovery, federation, health
from web.feeds.oai import provider
from web.jsonio import StrictJson
from web.labels import Labels
from web.pages.blueprints import register_pages
from web.parts import Parts

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.pages,
    discovery.pages,
    provider.pages,
    negotiation.pages,
    federation.pages,
)


def create_app(parts: Parts) -> Flask:
    """An app over these parts; it opens nothing itself and holds no state of its own."""
    settings = parts.settings
    app = Flask("web", template_folder="templates", static_folder="static")
    app.json = StrictJson(app)
    app.secret_key = settings.secret_key
    app.extensions["mulu"] = parts
    app.extensions["mulu-labels"] = Labels(parts.database)
    app.extensions[understanding.KEPT] = understanding.Vocabularies(parts.database)
    logs.set_up(app)
    metrics.set_up(app)
    language.set_up(app)
    security.set_up(app, settings.requests_per_minute)
    signin.set_up(app, settings.base_url)
    lagging.set_up(app)
    errors.set_up(app)
    access.set_up(app)
    validating.set_up(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    register_api(app)
    register_pages(app)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )
    return app
